"""The portal's lists equal head office's for the same stores, and lead to nobody else's rows."""

from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from apps.accounts.models import User
from apps.flows.place_order import place_order
from apps.inventory.models import Stock
from apps.members.models import Member
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org.models import RoleAssignment, Store
from apps.org.offices.sites import head_office, portal
from apps.payments import selectors as payments
from apps.payments.models import Payment
from tests import builders
from tests.offices.pages import list_of, page_of, signed_in
from tests.offices.plenty import make_refund_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> builders.Brand:
    """Sales at A1, A2 and B1; then A1 goes from ANHE to BAICHUAN and B1 to ANHE, and both sell on.

    The first sale at each of A1 and B1 is to refund; at A2 and B1 all but 5 and 3 TEA are sold.
    """
    made = builders.build_brand()
    _sell(made.a1, {"TEA": "1"}, 1999, made.zhang)
    _sell(made.a2, {"TEA": "95"}, 95 * 1999, made.zhang)
    _sell(made.b1, {"TEA": "97"}, 97 * 1999, made.li)
    for store in (made.a1, made.b1):
        make_refund_due(Payment.objects.get(order__store=store))
    _turn(made.a1, made.baichuan.pk)
    _turn(made.b1, made.anhe.pk)
    _sell(made.a1, {"TEA": "96"}, 96 * 1999, made.zhang)
    _sell(made.b1, {"MILK": "2"}, 600, made.li)
    return made


def _sell(store: Store, lines: dict[str, str], total: int, member: Member) -> None:
    sale = builders.sale_of(store, lines, total, member=member)
    place_order(builders.SYSTEM, sale, builders.once(builders.SYSTEM))


def _turn(store: Store, owner: int) -> None:
    """As a hand-over leaves the store on its day, without a day going by."""
    Store.objects.filter(pk=store.pk).update(franchisee=owner)
    store.tenures.update(franchisee=owner)


def owner_of_anhe(brand: builders.Brand) -> User:
    return builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)


def shown(client: Client, url: str) -> tuple[list[int], int]:
    """The rows of a list by key, and the count at its foot."""
    answer: Any = client.get(url)
    assert answer.status_code == 200
    found = answer.context["cl"]
    return sorted(row.pk for row in found.result_list), found.result_count


def united(client: Client, url: str, stores: tuple[str, ...], more: str) -> tuple[list[int], int]:
    """The lists of several stores as one; a row stands in one of them only."""
    parts = [shown(client, f"{url}?store={code}{more}") for code in stores]
    return sorted(key for rows, _ in parts for key in rows), sum(count for _, count in parts)


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("sold=1", 3), ("status__exact=completed", 3), ("status__exact=paid", 0)],
)
def test_orders_equal_head_offices_for_the_owner_of_their_day(
    brand: builders.Brand, query: str, count: int
) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(owner_of_anhe(brand))

    theirs = shown(owner, f"{list_of(portal, Order)}?{query}")

    assert theirs == shown(admin, f"{list_of(head_office, Order)}?franchisee=ANHE&{query}")
    assert theirs[1] == count


@pytest.mark.parametrize(("query", "count"), [("", 6), ("&available=low", 2)])
def test_stock_equals_head_offices_for_the_stores_of_today(
    brand: builders.Brand, query: str, count: int
) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(owner_of_anhe(brand))

    theirs = shown(owner, f"{list_of(portal, Stock)}?{query}")

    assert theirs == united(admin, list_of(head_office, Stock), ("A2", "B1"), query)
    assert theirs[1] == count


def test_members_equal_head_offices_for_the_stores_of_today(brand: builders.Brand) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(owner_of_anhe(brand))

    theirs = shown(owner, list_of(portal, Member))

    assert theirs == united(admin, list_of(head_office, Member), ("A2", "B1"), "")
    assert theirs == ([brand.li.pk], 1)


def test_sales_by_day_and_refunds_due_equal_head_offices(brand: builders.Brand) -> None:
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    day = Order.objects.latest("id").business_day

    theirs = orders.sales_by_owner(orders.orders_visible_to(owner), day, day)
    of_anhe = orders.orders_visible_to(admin).filter(franchisee=brand.anhe)
    due = payments.refund_due(payments.payments_visible_to(owner))
    due_of_anhe = payments.refund_due(payments.payments_visible_to(admin))

    assert theirs == orders.sales_by_owner(of_anhe, day, day)
    net = [order.net_amount for order in orders.orders_visible_to(owner)]
    assert sorted(net) == [600, 1999, 95 * 1999]
    assert list(due) == list(due_of_anhe.filter(order__franchisee=brand.anhe))
    assert [payment.order.store for payment in due] == [brand.a1]


def test_a_post_to_somebody_elses_page_changes_nothing(brand: builders.Brand) -> None:
    owner = signed_in(owner_of_anhe(brand))
    order = Order.objects.filter(franchisee=brand.baichuan).earliest("id")
    stock = Stock.objects.get(sku=brand.tea, location__store=brand.a1)

    foreign: tuple[Model, ...] = (order, stock, brand.zhang)
    for row in foreign:
        before = type(row).objects.filter(pk=row.pk).values().get()  # type: ignore[attr-defined]
        for way in ("change", "delete"):
            url = page_of(portal, row).replace("change", way)
            assert owner.post(url, {"post": "yes", "reason": "mine"}).status_code in (403, 404)
        assert type(row).objects.filter(pk=row.pk).values().get() == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["TEA", "6901234567892", "绿茶"])
def test_a_search_of_stock_finds_own_stores_only(brand: builders.Brand, text: str) -> None:
    owner = signed_in(owner_of_anhe(brand))
    own = Stock.objects.filter(sku=brand.tea, location__store__in=[brand.a2, brand.b1])

    rows, count = shown(owner, f"{list_of(portal, Stock)}?q={text}")

    assert rows == sorted(own.values_list("pk", flat=True))
    assert count == 2


@pytest.mark.parametrize("model", [User, RoleAssignment])
def test_a_clerk_finds_no_staff(brand: builders.Brand, model: type[Model]) -> None:
    builders.build_staff("colleague", roles.CLERK, store=brand.a2)
    clerk = signed_in(builders.build_staff("clerk", roles.CLERK, store=brand.a2))

    assert clerk.get(list_of(portal, model)).status_code in (403, 404)
    for text in ("colleague", "Colleague"):
        assert "olleague" not in clerk.post("/portal/search/", {"s": text}).content.decode()
