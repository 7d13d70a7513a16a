"""place_order refuses, and then nothing was written."""

from dataclasses import replace

import pytest

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.place_order import MemberMismatch, OrderRequest, place_order
from apps.inventory.services import OutOfStock
from apps.members.models import Member
from apps.members.selectors import MemberClosed, MemberNotFound
from apps.orders import rules
from apps.orders.models import Order
from apps.orders.selectors import orders_visible_to
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Store, Tenure
from apps.org.selectors import ActionNotPermitted, ChannelNotFound, StoreClosed, StoreNotFound
from apps.payments.rules import TenderDraft, TenderMismatch, UnknownTender
from apps.products import services as products
from apps.products.selectors import UnknownSku
from tests import books, builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def clerk(brand: Brand) -> Actor:
    return builders.clerk_at(brand.a1)


@pytest.fixture
def sale(brand: Brand) -> OrderRequest:
    return builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)


def refused(actor: Actor, request: OrderRequest, refusal: type[DomainError]) -> DomainError:
    with books.unchanged(), pytest.raises(refusal) as caught:
        place_order(actor, request, builders.once(actor))
    return caught.value


def test_what_the_request_names_must_exist(clerk: Actor, sale: OrderRequest) -> None:
    refused(clerk, replace(sale, store="?"), StoreNotFound)
    refused(clerk, replace(sale, channel="?"), ChannelNotFound)
    refused(clerk, replace(sale, member="123456789012"), MemberNotFound)
    line = replace(sale.lines[0], sku="?")
    assert refused(clerk, replace(sale, lines=[line]), UnknownSku).fields == {"lines": ["?"]}


def test_another_store_is_as_one_that_is_not_there(clerk: Actor, sale: OrderRequest) -> None:
    foreign = refused(clerk, replace(sale, store="B1"), StoreNotFound)
    missing = refused(clerk, replace(sale, store="?"), StoreNotFound)
    assert foreign.detail == missing.detail
    assert refused(clerk, replace(sale, store="A2"), StoreNotFound)


def test_a_closed_store_and_a_closed_member(clerk: Actor, sale: OrderRequest) -> None:
    Member.objects.update(status="closed")
    refused(clerk, sale, MemberClosed)
    Store.objects.update(status="closed")
    Tenure.objects.update(ends_on=clock.business_day(clock.now(), "Asia/Shanghai"))
    refused(clerk, sale, StoreClosed)


def test_prices_and_tenders_must_be_those_of_the_server(clerk: Actor, sale: OrderRequest) -> None:
    shown = refused(clerk, replace(sale, shown_total=1998), rules.PriceChanged)
    assert shown.fields == {"shown_total": 1998, "total": 1999}
    line = replace(sale.lines[0], shown_unit_price=1998)
    refused(clerk, replace(sale, lines=[line]), rules.PriceChanged)
    refused(clerk, replace(sale, tenders=[TenderDraft("cash", 1998)]), TenderMismatch)
    refused(clerk, replace(sale, tenders=[TenderDraft("cash", 2000)]), TenderMismatch)
    below = [TenderDraft("cash", 2000), TenderDraft("cash", -1)]
    refused(clerk, replace(sale, tenders=below), UnknownTender)
    refused(clerk, replace(sale, tenders=[TenderDraft("gold", 1999)]), UnknownTender)


def test_too_little_stock_names_the_skus_and_takes_nothing_of_the_others(
    brand: Brand, clerk: Actor
) -> None:
    request = builders.sale_of(brand.a1, {"TEA": "1", "MILK": "101"}, 1999 + 30300)
    assert refused(clerk, request, OutOfStock).fields == {"skus": ["MILK"]}
    unpaid = builders.unpaid_order_of(brand.a1, {"TEA": "1", "MILK": "101"}, 1999 + 30300)
    assert refused(clerk, unpaid, OutOfStock).fields == {"skus": ["MILK"]}


def test_what_is_reserved_is_not_sold_again(brand: Brand, clerk: Actor) -> None:
    unpaid = builders.unpaid_order_of(brand.a1, {"MILK": "60"}, 18000)
    place_order(clerk, unpaid, builders.once(clerk))
    refused(clerk, builders.sale_of(brand.a1, {"MILK": "41"}, 12300), OutOfStock)
    place_order(clerk, builders.sale_of(brand.a1, {"MILK": "40"}, 12000), builders.once(clerk))


def test_a_sku_that_was_never_received_is_out_of_stock(brand: Brand, clerk: Actor) -> None:
    builders.build_sku("NEW", "新品", brand.tea.product.category, 100)
    request = builders.sale_of(brand.a1, {"NEW": "1"}, 100)
    assert refused(clerk, request, OutOfStock).fields == {"skus": ["NEW"]}


def test_amounts_and_lines_have_limits(brand: Brand, clerk: Actor, sale: OrderRequest) -> None:
    refused(clerk, replace(sale, lines=[]), rules.NoLines)
    refused(clerk, replace(sale, lines=[*sale.lines] * 501), rules.TooManyLines)
    products.set_base_price(builders.SYSTEM, sku=brand.tea, amount=10**12)
    refused(clerk, builders.sale_of(brand.a1, {"TEA": "2"}, 2 * 10**12), rules.AmountTooLarge)


def test_roles(brand: Brand, sale: OrderRequest) -> None:
    for role in ("operations", "finance", "customer_service", "auditor"):
        refused(builders.staff_actor(role, role), sale, ActionNotPermitted)
    shopper = builders.member_actor(brand.zhang)
    refused(shopper, sale, ActionNotPermitted)
    unpaid = builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999, member=brand.li)
    refused(shopper, unpaid, MemberMismatch)
    own = builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999)
    place_order(shopper, own, builders.once(shopper))
    assert Order.objects.get().member == brand.zhang


def test_who_sells_at_one_store_does_not_sell_at_another_where_they_only_look(
    brand: Brand, sale: OrderRequest
) -> None:
    """Two assignments are never mixed: actions of the one on rows of the other."""
    user = builders.build_staff("both", "clerk", store=brand.a2)
    org_services.assign_role(builders.SYSTEM, user, "regional_manager", region=brand.east)
    both = org.actor_of_user(user)
    refused(both, sale, StoreNotFound)
    place_order(both, replace(sale, store="A2"), builders.once(both))


def test_owner_and_region_stay_those_of_the_day(
    brand: Brand, clerk: Actor, sale: OrderRequest
) -> None:
    number = place_order(clerk, sale, builders.once(clerk))["number"]
    Store.objects.filter(code="A1").update(franchisee=brand.baichuan, region=brand.north)
    order = Order.objects.get(number=number)
    assert (order.franchisee, order.region) == (brand.anhe, brand.east)
    old_owner = builders.staff_actor("old", "franchise_owner", franchisee=brand.anhe)
    new_owner = builders.staff_actor("new", "franchise_owner", franchisee=brand.baichuan)
    from_then = org.stores_visible_to(new_owner).values_list("code", flat=True)
    assert "A1" in from_then
    visible = [orders_visible_to(actor).count() for actor in (old_owner, new_owner)]
    assert visible == [1, 0]
