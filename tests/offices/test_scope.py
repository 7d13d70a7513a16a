"""Somebody else's rows: not in lists, pages, searches, choices or autocompletes of either site."""

import re
from dataclasses import dataclass

import pytest
from django.contrib.admin import AdminSite
from django.db.models import Model
from django.test import Client

from apps.accounts.models import User
from apps.flows.place_order import place_order
from apps.inventory.models import Location, Movement, Stock
from apps.loyalty.models import PointsEntry
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org import services
from apps.org.models import Store
from apps.org.offices.sites import head_office, portal
from apps.payments.models import Payment
from tests import builders
from tests.builders import Brand, once, sale_of
from tests.offices.pages import list_of, page_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Case:
    """One sale at A1 (owner ANHE, region EAST) and one at B1 (owner BAICHUAN, region NORTH)."""

    brand: Brand
    own: Order
    foreign: Order


def words(page: str) -> set[str]:
    """Whole words: a random order number or form token may hold any two letters."""
    return set(re.findall(r"[A-Za-z0-9]+", page))


@pytest.fixture
def case() -> Case:
    brand = builders.build_brand()
    numbers = []
    for store, member in ((brand.a1, brand.zhang), (brand.b1, brand.li)):
        clerk = builders.clerk_at(store, f"clerk-{store.code}")
        sale = sale_of(store, {"TEA": "1"}, 1999, member=member)
        numbers.append(place_order(clerk, sale, once(clerk))["number"])
    own, foreign = (Order.objects.get(number=number) for number in numbers)
    return Case(brand, own, foreign)


def owner(case: Case) -> Client:
    return signed_in(
        builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=case.brand.anhe)
    )


def regional_manager(case: Case) -> Client:
    return signed_in(
        builders.build_staff("manager", roles.REGIONAL_MANAGER, region=case.brand.east)
    )


def rows_of(case: Case, order: Order, store: Store, member: Member) -> list[Model]:
    """What hangs on a sale, and its store and member."""
    return [
        order,
        member,
        store,
        Stock.objects.filter(location__store=store).earliest("id"),
        Location.objects.get(store=store),
        Movement.objects.get(order=order),
        Payment.objects.get(order=order),
        PointsEntry.objects.get(order=order),
        order.lines.get(),
        order.events.get(),
        member.identities.get(),
    ]


def test_a_franchise_owner_sees_own_rows_only(case: Case) -> None:
    client = owner(case)
    brand = case.brand

    _assert_only_own(portal, client, case.own, case.foreign)
    _assert_only_own(portal, client, brand.zhang, brand.li)
    stock = Stock.objects.filter(sku=brand.tea)
    mine, theirs = (stock.get(location__store=store) for store in (brand.a1, brand.b1))
    _assert_only_own(portal, client, mine, theirs)


def test_a_regional_manager_sees_the_region_only(case: Case) -> None:
    client = regional_manager(case)
    brand = case.brand

    own_rows = rows_of(case, case.own, brand.a1, brand.zhang)
    foreign_rows = rows_of(case, case.foreign, brand.b1, brand.li)
    for own, foreign in zip(own_rows, foreign_rows, strict=True):
        _assert_only_own(head_office, client, own, foreign)


def test_an_address_that_names_no_key_is_not_found(case: Case) -> None:
    manager = regional_manager(case)
    for page in ("orders/order", "members/member", "inventory/stock"):
        assert manager.get(f"/admin/{page}/abc/change/").status_code == 404


def _assert_only_own(site: AdminSite, client: Client, own: Model, foreign: Model) -> None:
    page = client.get(list_of(site, type(own))).content.decode()
    assert page_of(site, own) in page
    assert page_of(site, foreign) not in page
    assert client.get(page_of(site, own)).status_code == 200
    answer = client.get(page_of(site, foreign))
    missing = client.get(page_of(site, own).replace(f"/{own.pk}/", "/999999/"))
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert text_of(answer).replace(f"/{foreign.pk}/", "/999999/") == text_of(missing)
    for way in ("delete", "history"):
        assert client.get(page_of(site, foreign).replace("change", way)).status_code in (403, 404)


def test_filters_offer_and_accept_own_rows_only(case: Case) -> None:
    client = owner(case)

    page = client.get("/portal/orders/order/").content.decode()
    assert 'value="A1"' in page
    assert 'value="A2"' in page
    assert "B1" not in words(page)
    for kind in ("orders/order", "inventory/stock", "members/member"):
        assert "/change/" in client.get(f"/portal/{kind}/?store=A1").content.decode()
        answer = client.get(f"/portal/{kind}/?store=B1")
        assert answer.status_code == 200
        assert "/change/" not in answer.content.decode()
        assert "B1店" not in answer.content.decode()

    manager = regional_manager(case)
    page = manager.get("/admin/orders/order/").content.decode()
    assert 'value="EAST"' in page
    assert "NORTH" not in page
    assert "BAICHUAN" not in page
    assert "/change/" in manager.get("/admin/orders/order/?store=A1&region=EAST").content.decode()
    for query in ("store=B1", "region=NORTH", "franchisee=BAICHUAN"):
        filtered = manager.get(f"/admin/orders/order/?{query}")
        assert filtered.status_code == 200
        assert "/change/" not in filtered.content.decode()


