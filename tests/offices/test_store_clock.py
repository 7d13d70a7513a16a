"""Both sites tell the same of a store's day, by its own clock; links keep what a view is narrowed to."""

import html
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.common import clock
from apps.flows.place_order import place_order
from apps.insights import services as insights
from apps.orders import selectors as orders
from apps.orders.models import Order
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


def rows_of(client: Client, url: str) -> int:
    answer: Any = client.get(url)
    assert answer.status_code == 200
    return int(answer.context["cl"].result_count)


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


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "Pacific/Auckland"])
def test_the_sales_of_a_store_lead_to_the_orders_of_its_own_day(zone: str) -> None:
    """In New York it is the 24th still, of which the deployment's clock knows no more today."""
    with time_machine.travel(NEW_YORK_MORNING, tick=False):
        brand = builders.build_brand()
        Store.objects.filter(pk=brand.a1.pk).update(time_zone=zone)
        brand.a1.refresh_from_db()
        sell(brand.a1, 3)
    with time_machine.travel(NEW_YORK_EVENING, tick=False):
        insights.rebuild(None, None, now=clock.now())
        admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
        owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
        sold = int(zone != "Asia/Shanghai")

        ours = cards_of(admin.get(page_of(head_office, brand.a1)))["Sales today"]
        assert ours.value == ("¥9.00" if sold else "¥0.00")
        assert rows_of(admin, f"/admin/{ours.url}") == sold
        client = signed_in(owner)
        theirs = cards_of(client.get(page_of(portal, brand.a1)))
        for title in ("Sales", "Orders"):
            assert rows_of(client, f"/portal/{theirs[title].url}") == sold, title


@time_machine.travel(NEW_YORK_EVENING, tick=False)
def test_sales_of_the_overview_lead_to_the_orders_of_its_business_day() -> None:
    """An order of this very moment belongs to yesterday where the store stands."""
    brand = builders.build_brand()
    Store.objects.filter(pk=brand.a1.pk).update(time_zone="America/New_York")
    brand.a1.refresh_from_db()
    sell(brand.a1, 1)
    sell(brand.b1, 2)
    insights.rebuild(None, None, now=clock.now())
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    for period, sold, stores in (("today", 1, {"B1": 1}), ("7", 2, {"A1": 1, "B1": 1})):
        page: Any = admin.get(f"/admin/?period={period}")
        cards = {str(card.title): card for card in page.context["cards"]}
        assert cards["Orders"].value == str(sold)
        assert rows_of(admin, f"/admin/{cards['Orders'].url}") == sold
        links = re.findall(
            r'href="(/admin/orders/order/\?[^"]*store=(\w+))"', page.content.decode()
        )
        found = {code: rows_of(admin, html.unescape(link)) for link, code in links}
        assert found == stores


@pytest.mark.parametrize("site", ["admin", "portal"])
def test_orders_of_a_day_are_found_by_the_index_of_when_they_were_placed(site: str) -> None:
    brand = builders.build_brand()
    owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    admin = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    client = signed_in(admin if site == "admin" else owner)

    for day in ("2026-11-24", "today", "30"):
        with CaptureQueriesContext(connection) as asked:
            assert rows_of(client, f"/{site}/orders/order/?day={day}") == 0
        (rows,) = [
            line["sql"] for line in asked if "business_day" in line["sql"].partition("WHERE")[2]
        ]
        assert re.search(r'"placed_at" >= .* AND .*"placed_at" < ', rows), rows


@pytest.mark.parametrize(
    "day", ["0001-01-01", "9999-12-31", "2026-02-30", "24.11.2026", "2026-11-24'", ""]
)
def test_what_is_no_day_filters_nothing(day: str) -> None:
    sell(builders.build_brand().a1, 1)
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    assert rows_of(admin, f"/admin/orders/order/?day={day}") == 1


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Pacific/Kiritimati", "2026-11-23T10:00:00Z"),
        ("Pacific/Kiritimati", "2026-11-24T09:59:59.999999Z"),
        ("Etc/GMT+12", "2026-11-24T12:00:00Z"),
        ("Etc/GMT+12", "2026-11-25T11:59:59.999999Z"),
    ],
)
def test_no_order_of_a_day_is_missed_at_the_ends_of_the_earth(zone: str, at: str) -> None:
    with time_machine.travel(datetime.fromisoformat(at), tick=False):
        brand = builders.build_brand()
        Store.objects.filter(pk=brand.a1.pk).update(time_zone=zone)
        brand.a1.refresh_from_db()
        sell(brand.a1, 1)

    day = date(2026, 11, 24)
    assert orders.of_days(Order.objects.all(), day, day).count() == 1
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert not orders.of_days(Order.objects.all(), other, other).exists()


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
    assert re.search(r"orders/order/\?sold=1&day=today&franchisee=ANHE&store=A1", text)
    everything: Any = admin.get("/admin/")
    assert all("franchisee" not in card.url for card in everything.context["cards"])
