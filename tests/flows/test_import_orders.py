"""import_orders: what a batch writes, what it refuses order by order, and that it never repeats."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditLine
from apps.flows.import_orders import ImportBatch, ImportResult, import_orders
from apps.inventory.models import Movement, Stock
from apps.inventory.services import OutOfStock, ReceiptRow, UnknownReceipt
from apps.loyalty.models import PointsAccount, PointsEntry, PointsLot
from apps.orders.models import LineAdjustment, Order, OrderEvent, OrderLine
from apps.orders.services import AdjustmentRow, LineRow, OrderRow
from apps.org import rules as roles
from apps.org.selectors import ActionNotPermitted
from apps.payments.models import Payment, PaymentEvent, Tender
from apps.payments.rules import TenderDraft
from tests import books, builders
from tests.threads import run_in_threads

AT = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 1 November, 00:30 in Shanghai


@pytest.fixture
def brand(db: None) -> builders.Brand:
    return builders.build_brand()


def batch_of(brand: builders.Brand, *keys: str, **change: Any) -> ImportBatch:
    """For each key: 2 TEA, ¥1 off the shelf, and 1.5 kg RICE, paid by coupon and cash."""
    batch = ImportBatch(
        source="pos-7",
        prefix="P7-",
        orders=[OrderRow(key, "A1", "pos", brand.zhang.number, AT) for key in keys],
        lines=[
            line
            for key in keys
            for line in (
                LineRow(key, 1, "TEA", 2, 3999, 3899),
                LineRow(key, 2, "RICE", Decimal("1.5"), 1275, 1275, "新米"),
            )
        ],
        adjustments=[AdjustmentRow(key, 1, "shelf", 100, "leaflet") for key in keys],
        tenders={
            key: [TenderDraft("manufacturer_coupon", 174), TenderDraft("cash", 5000)]
            for key in keys
        },
    )
    return replace(batch, **change)


def run(batch: ImportBatch) -> ImportResult:
    return import_orders(builders.SYSTEM, batch)


def test_an_imported_order_is_complete(brand: builders.Brand) -> None:
    result = run(batch_of(brand, "900"))

    assert (result.created, result.known, result.points, result.rejected) == (1, 0, 51, {})
    order = Order.objects.get()
    assert (order.number, order.source, order.source_key) == ("P7-900", "pos-7", "900")
    assert (order.status, order.placed_at, order.pay_until) == ("completed", AT, None)
    assert (order.store, order.franchisee, order.region) == (brand.a1, brand.anhe, brand.east)
    assert (order.business_day, order.channel, order.member) == (
        date(2026, 11, 1),
        brand.pos,
        brand.zhang,
    )
    assert (order.gross_amount, order.discount_amount, order.net_amount) == (5274, 100, 5174)
    tea, rice = OrderLine.objects.order_by("line_no")
    assert (tea.name, tea.quantity, tea.unit_price) == ("绿茶", Decimal(2), None)
    assert (tea.gross_amount, tea.discount_amount, tea.net_amount) == (3999, 100, 3899)
    assert tea.shown_unit_price == Decimal("1999.5")
    assert (rice.name, rice.quantity, rice.net_amount) == ("新米", Decimal("1.5"), 1275)
    given = LineAdjustment.objects.get()
    assert (given.line, given.kind, given.source, given.amount) == (tea, "shelf", "leaflet", 100)
    event = OrderEvent.objects.get()
    assert (event.from_status, event.to_status, event.at, event.actor) == (
        "",
        "completed",
        AT,
        "system:0",
    )


def test_its_money_points_and_goods_are_written_too(brand: builders.Brand) -> None:
    run(batch_of(brand, "900"))

    order = Order.objects.get()
    payment = Payment.objects.get()
    assert (payment.number, payment.order, payment.provider) == ("PP7-900", order, "imported")
    assert (payment.status, payment.amount, payment.captured_amount) == ("captured", 5174, 5174)
    assert (payment.captured_at, payment.settled_at, payment.franchisee) == (AT, AT, brand.anhe)
    assert dict(Tender.objects.values_list("kind", "amount")) == {
        "cash": 5000,
        "manufacturer_coupon": 174,
    }
    assert list(PaymentEvent.objects.order_by("id").values_list("kind", "amount", "at")) == [
        ("captured", 5174, AT),
        ("settled", 5174, AT),
    ]
    entry = PointsEntry.objects.get()
    assert (entry.reference, entry.points, entry.order) == ("order:P7-900", 51, order)
    assert (entry.store, entry.business_day, entry.at) == (brand.a1, date(2026, 11, 1), AT)
    lot = PointsLot.objects.get()
    assert (lot.entry, lot.points, lot.remaining) == (entry, 51, 51)
    assert lot.expires_at == datetime(2028, 11, 30, 16, tzinfo=UTC)  # the end of November there
    assert PointsAccount.objects.get(member=brand.zhang).balance == 51
    moved = Movement.objects.filter(order=order).order_by("sku__code")
    assert [(m.sku.code, m.quantity, m.reference, m.at) for m in moved] == [
        ("RICE", Decimal("1.5"), "P7-900", AT),
        ("TEA", Decimal(2), "P7-900", AT),
    ]
    left = Stock.objects.filter(location__store=brand.a1).order_by("sku__code")
    assert [stock.on_hand for stock in left] == [Decimal(100), Decimal("98.5"), Decimal(98)]


def test_a_batch_leaves_one_audit_line(brand: builders.Brand) -> None:
    run(batch_of(brand, "900", "901"))

    line = AuditLine.objects.get(action="orders.import")
    assert (line.object_type, line.object_key) == ("import", "pos-7")
    assert line.changes == {"created": 2, "known": 0, "rejected": 0, "receipts": 0, "points": 102}


def test_the_books_add_up_after_an_import(brand: builders.Brand) -> None:
    run(batch_of(brand, "900", "901", receipts=[ReceiptRow("A1", "TEA", 5, "RCV-7", AT)]))

    assert books.differences() == {}


def test_a_second_run_adds_nothing(brand: builders.Brand) -> None:
    run(batch_of(brand, "900", "901"))

    with books.unchanged():
        result = run(batch_of(brand, "900", "901"))

    assert (result.created, result.known, result.points, result.rejected) == (0, 2, 0, {})


def test_what_is_new_goes_in_beside_what_is_known(brand: builders.Brand) -> None:
    run(batch_of(brand, "900"))

    result = run(batch_of(brand, "900", "901"))

    assert (result.created, result.known) == (1, 1)
    assert sorted(Order.objects.values_list("number", flat=True)) == ["P7-900", "P7-901"]


def test_a_member_of_many_orders_gets_the_points_of_each(brand: builders.Brand) -> None:
    run(batch_of(brand, "900", "901", "902"))

    assert list(PointsEntry.objects.values_list("points", flat=True)) == [51, 51, 51]
    assert PointsAccount.objects.get(member=brand.zhang).balance == 153


def test_an_order_without_member_earns_nothing(brand: builders.Brand) -> None:
    result = run(batch_of(brand, "900", orders=[OrderRow("900", "A1", "pos", None, AT)]))

    assert (result.created, result.points) == (1, 0)
    assert not PointsEntry.objects.exists()


def test_an_order_of_nothing_to_pay_is_paid_by_nothing(brand: builders.Brand) -> None:
    free = [LineRow("900", 1, "TEA", 1, 100, 0)]
    off = [AdjustmentRow("900", 1, "coupon_match", 100)]
    tenders = {"900": [TenderDraft("cash", 0)]}

    result = run(batch_of(brand, "900", lines=free, adjustments=off, tenders=tenders))

    assert (result.created, result.points) == (1, 0)
    assert (Payment.objects.get().amount, Tender.objects.get().amount) == (0, 0)


GOOD = LineRow("900", 1, "TEA", 1, 100, 100)


def bad(reason: str, **change: Any) -> Any:
    return pytest.param(reason, change, id=f"{reason}-{next(iter(change))}")


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        bad("unknown_store", store="NOWHERE"),
        bad("unknown_channel", channel="fax"),
        bad("unknown_member", member="400000000000"),
        bad("invalid_time", placed_at=None),
        bad("invalid_time", placed_at=datetime(9999, 12, 1, tzinfo=UTC)),
        bad("invalid_key", key="9" * 65),
        bad("invalid_key", key=""),
        bad("no_lines", lines=[]),
        bad("too_many_lines", lines=[GOOD._replace(line_no=n + 1) for n in range(501)]),
        bad("duplicate_line", lines=[GOOD, GOOD]),
        bad("invalid_line", lines=[GOOD._replace(line_no=0)]),
        bad("invalid_line", lines=[GOOD._replace(name="长" * 129)]),
        bad("unknown_sku", lines=[GOOD._replace(sku="GOLD")]),
        bad("invalid_quantity", lines=[GOOD._replace(quantity=0)]),
        bad("invalid_quantity", lines=[GOOD._replace(quantity=-1)]),
        bad("invalid_quantity", lines=[GOOD._replace(quantity=10**12)]),
        bad("invalid_quantity", lines=[GOOD._replace(quantity=Decimal("NaN"))]),
        bad("invalid_quantity", lines=[GOOD._replace(quantity=Decimal("Infinity"))]),
        bad("invalid_quantity", lines=[GOOD._replace(quantity=Decimal("0.0001"))]),
        bad("invalid_amount", lines=[GOOD._replace(net=-1, gross=-1)]),
        bad("invalid_amount", lines=[GOOD._replace(net=10**12 + 1, gross=10**12 + 1)]),
        bad("invalid_amount", lines=[GOOD._replace(net=10**30, gross=10**30)]),
        bad("invalid_amount", lines=[GOOD._replace(line_no=n, net=6 * 10**11, gross=6 * 10**11) for n in (1, 2)]),
        bad("invalid_amount", adjustments=[AdjustmentRow("900", 1, "shelf", 0)]),
        bad("unknown_adjustment", adjustments=[AdjustmentRow("900", 1, "gift", 1)]),
        bad("amounts_differ", adjustments=[AdjustmentRow("900", 1, "shelf", 1)]),
        bad("invalid_line", adjustments=[AdjustmentRow("900", 7, "shelf", 1)]),
        bad("unknown_tender", tenders=[TenderDraft("shells", 100)]),
        bad("unknown_tender", tenders=[TenderDraft("cash", 50), TenderDraft("cash", 50)]),
        bad("tender_mismatch", tenders=[TenderDraft("cash", 99)]),
        bad("tender_mismatch", tenders=[]),
        bad("tender_mismatch", tenders=[TenderDraft("cash", 101), TenderDraft("manufacturer_coupon", -1)]),
    ],
)  # fmt: skip
def test_a_faulty_order_is_reported_and_the_others_go_in(
    brand: builders.Brand, reason: str, change: dict[str, Any]
) -> None:
    good = batch_of(brand, "901")
    head = OrderRow("900", "A1", "pos", brand.zhang.number, AT)
    key = change.get("key", "900")
    head = head._replace(
        source_key=key, **{k: v for k, v in change.items() if k in OrderRow._fields}
    )
    lines = [line._replace(source_key=key) for line in change.get("lines", [GOOD])]
    batch = replace(
        good,
        orders=[head, *good.orders],
        lines=[*good.lines, *lines],
        adjustments=[*good.adjustments, *change.get("adjustments", ())],
        tenders={**good.tenders, key: change.get("tenders", [TenderDraft("cash", 100)])},
    )

    result = run(batch)

    assert result.rejected == {key: reason}
    assert result.created == 1
    assert list(Order.objects.values_list("number", flat=True)) == ["P7-901"]
    assert OrderLine.objects.count() == 2


def test_a_key_that_comes_twice_is_refused_as_a_whole(brand: builders.Brand) -> None:
    twice = batch_of(brand, "900", "901")
    result = run(replace(twice, orders=[*twice.orders, twice.orders[0]]))

    assert result.rejected == {"900": "duplicate_key"}
    assert list(Order.objects.values_list("source_key", flat=True)) == ["901"]


def test_lines_without_an_order_are_reported(brand: builders.Brand) -> None:
    batch = batch_of(brand, "900")

    result = run(replace(batch, lines=[*batch.lines, GOOD._replace(source_key="ghost")]))

    assert (result.rejected, result.created) == ({"ghost": "order_missing"}, 1)


def test_a_number_that_another_source_used_is_refused(brand: builders.Brand) -> None:
    run(batch_of(brand, "900"))

    with books.unchanged():
        result = run(batch_of(brand, "900", source="pos-8"))

    assert result.rejected == {"900": "number_taken"}


def test_receipts_arrive_before_the_sales_and_only_once(brand: builders.Brand) -> None:
    receipts = [ReceiptRow("A1", "TEA", 500, "RCV-7", AT), ReceiptRow("A1", "RICE", 2, "RCV-7", AT)]

    run(batch_of(brand, "900", receipts=receipts))
    result = run(batch_of(brand, "900", receipts=receipts))

    assert (result.created, result.received) == (0, 0)
    assert Stock.objects.get(sku=brand.tea, location__store=brand.a1).on_hand == 598
    arrived = Movement.objects.get(reference="RCV-7", sku=brand.tea)
    assert (arrived.kind, arrived.quantity, arrived.franchisee) == (
        "receipt",
        Decimal(500),
        brand.anhe,
    )
    assert (arrived.at, arrived.business_day) == (AT, date(2026, 11, 1))


def test_a_receipt_of_an_unknown_sku_refuses_the_batch(brand: builders.Brand) -> None:
    with books.unchanged(), pytest.raises(UnknownReceipt):
        run(batch_of(brand, "900", receipts=[ReceiptRow("A1", "GOLD", 1, "RCV-7", AT)]))


def test_goods_that_are_not_there_refuse_the_whole_batch(brand: builders.Brand) -> None:
    keys = [str(n) for n in range(51)]  # 102 TEA, 100 are there

    with books.unchanged(), pytest.raises(OutOfStock) as refusal:
        run(batch_of(brand, *keys))

    assert refusal.value.fields == {"skus": ["TEA"]}


def test_reserved_goods_are_not_sold(brand: builders.Brand) -> None:
    Stock.objects.filter(sku=brand.tea, location__store=brand.a1).update(reserved=99)

    with pytest.raises(OutOfStock):
        run(batch_of(brand, "900"))

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("role", "scope"),
    [(roles.OPERATIONS, None), (roles.FRANCHISE_OWNER, "anhe"), (roles.CLERK, "a1")],
)
def test_only_the_head_of_the_house_may_import(
    brand: builders.Brand, role: str, scope: str | None
) -> None:
    field = {"anhe": "franchisee", "a1": "store"}
    rows = {field[scope]: getattr(brand, scope)} if scope else {}
    actor = builders.staff_actor("somebody", role, **rows)

    with pytest.raises(ActionNotPermitted):
        import_orders(actor, batch_of(brand, "900"))

    assert not Order.objects.exists()


def test_the_statement_count_does_not_grow_with_the_orders(brand: builders.Brand) -> None:
    run(batch_of(brand, "0"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        run(batch_of(brand, "1"))
    with CaptureQueriesContext(connection) as many:
        run(batch_of(brand, *[str(n) for n in range(2, 32)]))

    assert len(one) == len(many)


def test_two_imports_of_the_same_orders_at_once_write_them_once(committed_db: str) -> None:
    brand = builders.build_brand()
    batch = batch_of(brand, "900", "901", "902")

    results = run_in_threads([lambda: run(batch)] * 4)

    assert sorted(result.created for result in results) == [0, 0, 0, 3]
    assert [result.rejected for result in results] == [{}, {}, {}, {}]
    assert Order.objects.count() == 3
    assert PointsAccount.objects.get().balance == 153
    assert Stock.objects.get(sku=brand.tea, location__store=brand.a1).on_hand == 94