def test_lookups_that_no_filter_names_are_refused(case: Case) -> None:
    """A free lookup could feel its way, letter by letter, to what no column shows."""
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    own = owner(case)
    for client, url in (
        (own, f"/portal/orders/order/?member__number={case.brand.li.number}"),
        (own, f"/portal/orders/order/?number={case.foreign.number}"),
        (admin, "/admin/accounts/user/?password__startswith=pbkdf2"),
        (admin, "/admin/org/roleassignment/?user__password__startswith=pbkdf2"),
        (admin, "/admin/members/member/?name_index__isnull=False"),
    ):
        answer = client.get(url)
        assert answer.status_code == 400
        assert "/change/" not in answer.content.decode()


def test_searches_find_own_rows_only(case: Case) -> None:
    client = owner(case)
    manager = regional_manager(case)

    for browser, base in ((client, "/portal/"), (manager, "/admin/")):
        for text, kind, own in (
            (case.own.number, "orders/order", case.own),
            (builders.ZHANG_PHONE, "members/member", case.brand.zhang),
            ("张小明", "members/member", case.brand.zhang),
            (case.brand.zhang.number, "members/member", case.brand.zhang),
        ):
            wanted = f"{base}{kind}/{own.pk}/change/"
            assert wanted in browser.get(f"{base}{kind}/", {"q": text}).content.decode()
            assert wanted in browser.post(f"{base}search/", {"s": text}).content.decode()
            asked = {"s": text, "extended": 1}  # as Ctrl-K asks
            answer = browser.post(f"{base}search/", asked).content.decode()
            assert wanted in answer
            assert "command-results-list" in answer
        for text, kind in (
            (case.foreign.number, "orders/order"),
            (builders.LI_PHONE, "members/member"),
            ("李华", "members/member"),
            (case.brand.li.number, "members/member"),
        ):
            assert "/change/" not in browser.get(f"{base}{kind}/", {"q": text}).content.decode()
            assert "/change/" not in browser.post(f"{base}search/", {"s": text}).content.decode()


def test_a_part_of_a_phone_or_name_finds_nobody(case: Case) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    for text in ("1380000", "01234", "张", "小明", case.brand.zhang.number[:6]):
        page = client.get("/admin/members/member/", {"q": text}).content.decode()
        assert "/change/" not in page


def test_autocompletes_offer_own_rows_only(case: Case) -> None:
    manager = regional_manager(case)
    asked = {"app_label": "org", "model_name": "store", "field_name": "region", "term": ""}

    offered = manager.get("/admin/autocomplete/", asked).json()["results"]

    assert [row["text"] for row in offered] == [str(case.brand.east)]
    asked = {"app_label": "org", "model_name": "roleassignment", "field_name": "user", "term": ""}
    builders.build_staff("wang", roles.CLERK, store=case.brand.b1)
    people = manager.get("/admin/autocomplete/", asked).json()["results"]
    assert [row["text"] for row in people] == ["Clerk-A1", "Manager"]
    people = owner(case).get("/portal/autocomplete/", asked).json()["results"]
    assert [row["text"] for row in people] == ["Clerk-A1", "Owner"]
    clerk = signed_in(builders.build_staff("hand", roles.CLERK, store=case.brand.a1))
    assert clerk.get("/portal/autocomplete/", asked).status_code == 403


def test_personal_values_are_masked_everywhere(case: Case) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    member = case.brand.zhang

    for url in (
        "/admin/members/member/",
        page_of(head_office, member),
        page_of(head_office, member.identities.get()),
        "/admin/members/identity/",
    ):
        page = client.get(url).content.decode()
        assert "138****1234" in page or "张*" in page
        assert "13800001234" not in page
        assert "张小明" not in page


def test_the_portal_home_names_the_stores_it_covers(case: Case) -> None:
    page = owner(case).get("/portal/").content.decode()

    assert "A1" in page
    assert "A2" in page
    assert "B1" not in words(page)
    assert "¥19.99" in page
    assert case.own.number in page
    assert case.foreign.number not in page


def test_past_orders_stay_with_the_owner_of_their_day(case: Case) -> None:
    """A store that changes hands takes its stock along, not its former owner's orders."""
    Store.objects.filter(pk=case.brand.a1.pk).update(franchisee=case.brand.baichuan)
    client = signed_in(
        builders.build_staff("new", roles.FRANCHISE_OWNER, franchisee=case.brand.baichuan)
    )

    stock = Stock.objects.get(sku=case.brand.tea, location__store=case.brand.a1)
    assert client.get(page_of(portal, stock)).status_code == 200
    assert client.get(page_of(portal, case.own)).status_code == 404
    assert owner(case).get(page_of(portal, case.own)).status_code == 200


def test_the_list_of_people_names_only_roles_that_are_seen_and_hold_now(case: Case) -> None:
    """The same person may work for somebody else, or have done so."""
    wang = builders.build_staff("wang", roles.CLERK, store=case.brand.a1)
    services.assign_role(
        builders.SYSTEM, wang, roles.FRANCHISE_OWNER, franchisee=case.brand.baichuan
    )
    left = services.assign_role(builders.SYSTEM, wang, roles.STORE_MANAGER, store=case.brand.a2)
    services.end_assignment(builders.SYSTEM, left)
    page = regional_manager(case).get(list_of(head_office, User)).content.decode()
    row = page[page.index("wang</a>") :].partition("</tr>")[0]
    assert "clerk" in row
    assert "franchise owner" not in row
    assert "store manager" not in row
