"""The search box of both sites: what finds what, for whom, what Enter opens, and who only guesses."""

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.common import keys, limits
from apps.flows.place_order import place_order
from apps.members import services as members
from apps.members.services import looking_up
from apps.orders.models import LineAdjustment, Order
from apps.org import rules as roles
from apps.org.models import Store
from apps.org.offices.sites import head_office, portal
from apps.payments.models import Payment
from apps.products.models import Barcode
from tests import builders
from tests.builders import LI_PHONE, ZHANG_PHONE, Brand, once, sale_of
from tests.offices.pages import page_of, signed_in
from tests.offices.plenty import add_plenty

pytestmark = pytest.mark.django_db

SIGNING_IN = 4
"""Session, sign-in, person, roles."""
NOTED = 1
"""A request that may write tells the database, at its first write, who makes it."""
OFFICE_BUDGET = SIGNING_IN + 13 + 3 * NOTED
"""Members 5: the attempt, whether it is a hit, uncounting it, rows, identities. Orders 2: by number
and by coupon. SKUs 4: by key, and three by what they are called. One each for stores and payments.
Two are writes, and one looks whether any was."""
COUPON, FOREIGN_COUPON = "TEA-2026", "NORTH-9"


@dataclass(frozen=True)
class Case:
    """One sale with a coupon at A1 (owner ANHE, region EAST) and one at B1 (BAICHUAN, NORTH)."""

    brand: Brand
    own: Order
    foreign: Order


@pytest.fixture
def case() -> Case:
    brand = builders.build_brand()
    orders = []
    for store, member, coupon in (
        (brand.a1, brand.zhang, COUPON),
        (brand.b1, brand.li, FOREIGN_COUPON),
    ):
        clerk = builders.clerk_at(store, f"clerk-{store.code}")
        sale = sale_of(store, {"TEA": "1"}, 1999, member=member)
        order = Order.objects.get(number=place_order(clerk, sale, once(clerk))["number"])
        LineAdjustment.objects.create(
            line=order.lines.get(), kind="coupon_match", source=coupon, amount=1
        )
        orders.append(order)
    return Case(brand, *orders)


@pytest.fixture
def office(case: Case) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


@pytest.fixture
def owner(case: Case) -> Client:
    return signed_in(
        builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=case.brand.anhe)
    )


def search(client: Client, text: str, site: str = "admin") -> str:
    answer = client.post(f"/{site}/search/", {"s": text})
    assert answer.status_code == 200
    return answer.content.decode()


def links(page: str) -> list[str]:
    """Where the lines of an answer lead, in their order."""
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)]


def opens(page: str) -> str:
    found = re.search(r'data-opens="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


def texts_of(case: Case, order: Order) -> dict[str, str]:
    """What one would type, or a scanner would, to find what belongs to a sale."""
    member = order.member
    assert member is not None
    phone = ZHANG_PHONE if member == case.brand.zhang else LI_PHONE
    return {
        "phone": phone,
        "phone as written": f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}",
        "full-width phone": phone.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}),
        "last four": phone[-4:],
        "member number": member.number,
        "member name": "张小明" if member == case.brand.zhang else "李华",
        "order number": order.number,
        "order number in small letters": f" {order.number.lower()} ",
        "payment number": Payment.objects.get(order=order).number,
        "coupon code": COUPON if order == case.own else FOREIGN_COUPON,
        "store code": order.store.code,
        "store code in small letters": order.store.code.lower(),
        "store name": order.store.name,
        "owner's store by a part of its name": "旗舰" if order == case.own else "分号",
        "a part of its English name": "flagship" if order == case.own else "branch",
    }


KINDS = [
    "phone", "phone as written", "full-width phone", "last four", "member number", "member name",
    "order number", "order number in small letters", "payment number", "coupon code", "store code",
    "store code in small letters", "store name", "owner's store by a part of its name",
    "a part of its English name",
]  # fmt: skip


def row_of(order: Order, kind: str) -> Any:
    if "phone" in kind or "member" in kind or kind == "last four":
        return order.member
    if "order" in kind or kind == "coupon code":
        return order
    return Payment.objects.get(order=order) if "payment" in kind else order.store


@pytest.fixture
def named(case: Case) -> Case:
    """The stores of the two sales have names of which a part says enough."""
    for order, name, english in (
        (case.own, "安和旗舰店", "Anhe flagship"),
        (case.foreign, "百川分号店", "Baichuan branch"),
    ):
        Store.objects.filter(pk=order.store.pk).update(name=name, name_en=english)
        order.store.refresh_from_db()
    return case


