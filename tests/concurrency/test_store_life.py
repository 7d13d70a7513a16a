"""Stores that are handed over, closed and sold at in the same moment."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from apps.common import clock
from apps.common.errors import DomainError
from apps.flows import hand_over
from apps.flows.change_owner import change_owner
from apps.flows.close_store import close_store
from apps.flows.freeze_store import freeze_store
from apps.flows.import_orders import ImportBatch, import_orders
from apps.flows.place_order import place_order
from apps.inventory import services as inventory
from apps.inventory.models import Movement
from apps.orders.models import Order
from apps.orders.services import LineRow, OrderRow
from apps.org.models import Franchisee, Store, Tenure
from apps.payments.rules import TenderDraft
from tests import books, builders
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

ROUNDS = 10
WRITERS = 8


def fresh_store(brand: Brand, number: int) -> Store:
    """A store of ANHE without a document of today, but with goods from before."""
    store = builders.build_store(f"R{number}", brand.east, brand.anhe)
    at = clock.now() - timedelta(days=1)
    place = replace(builders.place_of(store), business_day=clock.business_day(at, store.time_zone))
    inventory.receive(place, {brand.tea.pk: Decimal(100)}, reference=f"RCV-{number}", at=at)
    return store


def codes(results: list[Any]) -> Counter[str]:
    return Counter(
        result.code
        if isinstance(result, DomainError)
        else type(result).__name__
        if isinstance(result, Exception)
        else "done"
        for result in results
    )


def test_of_eight_conversions_for_one_day_one_is_written(brand: Brand) -> None:
    owners = [
        Franchisee.objects.create(code=f"O{number}", name=f"O{number}") for number in range(WRITERS)
    ]
    day = clock.business_day(clock.now(), "Asia/Shanghai") + timedelta(days=3)

    results = run_in_threads(
        [
            partial(change_owner, SYSTEM, "A1", to=owner.code, on=day, reason="race")
            for owner in owners
        ]
    )

    assert codes(results) == {"done": 1, "tenure_overlaps": WRITERS - 1}
    assert Tenure.objects.filter(store=brand.a1).count() == 2
    assert books.differences() == {}


def test_conversions_for_eight_days_never_overlap(brand: Brand) -> None:
    day = clock.business_day(clock.now(), "Asia/Shanghai") + timedelta(days=3)
    owners = [
        Franchisee.objects.create(code=f"O{number}", name=f"O{number}") for number in range(WRITERS)
    ]

    results = run_in_threads(
        [
            partial(
                change_owner,
                SYSTEM,
                "A1",
                to=owner.code,
                on=day + timedelta(days=number),
                reason="race",
            )
            for number, owner in enumerate(owners)
        ]
    )

    found = codes(results)
    assert set(found) <= {"done", "tenure_overlaps"}
    rows = list(Tenure.objects.filter(store=brand.a1).order_by("starts_on"))
    assert len(rows) == 1 + found["done"]
    assert [row.ends_on for row in rows] == [*(row.starts_on for row in rows[1:]), None]
    assert books.differences() == {}


def sale(store: Store) -> Callable[[], Any]:
    request = builders.sale_of(store, {"TEA": "1"}, 1999)
    return lambda: place_order(SYSTEM, request, builders.once(SYSTEM))


def imported(store: Store, key: str) -> Callable[[], Any]:
    at = clock.now()
    batch = ImportBatch(
        source="till",
        prefix="T",
        orders=[OrderRow(key, store.code, "pos", None, at)],
        lines=[LineRow(key, 1, "TEA", 1, 1999, 1999)],
        tenders={key: [TenderDraft("cash", 1999)]},
    )
    return lambda: import_orders(SYSTEM, batch)


def race(brand: Brand, act: Callable[[Store], Callable[[], Any]]) -> Counter[str]:
    """Sales, imports and one act at each of several stores; what became of the acts."""
    found: Counter[str] = Counter()
    for number in range(ROUNDS):
        store = fresh_store(brand, number)
        sales = [sale(store) for _ in range(4)]
        imports = [imported(store, f"{number}-{one}") for one in range(2)]
        results = run_in_threads([*sales, act(store), *imports])
        found += codes([results[4]])
        assert set(codes(results[:4])) <= {"done", "store_frozen", "store_closed"}
        # What was sold before the closing may be told after it, when the goods are elsewhere.
        assert set(codes(results[5:])) <= {"done", "out_of_stock"}
        assert books.differences() == {}
    return found


def test_a_sale_beside_a_conversion_of_today_is_under_one_owner(brand: Brand) -> None:
    found = race(
        brand, lambda store: partial(change_owner, SYSTEM, store.code, to="BAICHUAN", reason="race")
    )

    assert set(found) <= {"done", "store_traded_today"}
    for store in Store.objects.filter(code__startswith="R"):
        owners = set(Order.objects.filter(store=store).values_list("franchisee", flat=True))
        assert owners == {store.franchisee_id}


def test_a_sale_that_waited_for_a_conversion_is_under_the_new_owner(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not believe the tenure that it saw before it waited for the store's row."""
    store = fresh_store(brand, 1)
    holding, record = threading.Event(), hand_over.record_act

    def linger(*arguments: Any) -> None:
        record(*arguments)
        holding.set()
        time.sleep(0.5)  # the sale has long asked for the store's row

    def sell_then() -> Any:
        assert holding.wait(10)
        return sale(store)()

    monkeypatch.setattr(hand_over, "record_act", linger)
    convert = partial(change_owner, SYSTEM, store.code, to="BAICHUAN", reason="race")

    assert codes(run_in_threads([convert, sell_then])) == {"done": 2}

    assert Order.objects.get(store=store).franchisee == brand.baichuan
    assert books.differences() == {}


def test_a_sale_beside_a_freeze_is_before_it_or_refused(brand: Brand) -> None:
    found = race(brand, lambda store: partial(freeze_store, SYSTEM, store.code, reason="race"))

    assert found == {"done": ROUNDS}


def test_a_sale_beside_a_closing_leaves_no_goods_and_no_order_behind(brand: Brand) -> None:
    found = race(
        brand,
        lambda store: partial(
            close_store, SYSTEM, store.code, successor="A2", stock_to="A2", reason="race"
        ),
    )

    assert found == {"done": ROUNDS}
    left = Movement.objects.filter(kind="transfer").count()
    assert left == ROUNDS
