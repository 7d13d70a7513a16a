"""Prices that several people set, and lists that several people release, at the same time."""

from collections import Counter
from functools import partial
from typing import Any

from django.db import transaction

from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.place_order import place_order
from apps.orders.models import OrderLine
from apps.products import services as products
from apps.products.models import Price, PriceList
from tests import builders
from tests.builders import SYSTEM, Brand, once
from tests.threads import run_in_threads

PEOPLE = 6
ROUNDS = 5


def release(code: str) -> None:
    with transaction.atomic():
        locked = products.lock_price_list(code)
        products.release_price_list(SYSTEM, locked, at=clock.now(), reason="at once")


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else type(result).__name__


def test_lists_that_nothing_tells_apart_are_released_once(brand: Brand) -> None:
    for turn in range(ROUNDS):
        codes = [f"R{turn}N{n}" for n in range(PEOPLE)]
        for code in codes:
            PriceList.objects.create(code=code, name=code, priority=turn + 1)

        results = run_in_threads([partial(release, code) for code in codes])

        assert Counter(map(outcome, results)) == {
            "NoneType": 1,
            "price_list_ambiguous": PEOPLE - 1,
        }
        assert PriceList.objects.filter(code__in=codes, status="released").count() == 1


def test_a_list_is_released_once(brand: Brand) -> None:
    PriceList.objects.create(code="ONE", name="ONE", priority=1)
    results = run_in_threads([partial(release, "ONE")] * PEOPLE)
    assert Counter(map(outcome, results)) == {"NoneType": 1, "price_list_released": PEOPLE - 1}


def test_the_audit_trail_tells_each_price_once(brand: Brand) -> None:
    """Who waits for the other sees what the other set: no two lines begin at the same price."""

    def set_price(amount: int) -> Any:
        return products.set_price(SYSTEM, sku="TEA", amount=amount)

    run_in_threads([partial(set_price, 2000 + n) for n in range(PEOPLE)])

    held = list(Price.objects.filter(sku=brand.tea).order_by("starts_at"))
    assert [row.amount for row in held] == [
        row.amount for row in Price.objects.filter(sku=brand.tea).order_by("id")
    ]
    assert len(held) == PEOPLE + 1


def test_tills_sell_while_prices_are_set(brand: Brand) -> None:
    """Every sale pays a price that held, and none waits for the people who set it."""

    def sell(total: int) -> Any:
        return place_order(SYSTEM, builders.sale_of(brand.a1, {"MILK": "1"}, total), once(SYSTEM))

    def rise() -> Any:
        return products.set_price(SYSTEM, sku="MILK", amount=350)

    results = run_in_threads([partial(sell, 300)] * 4 + [rise] + [partial(sell, 350)] * 4)

    refused = [result for result in results if isinstance(result, DomainError)]
    assert {one.code for one in refused} <= {"price_changed"}
    sold = OrderLine.objects.filter(sku=brand.milk).values_list("unit_price", flat=True)
    assert set(sold) <= {300, 350}
    assert len(sold) == len(results) - len(refused) - 1
