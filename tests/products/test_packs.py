"""Packs: how much they are, what is refused, and that price and stock count in the SKU's unit."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import RestrictedError
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.actor import Actor
from apps.flows.place_order import OrderRequest, place_order
from apps.flows.quote import QuoteRequest, quote
from apps.inventory.models import Stock
from apps.orders.models import OrderLine
from apps.orders.rules import FractionOfPiece, InvalidQuantity, LineRequest
from apps.payments.rules import TenderDraft
from apps.products import services as products
from apps.products.models import Barcode, PackSize, Price, PriceList
from apps.products.packing import in_base_units
from apps.products.selectors import UnknownPack
from apps.products.services import PackContentInvalid
from tests import books, builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    brand = builders.build_brand()
    for sku, contains in ((brand.milk, "12"), (brand.rice, "2.5")):
        products.keep_pack(
            builders.SYSTEM, sku=sku, code="CASE", contains=Decimal(contains), names=("箱", "case")
        )
    return brand


@pytest.fixture
def clerk(brand: Brand) -> Actor:
    return builders.clerk_at(brand.a1)


@given(st.decimals(0, 999_999, places=3), st.decimals(0, 999_999, places=3))
def test_packs_in_base_units_are_exact(packs: Decimal, contains: Decimal) -> None:
    assert in_base_units(packs, contains) * 10**6 == int(packs * 1000) * int(contains * 1000)


def test_a_case_is_sold_in_pieces_with_its_quantity_break(brand: Brand, clerk: Actor) -> None:
    dozen = PriceList.objects.create(code="DOZEN", name="整箱", min_quantity=24)
    Price.objects.create(
        price_list=dozen, sku=brand.milk, amount=250, starts_at="2020-01-01T00:00Z",
        set_at="2020-01-01T00:00Z", set_by="test",
    )  # fmt: skip
    PriceList.objects.filter(pk=dozen.pk).update(status="released")
    lines = [LineRequest("MILK", Decimal(2), 250, "CASE"), LineRequest("TEA", Decimal(1))]

    told = quote(clerk, QuoteRequest("A1", "pos", lines))
    assert [(one["quantity"], one["unit_price"]) for one in told["lines"]] == [
        ("24", 250),
        ("1", 1999),
    ]
    assert told["total"] == 24 * 250 + 1999

    paid = [TenderDraft("cash", 7999)]
    order = place_order(
        clerk, OrderRequest("A1", "pos", lines, 7999, tenders=paid), builders.once(clerk)
    )
    assert order["lines"][0]["quantity"] == "24"
    line = OrderLine.objects.get(sku=brand.milk)
    assert (line.quantity, line.unit_price, line.price_list) == (24, 250, "DOZEN")
    assert Stock.objects.get(sku=brand.milk, location__store=brand.a1).on_hand == 76
    assert books.differences() == {}


@pytest.mark.parametrize(
    ("line", "refusal", "named"),
    [
        (LineRequest("MILK", Decimal(1), None, "BOX"), UnknownPack, ["MILK BOX"]),
        (LineRequest("TEA", Decimal(1), None, "CASE"), UnknownPack, ["TEA CASE"]),
        (LineRequest("NONE", Decimal(1), None, "CASE"), UnknownPack, ["NONE CASE"]),
        (LineRequest("MILK", Decimal("0.05"), None, "CASE"), FractionOfPiece, None),
        (LineRequest("RICE", Decimal("0.001"), None, "CASE"), InvalidQuantity, None),
        (LineRequest("MILK", Decimal("999999"), None, "CASE"), InvalidQuantity, None),
    ],
)
def test_refused_packs(
    brand: Brand, clerk: Actor, line: LineRequest, refusal: Any, named: list[str] | None
) -> None:
    with books.unchanged(), pytest.raises(refusal) as refused:
        quote(clerk, QuoteRequest("A1", "pos", [line]))
    if named:
        assert refused.value.fields == {"lines": named}


def test_half_a_case_is_six_pieces(brand: Brand, clerk: Actor) -> None:
    told = quote(
        clerk, QuoteRequest("A1", "pos", [LineRequest("MILK", Decimal("0.5"), None, "CASE")])
    )
    assert told["lines"][0]["quantity"] == "6"


@pytest.mark.parametrize("packs", [0, 1, 50])
def test_packs_cost_one_statement(brand: Brand, clerk: Actor, packs: int) -> None:
    lines = [LineRequest("MILK", Decimal(1), None, "CASE")] * packs or [
        LineRequest("MILK", Decimal(1))
    ]
    with CaptureQueriesContext(connection) as asked:
        quote(clerk, QuoteRequest("A1", "pos", lines))
    assert len(asked) == 2 + bool(packs)


@pytest.mark.parametrize("contains", ["0", "-1", "1.5", "1000000", "0.0001"])
def test_what_no_pack_of_pieces_contains(brand: Brand, contains: str) -> None:
    with books.unchanged(), pytest.raises(PackContentInvalid):
        products.keep_pack(
            builders.SYSTEM, sku=brand.milk, code="X", contains=Decimal(contains), names=("x", "")
        )


def test_the_database_refuses_an_empty_pack_and_a_second_of_the_code(brand: Brand) -> None:
    for wrong in ({"code": "X", "contains": 0}, {"code": "CASE", "contains": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PackSize.objects.create(sku=brand.milk, name="x", **wrong)


def test_a_barcode_names_a_pack_of_its_own_sku(brand: Brand) -> None:
    case = brand.milk.packs.get()
    kept = products.add_barcode(builders.SYSTEM, sku=brand.milk, text="10614141000415", pack=case)
    assert (kept.pack, kept.kind) == (case, "gtin")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="barcode_pack_of_its_sku"), transaction.atomic():
        Barcode.objects.create(sku=brand.tea, code="X1", pack=case)
    with pytest.raises(RestrictedError):
        case.delete()
