"""An import beside small sales of the same goods: nobody deadlocks and every piece is counted."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection

from apps.flows.import_orders import ImportBatch, import_orders
from apps.flows.place_order import place_order
from apps.inventory.models import Stock
from apps.inventory.services import ReceiptRow, importing
from apps.orders.services import LineRow, OrderRow
from apps.payments.rules import TenderDraft
from apps.products.models import Category
from tests import books, builders
from tests.builders import Brand
from tests.threads import run_in_threads

AT = datetime(2026, 11, 1, tzinfo=UTC)
LOCK = re.compile(r"ORDER BY stock.sku_id, stock.location_id\s+FOR UPDATE OF stock")
CODES = [f"GOODS-{number}" for number in range(12)]
IMPORTERS = SELLERS = 4


@pytest.fixture
def goods(brand: Brand) -> None:
    """Twelve SKUs at ¥1.00, a thousand of each at A1."""
    food = Category.objects.get(code="FOOD")
    skus = [builders.build_sku(code, code, food, 100) for code in CODES]
    builders.stock_up(brand.a1, dict.fromkeys(skus, 1000))


def batch(key: str, *receipts: ReceiptRow) -> ImportBatch:
    """One order with one piece of each of the goods; without a member, whose points account would
    be locked first and keep the batches apart."""
    return ImportBatch(
        source="pos-7",
        prefix="P7-",
        orders=[OrderRow(key, "A1", "pos", None, AT)],
        lines=[LineRow(key, number, code, 1, 100, 100) for number, code in enumerate(CODES, 1)],
        tenders={key: [TenderDraft("cash", 1200)]},
        receipts=receipts,
    )


def batch_with_receipt(key: str) -> ImportBatch:
    """The last of the goods arrives, and a SKU that was never there; then one of each is sold."""
    arrived = [ReceiptRow("A1", code, 1, f"RCV-{key}", AT) for code in (CODES[-1], "NEW")]
    return batch(key, *arrived)


def as_the_hash_goes() -> None:
    """Have the planner hand on rows in the order of their hash, as it may on big tables."""
    with connection.cursor() as cursor:
        for way in ("sort", "hashjoin", "mergejoin", "indexonlyscan"):
            cursor.execute(f"SET enable_{way} = off")


def rounds(brand: Brand, count: int, made: Callable[[str], ImportBatch] = batch) -> list[Any]:
    """Importers and sellers, ``count`` times each, until the first database error."""
    clerk = builders.clerk_at(brand.a1)
    sale = builders.sale_of(brand.a1, dict.fromkeys(CODES, "1"), 1200)
    stop = threading.Event()

    def repeat(once: Callable[[int], Any]) -> Callable[[], list[Any]]:
        def run() -> list[Any]:
            as_the_hash_goes()
            outcomes: list[Any] = []
            while len(outcomes) < count and not stop.is_set():
                try:
                    outcomes.append(once(len(outcomes)))
                except OperationalError as error:
                    outcomes.append(error)
                    stop.set()
            return outcomes

        return run

    def importer(name: int) -> Callable[[int], Any]:
        return lambda turn: import_orders(builders.SYSTEM, made(f"{name}-{turn}"))

    work = [repeat(importer(name)) for name in range(IMPORTERS)]
    work += [repeat(lambda _turn: place_order(clerk, sale, builders.once(clerk)))] * SELLERS
    return [outcome for result in run_in_threads(work) for outcome in result]


@pytest.mark.usefixtures("goods")
def test_an_import_beside_small_sales(brand: Brand) -> None:
    outcomes = rounds(brand, 20)

    assert [outcome for outcome in outcomes if isinstance(outcome, OperationalError)] == []
    left = Stock.objects.filter(location__store=brand.a1, sku__code__in=CODES)
    taken = 20 * (IMPORTERS + SELLERS)
    assert set(left.values_list("on_hand", flat=True)) == {Decimal(1000 - taken)}
    assert books.differences() == {}


@pytest.mark.usefixtures("goods")
def test_locked_in_another_order_they_deadlock(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    backwards, replaced = LOCK.subn(
        "ORDER BY stock.sku_id DESC, stock.location_id DESC FOR UPDATE OF stock",
        importing.SELL_ORDERS,
    )
    assert replaced == 1
    monkeypatch.setattr(importing, "SELL_ORDERS", backwards)

    outcomes = rounds(brand, 100)

    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, OperationalError)]
    assert "deadlock detected" in "".join(refused)


@pytest.mark.usefixtures("goods")
def test_an_import_with_receipts_beside_small_sales(brand: Brand) -> None:
    builders.build_sku("NEW", "NEW", Category.objects.get(code="FOOD"), 100)

    outcomes = rounds(brand, 20, batch_with_receipt)

    assert [outcome for outcome in outcomes if isinstance(outcome, OperationalError)] == []
    left = dict(Stock.objects.filter(location__store=brand.a1).values_list("sku__code", "on_hand"))
    taken = 20 * (IMPORTERS + SELLERS)
    assert left[CODES[0]] == 1000 - taken
    assert left[CODES[-1]] == 1000 - taken + 20 * IMPORTERS
    assert left["NEW"] == 20 * IMPORTERS
    assert books.differences() == {}


@pytest.mark.usefixtures("goods")
def test_receipts_that_are_not_locked_with_the_sales_deadlock(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.build_sku("NEW", "NEW", Category.objects.get(code="FOOD"), 100)
    nothing = """SELECT %(store)s::text[], %(sku)s::text[], %(order_ids)s::bigint[]"""
    monkeypatch.setattr(importing, "LOCK_GOODS", nothing)

    outcomes = rounds(brand, 100, batch_with_receipt)

    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, OperationalError)]
    assert "deadlock detected" in "".join(refused)