@pytest.mark.parametrize("kind", KINDS)
def test_head_office_finds_it_and_enter_opens_it(named: Case, office: Client, kind: str) -> None:
    for order in (named.own, named.foreign):
        page = search(office, texts_of(named, order)[kind])

        wanted = page_of(head_office, row_of(order, kind))
        assert links(page) == [wanted], kind
        assert opens(page) == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_the_portal_finds_own_rows_only(named: Case, owner: Client, kind: str) -> None:
    """Somebody else's row reads like one that nobody has."""
    mine = search(owner, texts_of(named, named.own)[kind], "portal")
    theirs = search(owner, texts_of(named, named.foreign)[kind], "portal")

    wanted = page_of(portal, row_of(named.own, kind))
    assert (links(mine), opens(mine)) == ([wanted], wanted)
    assert theirs == search(owner, "nobody-has-this", "portal")
    assert links(theirs) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_region_finds_its_own_rows_only(named: Case, kind: str) -> None:
    manager = signed_in(
        builders.build_staff("east", roles.REGIONAL_MANAGER, region=named.brand.east)
    )

    mine = search(manager, texts_of(named, named.own)[kind])
    theirs = search(manager, texts_of(named, named.foreign)[kind])

    assert links(mine) == [page_of(head_office, row_of(named.own, kind))]
    assert theirs == search(manager, "nobody-has-this")


@pytest.mark.parametrize("text", ["TEA", "tea", "6901234567892", " ６９０１２３４５６７８９２"])
def test_a_sku_is_found_by_code_and_barcode(case: Case, office: Client, text: str) -> None:
    wanted = page_of(head_office, case.brand.tea)

    page = search(office, text)

    assert links(page) == [wanted]
    assert opens(page) == wanted


@pytest.mark.parametrize(
    ("stored", "scanned"), [("0012345678905", "012345678905"), ("012345678905", "0012345678905")]
)
def test_a_scanner_may_drop_or_add_the_leading_zero(
    case: Case, office: Client, stored: str, scanned: str
) -> None:
    Barcode.objects.create(sku=case.brand.rice, code=stored)

    assert opens(search(office, scanned)) == page_of(head_office, case.brand.rice)


def test_the_portal_finds_a_sku_with_the_stock_of_own_stores(case: Case, owner: Client) -> None:
    clerk = signed_in(builders.build_staff("one", roles.CLERK, store=case.brand.a1))
    stock = case.brand.tea.stock.get(location__store=case.brand.a1)

    for text in ("TEA", "6901234567892"):
        several = search(owner, text, "portal")
        single = search(clerk, text, "portal")

        assert opens(several) == "/portal/inventory/stock/?q=TEA"
        assert "199 available" in several  # of A1, which sold one, and A2; not of B1 or D1
        assert opens(single) == page_of(portal, stock)
        assert "99 available" in single


def test_a_sku_of_which_own_stores_hold_nothing_is_not_found_by_them(
    case: Case, owner: Client
) -> None:
    builders.build_sku("OOLONG", "乌龙", case.brand.tea.product.category, 100)

    assert links(search(owner, "OOLONG", "portal")) == []


def test_personal_values_are_masked(case: Case, office: Client, owner: Client) -> None:
    for client, site in ((office, "admin"), (owner, "portal")):
        for text in (ZHANG_PHONE, "1234", "张小明", case.brand.zhang.number):
            page = search(client, text, site)
            assert "138****1234" in page
            assert "张*" in page
            assert ZHANG_PHONE not in page
            assert "张小明" not in page


def test_several_are_to_choose_from_and_enter_opens_none(case: Case, office: Client) -> None:
    other = members.enrol_member(
        builders.SYSTEM, identities={"phone": "13711111234"}, home_store=case.brand.b1
    )

    page = search(office, "1234")

    both = {page_of(head_office, one) for one in (case.brand.zhang, other)}
    assert set(links(page)) == both
    assert opens(page) == ""


def test_many_members_lead_to_the_list_of_all(case: Case, office: Client) -> None:
    for number in range(7):
        phone = f"1371111{number:04}"
        members.enrol_member(builders.SYSTEM, identities={"phone": phone}, name="王五")

    page = search(office, "王五")

    assert len(links(page)) == 7
    listed = links(page)[-1]
    assert "王五" not in listed
    answer: Any = office.get(listed)
    assert answer.context["cl"].result_count == 7
    assert opens(page) == ""


def test_a_whole_key_stands_before_parts_of_names_and_is_opened(case: Case, office: Client) -> None:
    builders.build_store("A10", case.brand.north)

    page = search(office, "A1")

    first = page_of(head_office, case.brand.a1)
    assert links(page) == [first, page_of(head_office, Store.objects.get(code="A10"))]
    assert opens(page) == first
    assert page.index("Exact match") < page.index("Named like this")


