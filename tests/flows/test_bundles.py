"""A sold bundle takes its components, virtual goods take nothing; whatever becomes of the recipe."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.actor import Actor
from apps.flows.cancel_order import cancel_order
from apps.flows.import_orders import ImportBatch, import_orders
from apps.flows.pay_order import pay_at_counter, pay_with_provider
from apps.flows.place_order import OrderRequest, place_order
from apps.flows.quote import QuoteRequest, quote
from apps.flows.receive_notice import receive_notice
from apps.inventory import services as inventory
from apps.inventory.models import Movement, Reservation, Stock
from apps.inventory.services import OutOfStock, UnknownReceipt
from apps.orders.models import LineComponent, OrderLine
from apps.orders.rules import FractionOfPiece, InvalidQuantity, LineRequest
from apps.orders.services import LineRow, OrderRow
from apps.org import rules as roles
from apps.payments.rules import TenderDraft
from apps.payments.services import CaptureNotice
from apps.products import services as products
from apps.products.models import Sku
from apps.products.packing import BundleEmpty
from tests import books, builders
from tests.builders import SYSTEM, Brand
from tests.products.test_bundles import build_bundle

pytestmark = pytest.mark.django_db
PLACED = datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.fixture
def brand() -> Brand:
    """With GIFT (2 TEA, 1.5 kg RICE; ¥45), DUO (1 TEA, 3 MILK; ¥20) and CARD (virtual; ¥1)."""
    brand = builders.build_brand()
    build_bundle(brand, "GIFT", {brand.tea: "2", brand.rice: "1.5"}, 4500)
    build_bundle(brand, "DUO", {brand.tea: "1", brand.milk: "3"}, 2000)
    builders.build_sku("CARD", "卡", brand.tea.product.category, 100)
    Sku.objects.filter(code="CARD").update(kind="virtual")
    return brand


@pytest.fixture
def manager(brand: Brand) -> Actor:
    return builders.staff_actor("manager", roles.STORE_MANAGER, store=brand.a1)


def stock(brand: Brand) -> dict[str, tuple[Decimal, Decimal]]:
    rows = Stock.objects.filter(location__store=brand.a1).order_by("sku__code")
    return {
        code: (held, kept)
        for code, held, kept in rows.values_list("sku__code", "on_hand", "reserved")
    }


def left(brand: Brand) -> dict[str, Decimal]:
    return {code: held - kept for code, (held, kept) in stock(brand).items()}


BASKET = {"GIFT": "2", "DUO": "1", "TEA": "3", "CARD": "5"}
BASKET_TOTAL = 2 * 4500 + 2000 + 3 * 1999 + 5 * 100
TAKEN = {"TEA": Decimal(8), "RICE": Decimal(3), "MILK": Decimal(3)}


def test_a_counter_sale_takes_the_components_summed_with_the_other_lines(
    brand: Brand, manager: Actor
) -> None:
    order = place_order(
        manager, builders.sale_of(brand.a1, BASKET, BASKET_TOTAL), builders.once(manager)
    )
    moved = Movement.objects.filter(reference=order["number"]).values_list("sku__code", "quantity")
    assert dict(moved) == TAKEN
    assert left(brand) == {"TEA": 92, "RICE": 97, "MILK": 97}
    kinds = OrderLine.objects.order_by("line_no").values_list("sku__code", "kind")
    assert list(kinds) == [
        ("GIFT", "bundle"), ("DUO", "bundle"), ("TEA", "goods"), ("CARD", "virtual"),
    ]  # fmt: skip
    parts = LineComponent.objects.values_list("line__line_no", "sku__code", "quantity")
    assert set(parts) == {
        (1, "TEA", 4), (1, "RICE", 3), (2, "TEA", 1), (2, "MILK", 3),
    }  # fmt: skip
    assert books.differences() == {}


def test_virtual_goods_alone_move_nothing(brand: Brand, manager: Actor) -> None:
    before = stock(brand)
    order = place_order(
        manager, builders.sale_of(brand.a1, {"CARD": "2"}, 200), builders.once(manager)
    )
    unpaid = builders.unpaid_order_of(brand.a1, {"CARD": "1"}, 100)
    waiting = place_order(manager, unpaid, builders.once(manager))
    pay_at_counter(manager, waiting["number"], [TenderDraft("cash", 100)], builders.once(manager))
    assert order["status"] == "completed"
    assert stock(brand) == before
    assert (Movement.objects.filter(kind="sale").count(), Reservation.objects.count()) == (0, 0)
    assert books.differences() == {}


def test_an_unpaid_bundle_is_reserved_paid_and_cancelled_by_its_components(
    brand: Brand, manager: Actor
) -> None:
    request = builders.unpaid_order_of(brand.a1, BASKET, BASKET_TOTAL)
    first, second, third = (
        place_order(manager, request, builders.once(manager))["number"] for _ in range(3)
    )
    assert stock(brand)["TEA"] == (100, 24)
    assert books.differences() == {}

    cancel_order(manager, first, reason="changed", once=builders.once(manager))
    cash = [TenderDraft("cash", BASKET_TOTAL)]
    pay_at_counter(manager, second, cash, builders.once(manager))
    payment = pay_with_provider(manager, third, builders.once(manager))["number"]
    receive_notice(CaptureNotice("sandbox", "one", payment, BASKET_TOTAL))

    assert stock(brand) == {"TEA": (84, 0), "RICE": (94, 0), "MILK": (94, 0)}
    assert Movement.objects.filter(kind="sale").count() == 6
    assert books.differences() == {}


def test_what_was_sold_stays_when_the_recipe_changes(brand: Brand, manager: Actor) -> None:
    sold = builders.sale_of(brand.a1, {"GIFT": "1"}, 4500)
    place_order(manager, sold, builders.once(manager))
    waits = builders.unpaid_order_of(brand.a1, {"GIFT": "1"}, 4500)
    number = place_order(manager, waits, builders.once(manager))["number"]
    gift = Sku.objects.get(code="GIFT")

    products.set_components(SYSTEM, bundle=gift, components={brand.milk: Decimal(9)})

    assert books.differences() == {}
    pay_at_counter(manager, number, [TenderDraft("cash", 4500)], builders.once(manager))
    assert left(brand) == {"TEA": 96, "RICE": 97, "MILK": 100}
    assert books.differences() == {}


def test_a_missing_component_is_named(brand: Brand, manager: Actor) -> None:
    Stock.objects.filter(sku=brand.rice, location__store=brand.a1).update(on_hand=1)
    for request in (
        builders.sale_of(brand.a1, {"GIFT": "1"}, 4500),
        builders.unpaid_order_of(brand.a1, {"GIFT": "1"}, 4500),
    ):
        before = books.row_counts(), books.stock()
        with pytest.raises(OutOfStock) as refusal:
            place_order(manager, request, builders.once(manager))
        assert refusal.value.fields == {"skus": ["RICE"]}
        assert (books.row_counts(), books.stock()) == before


def test_a_line_and_a_bundle_together_take_no_more_than_there_is(
    brand: Brand, manager: Actor
) -> None:
    request = builders.sale_of(brand.a1, {"TEA": "99", "GIFT": "1"}, 99 * 1999 + 4500)
    with books.unchanged(), pytest.raises(OutOfStock) as refusal:
        place_order(manager, request, builders.once(manager))
    assert refusal.value.fields == {"skus": ["TEA"]}


@pytest.mark.parametrize(
    ("quantity", "refusal"), [("0.5", FractionOfPiece), ("900000", InvalidQuantity)]
)
def test_bundles_are_whole_and_not_endless(
    brand: Brand, manager: Actor, quantity: str, refusal: Any
) -> None:
    Sku.objects.filter(code="GIFT").update(unit="kg")
    request = QuoteRequest("A1", "pos", [LineRequest("GIFT", Decimal(quantity))])
    with books.unchanged(), pytest.raises(refusal):
        quote(manager, request)


def test_an_empty_bundle_is_not_sold(brand: Brand, manager: Actor) -> None:
    gift = Sku.objects.get(code="GIFT")
    products.set_components(SYSTEM, bundle=gift, components={})
    with books.unchanged(), pytest.raises(BundleEmpty) as refusal:
        place_order(
            manager, builders.sale_of(brand.a1, {"GIFT": "1"}, 4500), builders.once(manager)
        )
    assert refusal.value.fields == {"lines": ["GIFT"]}


def test_a_sale_of_bundles_costs_no_statement_more(brand: Brand, manager: Actor) -> None:
    counts = []
    for basket, total in (({"TEA": "1"}, 1999), (BASKET, BASKET_TOTAL)):
        with CaptureQueriesContext(connection) as asked:
            place_order(manager, builders.sale_of(brand.a1, basket, total), builders.once(manager))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ----- imported


def imported(key: str, lines: dict[str, int]) -> ImportBatch:
    return ImportBatch(
        source="pos",
        prefix="P",
        orders=[OrderRow(key, "A1", "pos", None, PLACED)],
        lines=[
            LineRow(key, n, sku, quantity, 100, 100)
            for n, (sku, quantity) in enumerate(lines.items(), start=1)
        ],
        tenders={key: [TenderDraft("cash", 100 * len(lines))]},
        receipts=[inventory.ReceiptRow("A1", "MILK", 10, "OPENING", PLACED)],
    )


def test_imported_bundles_take_what_they_are_made_of(brand: Brand) -> None:
    result = import_orders(SYSTEM, imported("1", {"GIFT": 2, "DUO": 1, "TEA": 3, "CARD": 5}))
    assert (result.created, result.rejected) == (1, {})
    assert left(brand) == {"TEA": 92, "RICE": 97, "MILK": 107}
    assert not Stock.objects.filter(sku__kind__in=["bundle", "virtual"]).exists()
    assert books.differences() == {}


def test_an_imported_bundle_without_components_is_rejected(brand: Brand) -> None:
    gift = Sku.objects.get(code="GIFT")
    products.set_components(SYSTEM, bundle=gift, components={})
    result = import_orders(SYSTEM, imported("1", {"GIFT": 2}))
    assert dict(result.rejected) == {"1": "bundle_empty"}
    half = imported("2", {"DUO": Decimal("0.5")})  # type: ignore[dict-item]
    assert dict(import_orders(SYSTEM, half).rejected) == {"2": "invalid_quantity"}
    assert books.differences() == {}


@pytest.mark.parametrize("sku", ["GIFT", "CARD"])
def test_only_goods_arrive(brand: Brand, sku: str) -> None:
    batch = replace(
        imported("1", {"TEA": 1}), receipts=[inventory.ReceiptRow("A1", sku, 10, "OPENING", PLACED)]
    )
    before = books.row_counts(), books.stock()
    with pytest.raises(UnknownReceipt):
        import_orders(SYSTEM, batch)
    assert (books.row_counts(), books.stock()) == before


# ----- against brute force

RECIPES = {
    "GIFT": {"TEA": Decimal(2), "RICE": Decimal("1.5")},
    "DUO": {"TEA": Decimal(1), "MILK": Decimal(3)},
}
PRICES = {"GIFT": 4500, "DUO": 2000, "CARD": 100, "TEA": 1999, "RICE": 850, "MILK": 300}
LINES = st.lists(
    st.tuples(st.sampled_from(sorted(PRICES)), st.integers(1, 3)), min_size=1, max_size=8
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES, end=st.sampled_from(["counter", "paid", "cancelled"]))
def test_any_basket_moves_what_counting_piece_by_piece_says(
    brand: Brand, manager: Actor, lines: list[tuple[str, int]], end: str
) -> None:
    wanted: Counter[str] = Counter()
    for sku, count in lines:
        for _piece in range(count):
            wanted.update({} if sku == "CARD" else RECIPES.get(sku, {sku: Decimal(1)}))
    total = sum(PRICES[sku] * count for sku, count in lines)
    builders.stock_up(brand.a1, {brand.tea: 100, brand.rice: 100, brand.milk: 100})
    before = left(brand)
    asked_for = [LineRequest(sku, Decimal(count)) for sku, count in lines]
    cash = [TenderDraft("cash", total)]
    tenders = cash if end == "counter" else []
    request = OrderRequest("A1", "pos", asked_for, total, tenders=tenders)

    number = place_order(manager, request, builders.once(manager))["number"]
    kept = {code: before[code] - left(brand)[code] for code in before}
    if end == "paid":
        pay_at_counter(manager, number, cash, builders.once(manager))
    if end == "cancelled":
        cancel_order(manager, number, reason="x", once=builders.once(manager))

    taken = {code: wanted.get(code, Decimal(0)) for code in before}
    assert kept == taken
    moved = dict(Movement.objects.filter(reference=number).values_list("sku__code", "quantity"))
    assert moved == ({} if end == "cancelled" else {code: n for code, n in taken.items() if n})
    assert left(brand) == (
        before if end == "cancelled" else {c: before[c] - taken[c] for c in before}
    )
    assert books.differences() == {}
