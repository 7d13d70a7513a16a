"""The last piece is sold once, and baskets in opposite order do not deadlock; nor without its lock."""

import re
import threading
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from apps.accounts.actor import Actor
from apps.flows.place_order import OrderRequest, place_order
from apps.inventory.models import Movement, Reservation, Stock
from apps.inventory.services import moving
from apps.orders import rules
from apps.orders.models import Order
from apps.payments.models import Payment
from tests import books, builders
from tests.builders import Brand
from tests.threads import run_in_threads

BUYERS = 8
WAIT_SECONDS = 2  # less than the lock timeout of the waiting
GUARD = "AND stock.on_hand - stock.reserved >= locked.quantity"
LOCK = re.compile(r"ORDER BY stock.sku_id, stock.location_id\s+FOR UPDATE OF stock")
WAITING_HERE = """
SELECT count(DISTINCT waiting.pid) FROM pg_locks waiting JOIN pg_locks own USING (pid)
WHERE NOT waiting.granted
    AND own.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
Request = Callable[..., OrderRequest]


def buyer(actor: Actor, request: OrderRequest) -> Callable[[], Any]:
    return lambda: place_order(actor, request, builders.once(actor))


@pytest.mark.parametrize("request_for", [builders.sale_of, builders.unpaid_order_of])
def test_the_last_piece_is_taken_once(brand: Brand, request_for: Request) -> None:
    one = Stock.objects.get(sku=brand.tea, location__store=brand.a1)
    clerk = builders.clerk_at(brand.a1)
    place_order(clerk, builders.sale_of(brand.a1, {"TEA": "99"}, 99 * 1999), builders.once(clerk))
    request = request_for(brand.a1, {"TEA": "1"}, 1999)

    results = run_in_threads([buyer(clerk, request)] * BUYERS)

    assert sorted(type(result).__name__ for result in results) == ["OutOfStock"] * 7 + ["dict"]
    one.refresh_from_db()
    reserved = Decimal(request_for is builders.unpaid_order_of)
    assert (one.on_hand, one.reserved) == (reserved, reserved)
    assert Order.objects.count() == 2
    assert Payment.objects.count() == 2 - reserved
    assert Movement.objects.filter(kind="sale").count() == 2 - reserved
    assert Reservation.objects.count() == reserved
    assert books.differences() == {}


def test_without_its_guard_only_the_constraint_stops_the_second_sale(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = builders.clerk_at(brand.a1)
    place_order(clerk, builders.sale_of(brand.a1, {"TEA": "99"}, 99 * 1999), builders.once(clerk))
    monkeypatch.setattr(moving, "SELL", moving.SELL.replace(GUARD, ""))

    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    results = run_in_threads([buyer(clerk, request)] * BUYERS)

    assert sum(isinstance(result, dict) for result in results) == 1
    refused = [result for result in results if not isinstance(result, dict)]
    assert all(isinstance(result, IntegrityError) for result in refused)
    assert "stock_never_oversold" in str(refused[0])


def unsorted_sums(lines: Sequence[rules.OrderLineDraft]) -> dict[int, Decimal]:
    """As ``sum_by_sku``, in the order of the lines: what the statement must put right."""
    return {line.sku_id: line.quantity for line in lines}


def nested_loops() -> None:
    """Have the planner visit stock rows in the order the lines come in, as it does on big tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_hashjoin = off")
        cursor.execute("SET enable_mergejoin = off")


def rounds(brand: Brand, count: int) -> list[Any]:
    """Buyers with the same goods in opposite order, ``count`` times each, until the first
    database error; everything that came out."""
    clerk = builders.clerk_at(brand.a1)
    goods = ["TEA", "RICE", "MILK"]
    baskets = [goods, goods[::-1]] * (BUYERS // 2)
    stop = threading.Event()

    def buy(basket: list[str]) -> Callable[[], list[Any]]:
        request = builders.sale_of(brand.a1, dict.fromkeys(basket, "1"), 3149)

        def repeat() -> list[Any]:
            nested_loops()
            outcomes: list[Any] = []
            while len(outcomes) < count and not stop.is_set():
                try:
                    outcomes.append(place_order(clerk, request, builders.once(clerk)))
                except OperationalError as error:
                    outcomes.append(error)
                    stop.set()
            return outcomes

        return repeat

    results = run_in_threads([buy(basket) for basket in baskets])
    return [outcome for result in results for outcome in result]


def test_opposite_line_order_does_not_deadlock(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.stock_up(brand.a1, {brand.tea: 1000, brand.rice: 1000, brand.milk: 1000})
    monkeypatch.setattr(rules, "sum_by_sku", unsorted_sums)

    outcomes = rounds(brand, 25)

    assert [outcome for outcome in outcomes if not isinstance(outcome, dict)] == []
    left = Stock.objects.filter(location__store=brand.a1).values_list("on_hand", flat=True)
    assert list(left) == [Decimal(1100 - 25 * BUYERS)] * 3
    assert books.differences() == {}


def test_locked_in_the_order_of_the_basket_it_does(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of two buyers has the first row of its basket and waits for the middle one of both."""
    monkeypatch.setattr(rules, "sum_by_sku", unsorted_sums)
    as_in_the_basket, replaced = LOCK.subn(
        "ORDER BY array_position(%(sku_id)s::bigint[], stock.sku_id) FOR UPDATE OF stock",
        moving.SELL,
    )
    assert replaced == 1
    monkeypatch.setattr(moving, "SELL", as_in_the_basket)
    clerk = builders.clerk_at(brand.a1)
    held = threading.Event()
    goods = ["TEA", "RICE", "MILK"]
    requests = [
        builders.sale_of(brand.a1, dict.fromkeys(basket, "1"), 3149)
        for basket in (goods, goods[::-1])
    ]

    def buy(request: OrderRequest) -> Callable[[], Any]:
        def once() -> Any:
            assert held.wait(WAIT_SECONDS)
            return place_order(clerk, request, builders.once(clerk))

        return once

    def hold_the_middle() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            Stock.objects.select_for_update().get(sku=brand.rice, location__store=brand.a1)
            held.set()
            deadline = time.monotonic() + WAIT_SECONDS
            waiting = 0
            while waiting < len(requests) and time.monotonic() < deadline:
                cursor.execute(WAITING_HERE)
                (waiting,) = cursor.fetchone()
            assert waiting == len(requests)

    *results, holder = run_in_threads([*map(buy, requests), hold_the_middle])

    assert holder is None
    assert sorted(isinstance(result, dict) for result in results) == [False, True]
    assert "deadlock detected" in "".join(map(str, results))
