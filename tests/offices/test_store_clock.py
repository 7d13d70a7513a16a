"""Both sites tell the same of a store's day, by its own clock; links keep what a view is narrowed to."""

import re
from typing import Any

import pytest
import time_machine

from apps.common import clock
from apps.flows.place_order import place_order
from apps.insights import services as insights
from apps.org import rules as roles
from apps.org.models import Store
from apps.org.offices.sites import head_office, portal
from tests import builders
from tests.builders import SYSTEM, once
from tests.offices.pages import page_of, signed_in

pytestmark = pytest.mark.django_db

NEW_YORK_EVENING, NEW_YORK_MORNING = "2026-11-24 23:00:00Z", "2026-11-24 15:00:00Z"
"""Both on the 24th there; the first is the 25th in Shanghai already."""


def sell(store: Store, milk: int) -> None:
    sale = builders.sale_of(store, {"MILK": str(milk)}, milk * 300)
    place_order(SYSTEM, sale, once(SYSTEM))


def cards_of(answer: Any) -> dict[str, Any]:
    return {str(card.title): card for card in answer.context["head"].cards}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "Pacific/Auckland"])
def test_the_page_of_a_store_tells_both_sites_the_same(zone: str) -> None:
    with time_machine.travel(NEW_YORK_MORNING, tick=False):
        brand = builders.build_brand()
        Store.objects.filter(pk=brand.a1.pk).update(time_zone=zone)
        sell(brand.a1, 3)
    with time_machine.travel(NEW_YORK_EVENING, tick=False):
        insights.rebuild(None, None, now=clock.now())
        admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
        owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)

        ours = cards_of(admin.get(page_of(head_office, brand.a1)))["Sales today"]
        theirs = cards_of(signed_in(owner).get(page_of(portal, brand.a1) + "?period=7"))["Sales"]

    sold = {"America/New_York": "¥9.00", "Asia/Shanghai": "¥0.00", "Pacific/Auckland": "¥9.00"}
    assert (ours.value, theirs.value) == (sold[zone], sold[zone])
    hours = re.findall(r"until (\d\d:00)", f"{ours.note} {theirs.note}")
    assert len(hours) == 2
    assert len(set(hours)) == 1


def test_links_of_a_narrowed_overview_stay_narrowed() -> None:
    brand = builders.build_brand()
    for store, milk in ((brand.a1, 1), (brand.b1, 2)):
        sell(store, milk)
    insights.rebuild(None, None, now=clock.now())
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    page: Any = admin.get("/admin/?owner=anhe")
    cards = {str(card.title): card for card in [*page.context["cards"], *page.context["care"]]}

    assert cards["Orders"].value == "1"
    for title in ("Orders", "Sales", "Orders to fulfil", "Waiting for payment"):
        assert cards[title].url.endswith("&franchisee=ANHE"), title
    assert "franchisee" not in cards["New members"].url, "a list without that filter"
    found: Any = admin.get(f"/admin/{cards['Orders'].url}")
    assert found.context["cl"].result_count == 1
    text = page.content.decode().replace("&amp;", "&")
    assert re.search(r"orders/order/\?sold=1&period=today&franchisee=ANHE&store=A1", text)
    everything: Any = admin.get("/admin/")
    assert all("franchisee" not in card.url for card in everything.context["cards"])
