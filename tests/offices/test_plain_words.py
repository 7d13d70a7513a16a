"""What pages call things, and what they say where there is nothing: in words, with the next step."""

import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.formats import date_format

from apps.accounts.models import Approval, User
from apps.common import clock
from apps.flows.place_order import place_order
from apps.inventory.models import Stock
from apps.loyalty.models import PointsEntry
from apps.loyalty.office import source
from apps.org import rules as roles
from apps.org.offices.coverage import NAMED_STORES
from apps.org.offices.sites import head_office, portal
from tests import builders
from tests.offices.pages import list_of, page_of, signed_in

pytestmark = pytest.mark.django_db


def place_of(text: str) -> list[str]:
    """The trail above a page."""
    (heading,) = re.findall(r"<h1.*?</h1>", text, re.DOTALL)
    shown = re.sub(
        r"<span class=\"material-symbols-outlined.*?</span>", "", heading, flags=re.DOTALL
    )
    return [part.strip() for part in re.findall(r">([^<>]+)<", shown) if part.strip()]


def test_a_store_without_stock_rows_is_not_called_well_stocked() -> None:
    brand = builders.build_brand()
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    bare = builders.build_store("A9", brand.east, brand.anhe)

    stocked, without = (
        owner.get(page_of(portal, store)).content.decode() for store in (brand.a1, bare)
    )

    assert Stock.objects.filter(location__store=brand.a1).exists()
    assert "Enough of everything." in stocked
    assert "No stock is on record" not in stocked
    assert "No stock is on record for this store." in without
    assert "Enough of everything." not in without


def test_low_stock_of_a_store_leads_to_all_of_it() -> None:
    brand = builders.build_brand()
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    Stock.objects.filter(location__store=brand.a1).update(on_hand=2, reserved=0)

    page = owner.get(page_of(portal, brand.a1)).content.decode()

    url = f"/portal/inventory/stock/?available=low&amp;store={brand.a1.code}"
    (panel,) = re.findall(
        r'<section class="qy-panel">(?:(?!</section>).)*inventory_2.*?</section>', page, re.DOTALL
    )
    assert url in panel


def test_a_store_where_nobody_works_says_what_comes_next() -> None:
    brand = builders.build_brand()
    bare = builders.build_store("A9", brand.east, brand.anhe)
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    page = owner.get(page_of(portal, bare)).content.decode()

    assert "Nobody has a role here." in page
    assert 'href="/portal/accounts/user/add/"' in page
    assert "No opening hours are named. Tell head office, which enters them." in page


def test_the_badge_says_how_many_stores_it_does_not_name() -> None:
    brand = builders.build_brand()
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    for number in range(NAMED_STORES):
        builders.build_store(f"N{number}", brand.east, brand.anhe)

    (summary,) = re.findall(
        r'<details class="qy-covers">\s*<summary>(.*?)</summary>',
        owner.get("/portal/tasks/").content.decode(),
        re.DOTALL,
    )

    assert "and 2 more" in " ".join(summary.split())


def test_the_people_of_a_store_are_staff_in_menu_and_page() -> None:
    brand = builders.build_brand()
    owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    client = signed_in(owner)

    answer: Any = client.get(list_of(portal, User))
    page = answer.content.decode()

    assert place_of(page) == ["Organisation", "Staff"]
    groups = {
        str(group["title"]): [str(item["title"]) for item in group["items"]]
        for group in portal.get_sidebar_list(answer.wsgi_request)
    }
    assert groups["Organisation"] == ["Staff", "Stores"]
    assert groups["Accounts and audit"] == ["Approvals"]
    assert place_of(client.get(page_of(portal, owner)).content.decode())[:2] == [
        "Organisation",
        "Staff",
    ]
    assert "Take on a colleague" in page
    assert "addlink" not in page


def test_a_plus_is_named_by_what_it_does() -> None:
    brand = builders.build_brand()
    owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    admin = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    for site, user in ((portal, owner), (head_office, admin)):
        page = signed_in(user).get(list_of(site, Approval)).content.decode()

        (plus,) = re.findall(r"<a [^>]*addlink[^>]*>", page)
        assert 'title="Request a role"' in plus
        assert 'aria-label="Request a role"' in plus
    plus = re.findall(
        r"<a [^>]*addlink[^>]*>", signed_in(admin).get("/admin/org/region/").content.decode()
    )
    assert 'title="Add region"' in plus[0]


def test_the_status_of_a_store_is_shown_as_in_lists() -> None:
    brand = builders.build_brand()
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    page = admin.get(page_of(head_office, brand.a1)).content.decode()

    assert '<span class="qy-state qy-success">Open</span>' in page


def test_points_say_in_words_what_they_came_from() -> None:
    brand = builders.build_brand()
    place_order(
        builders.SYSTEM,
        builders.sale_of(brand.a1, {"MILK": "2"}, 600, member=brand.zhang),
        builders.once(builders.SYSTEM),
    )
    entry = PointsEntry.objects.get()
    number = entry.order.number if entry.order else ""
    people = {
        head_office: builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
        portal: builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }
    for site, user in people.items():
        page = signed_in(user).get(page_of(site, entry)).content.decode()

        assert f"Order {number}" in page
        assert f"order:{number}" not in page


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("approval:A7", "Request A7"),
        ("lot:12", "A points lot that expired"),
        ("order:CJ1", "Order CJ1"),
        ("order:", "order:"),
        ("hand-written", "hand-written"),
    ],
)
def test_a_reference_that_no_word_fits_stays(reference: str, said: str) -> None:
    assert source(None, PointsEntry(reference=reference)) == said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_days_and_instants_have_one_form(language: str) -> None:
    at = clock.now().replace(2026, 11, 30, 13, 3)
    with translation.override(language):
        assert date_format(at.date()) == "2026-11-30"
        assert date_format(at, "DATETIME_FORMAT") == "2026-11-30 13:03"