def test_two_whole_keys_are_a_choice(case: Case, office: Client) -> None:
    builders.build_sku("A1", "同名", case.brand.tea.product.category, 100)

    page = search(office, "A1")

    assert len(links(page)) == 2
    assert opens(page) == ""


@pytest.mark.parametrize(
    ("language", "text"), [("en", "order lin"), ("zh-hans", "订单行"), ("zh-hans", "order lin")]
)
def test_pages_are_found_by_a_part_of_their_name(case: Case, language: str, text: str) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN), language)

    assert "/admin/orders/orderline/" in links(search(client, text))


@pytest.mark.parametrize(
    ("language", "text"), [("en", "staf"), ("zh-hans", "员工"), ("zh-hans", "staf")]
)
def test_pages_are_found_by_the_name_that_their_site_gives_them(
    case: Case, language: str, text: str
) -> None:
    who = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=case.brand.anhe)
    client = signed_in(who, language)

    assert "/portal/accounts/user/" in links(search(client, text, "portal"))
    for other in ("users", "用户"):
        assert "/portal/accounts/user/" not in links(search(client, other, "portal")), other


@pytest.mark.parametrize("extended", ["", "&extended=1"])
def test_what_stands_in_the_address_is_not_searched_for(
    case: Case, office: Client, extended: str
) -> None:
    """Else a phone would stand in logs and in the history of the browser."""
    for text in (ZHANG_PHONE, case.own.number, "orders"):
        assert search(office, text) != ""
        for answer in (
            office.get(f"/admin/search/?s={text}{extended}"),
            office.post(f"/admin/search/?s={text}{extended}"),
        ):
            assert (answer.status_code, answer.content) == (200, b"")


def test_pages_that_a_role_may_not_open_are_not_found(case: Case) -> None:
    finance = signed_in(builders.build_staff("finance", roles.FINANCE))

    for text in ("member", *texts_of(case, case.own).values()):
        found = links(search(finance, text))
        assert [link for link in found if "/members/" in link] == [], text
    assert "/admin/payments/payment/" in links(search(finance, "payment"))


def test_a_shared_coupon_shows_the_newest_orders(case: Case, office: Client) -> None:
    LineAdjustment.objects.create(
        line=case.foreign.lines.get(), kind="coupon_match", source=COUPON, amount=1
    )
    LineAdjustment.objects.create(
        line=case.foreign.lines.get(), kind="shelf", source="SHELF-1", amount=1
    )

    page = search(office, COUPON)

    assert links(page) == [page_of(head_office, order) for order in (case.foreign, case.own)]
    assert opens(page) == ""
    assert f"used coupon {COUPON}" in page
    assert links(search(office, "SHELF-1")) == []  # no coupon


def test_a_text_that_nothing_could_have_asks_nothing(case: Case, office: Client) -> None:
    with CaptureQueriesContext(connection) as statements:
        for text in ("", " ", "A", "\0", "1" * 65):
            assert search(office, text) == ""

    assert len(statements) == 5 * (SIGNING_IN + NOTED)


def test_the_statements_of_a_search_do_not_grow(case: Case, office: Client, owner: Client) -> None:
    asked = [*texts_of(case, case.own).values(), "TEA", "nobody-has-this", "order"]
    few = _statements(office, owner, asked)
    add_plenty(case.brand, 0, 12)
    for number in range(10):
        phone = f"1350{number:03}1234"
        members.enrol_member(
            builders.SYSTEM, identities={"phone": phone}, name="张小明", home_store=case.brand.a1
        )

    many = _statements(office, owner, asked)

    assert many == few
    assert {key: count for key, count in many.items() if count > OFFICE_BUDGET} == {}


def _statements(office: Client, owner: Client, texts: list[str]) -> dict[tuple[str, str], int]:
    found = {}
    for client, site in ((office, "admin"), (owner, "portal")):
        for text in texts:
            with CaptureQueriesContext(connection) as statements:
                search(client, text, site)
            found[site, text] = len(statements)
    return found


