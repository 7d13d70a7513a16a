"""A store of the demonstration brand changes hands: the past stays as it was, the future is the new owner's."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.accounts.actor import Actor
from apps.common import clock
from apps.demo.loading import Outcome
from apps.flows.change_owner import change_owner
from apps.flows.place_order import OrderRequest, place_order
from apps.flows.tasks import hand_over_stores
from apps.inventory.models import Stock
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.orders.rules import LineRequest
from apps.orders.selectors import OwnerSales
from apps.org import rules
from apps.org.models import Franchisee, Store
from apps.payments.rules import TenderDraft
from tests import books, builders
from tests.builders import SYSTEM, once
from tests.demo.conftest import FIRST_LOAD

BEGINNING = date(2020, 1, 1)
ZONE = "Asia/Shanghai"


def report(last: date) -> list[OwnerSales]:
    """Sales by owner and region as of the order date; by the orders and by the tree they agree."""
    everything = orders.orders_visible_to(SYSTEM)
    by_owner = orders.sales_by_owner(everything, BEGINNING, last)
    assert by_owner == orders.sales_by_tree(everything, BEGINNING, last)
    return by_owner


def sell_one(actor: Actor, store: Store) -> str:
    """One piece of what lies there."""
    stock = Stock.objects.filter(location__store=store, on_hand__gte=1, sku__unit="each").first()
    assert stock is not None
    amount = builders.amounts_now()[stock.sku.code, "BASE"]
    lines = [LineRequest(stock.sku.code, Decimal(1))]
    tenders = [TenderDraft("cash", amount)]
    request = OrderRequest(store.code, "pos", lines, amount, tenders=tenders)
    return str(place_order(actor, request, once(actor))["number"])


def seen(actor: Actor) -> set[str]:
    return set(orders.orders_visible_to(actor).values_list("number", flat=True))


@pytest.fixture
def store(load: Callable[[int], Outcome]) -> Store:
    """The store of most sales."""
    load(3)
    return Store.objects.get(code="S0330")


def test_reports_before_and_after_a_conversion_agree(store: Store) -> None:
    day = clock.business_day(FIRST_LOAD, ZONE) + timedelta(days=1)
    old_owner = store.franchisee
    new_owner = Franchisee.objects.exclude(stores=store).earliest("code")
    manager = builders.staff_actor("our-manager", rules.STORE_MANAGER, store=store)
    buyer = builders.staff_actor("our-buyer", rules.FRANCHISE_OWNER, franchisee=new_owner)
    past = set(Order.objects.filter(store=store).values_list("number", flat=True))
    elsewhere = seen(buyer)
    assert seen(manager) == past
    before = report(day - timedelta(days=1))

    change_owner(SYSTEM, store.code, to=new_owner.code, contract="C-1", on=day, reason="sold")
    assert report(day - timedelta(days=1)) == before
    with time_machine.travel(clock.start_of_day(day, ZONE) + timedelta(hours=10)):
        hand_over_stores()
        clerk = builders.staff_actor("our-clerk", rules.CLERK, store=store)
        sold = sell_one(clerk, store)

        assert report(day - timedelta(days=1)) == before
        after = report(day)
        new = Order.objects.get(number=sold)
        assert (new.franchisee, new.business_day) == (new_owner, day)
        assert gained(before, after) == {(new_owner.code, new.region.code): (1, new.net_amount)}
        assert seen(clerk) == {sold}
        assert seen(buyer) == elsewhere | {sold}
        assert past.isdisjoint(seen(buyer))
        assert seen(manager).isdisjoint(past)
        assert owners_of(past) == {old_owner.pk if old_owner else None}
        assert books.differences() == {}


def gained(
    before: list[OwnerSales], after: list[OwnerSales]
) -> dict[tuple[str | None, str], tuple[int, int]]:
    """What each owner and region sold more of: orders and net."""
    then = {(row.franchisee, row.region): (row.count, row.net) for row in before}
    now = {(row.franchisee, row.region): (row.count, row.net) for row in after}
    more = {
        key: (count - then.get(key, (0, 0))[0], net - then.get(key, (0, 0))[1])
        for key, (count, net) in now.items()
    }
    return {key: value for key, value in more.items() if value != (0, 0)}


def owners_of(numbers: set[str]) -> set[int | None]:
    return set(Order.objects.filter(number__in=numbers).values_list("franchisee", flat=True))


def test_an_old_owner_goes_on_seeing_their_past_and_nothing_new(store: Store) -> None:
    first = Franchisee.objects.earliest("code")
    second = Franchisee.objects.exclude(pk=first.pk).earliest("code")
    seller = builders.staff_actor("our-seller", rules.FRANCHISE_OWNER, franchisee=first)
    buyer = builders.staff_actor("our-buyer", rules.FRANCHISE_OWNER, franchisee=second)
    begins = clock.business_day(FIRST_LOAD, ZONE)
    numbers: list[str] = []
    for days, owner in ((1, first), (3, second)):
        day = begins + timedelta(days=days)
        with time_machine.travel(noon(day) - timedelta(days=1)):
            change_owner(SYSTEM, store.code, to=owner.code, on=day, reason="sold")
        with time_machine.travel(noon(day)):
            hand_over_stores()
            numbers.append(sell_one(SYSTEM, store))

    assert seen(seller) & set(numbers) == {numbers[0]}
    assert seen(buyer) & set(numbers) == {numbers[1]}
    with time_machine.travel(noon(begins + timedelta(days=3))):
        report(begins + timedelta(days=3))
        assert books.differences() == {}


def noon(day: date) -> datetime:
    return clock.start_of_day(day, ZONE) + timedelta(hours=12)