def test_nobody_finds_a_phone_by_trying(
    case: Case, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "MISSES", limits.Limit(burst=3, seconds=1000))
    other = signed_in(builders.build_staff("service", roles.CUSTOMER_SERVICE))
    member = page_of(head_office, case.brand.zhang)

    for _hit in range(4):  # who knows it is no guesser
        assert links(search(office, ZHANG_PHONE)) == [member]
    for tried in range(3):
        assert links(search(office, f"1380001123{tried}")) == []
    refused = search(office, ZHANG_PHONE)

    assert links(refused) == []
    assert "Too many requests" in refused
    assert links(search(office, case.brand.zhang.number)) == [member]
    assert links(search(office, "1234")) == [member]
    assert links(search(office, case.own.number)) == [page_of(head_office, case.own)]
    assert links(search(other, ZHANG_PHONE)) == [member]
    listed = office.post("/admin/members/member/", {"q": ZHANG_PHONE}, follow=True)
    assert "Too many requests" in listed.content.decode()
    assert member not in listed.content.decode()


def test_a_phone_written_like_a_member_number_is_a_phone(
    case: Case, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the 0 of a long-distance call it has twelve digits, of which the last may even check."""
    monkeypatch.setattr(looking_up, "MISSES", limits.Limit(burst=1, seconds=1000))
    missed, held = "013800001235", "013700001111"
    assert keys.luhn_valid(missed)
    assert keys.luhn_valid(held)
    other = members.enrol_member(builders.SYSTEM, identities={"phone": held[1:]})
    found = [page_of(head_office, other)]

    assert [links(search(office, held)) for _hit in range(2)] == [found, found]
    assert links(search(office, missed)) == []

    assert links(search(office, held)) == []
    assert "Too many requests" in search(office, missed)


def test_nobody_finds_a_member_number_by_trying(
    case: Case, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "SEARCH_MISSES", limits.Limit(burst=1, seconds=1000))
    number, member = case.brand.zhang.number, page_of(head_office, case.brand.zhang)

    assert [links(search(office, number)) for _hit in range(2)] == [[member], [member]]
    assert links(search(office, "400000000002")) == []

    assert links(search(office, number)) == []
    assert links(search(office, ZHANG_PHONE[-4:])) == [member]


def test_nobody_finds_a_name_or_card_by_trying(
    case: Case, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "SEARCH_MISSES", limits.Limit(burst=2, seconds=1000))
    member = page_of(head_office, case.brand.zhang)

    assert links(search(office, "张小明")) == [member]
    for tried in ("张大明", "张二明"):
        assert links(search(office, tried)) == []

    assert links(search(office, "张小明")) == []
    assert links(search(office, ZHANG_PHONE)) == [member]
    sku = search(office, "TEA")  # what is no secret is found, and the person is told what was not
    assert links(sku) == [page_of(head_office, case.brand.tea)]
    assert "Too many requests" in sku


def test_misses_count_together_with_those_of_the_api(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "MISSES", limits.Limit(burst=1, seconds=1000))
    user = builders.build_staff("service", roles.CUSTOMER_SERVICE)
    token = {"authorization": f"Bearer {builders.staff_token(user)}"}
    sent = {"phone": "13800011230"}
    missed = Client().post("/api/v1/members/lookup", sent, "application/json", headers=token)
    assert missed.status_code == 404

    assert "Too many requests" in search(signed_in(user), ZHANG_PHONE)


def test_the_box_is_on_every_page_and_sends_by_post(
    case: Case, office: Client, owner: Client
) -> None:
    popup = "/admin/org/store/?_popup=1"
    for client, url, site in (
        (office, "/admin/", "admin"),
        (office, page_of(head_office, case.own), "admin"),
        (owner, "/portal/", "portal"),
        (owner, "/portal/nothing/", "portal"),
    ):
        page = client.get(url).content.decode()
        form = page[page.index('id="search-palette"') :]
        tag = re.search(r"<form[^>]*>", form)
        assert tag is not None
        assert 'method="post"' in tag[0]
        assert f'action="/{site}/search/"' in tag[0]
        assert 'name="csrfmiddlewaretoken"' in form
        assert "data-search-open" in page
        assert "hx-get" not in page[page.index('id="search-palette"') :]
    assert 'id="search-palette"' not in office.get(popup).content.decode()
    answer = office.post("/admin/search/", {"s": "TEA"})
    assert "no-store" in answer["Cache-Control"]


def test_who_is_signed_out_is_led_to_the_sign_in(case: Case) -> None:
    for site in ("admin", "portal"):
        answer = Client().post(
            f"/{site}/search/", {"s": case.own.number}, headers={"hx-request": "true"}
        )
        assert answer.headers["HX-Redirect"] == reverse(f"{site}:login")
        assert answer.content == b""


def test_what_is_typed_is_no_markup(case: Case, office: Client) -> None:
    Store.objects.filter(pk=case.brand.a1.pk).update(name="<b>A1</b>", name_en="")

    page = search(office, "<b>A1")

    assert "<b>" not in page
    assert links(page) == [page_of(head_office, case.brand.a1)]
