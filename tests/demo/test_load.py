"""load_demo on a small source: complete, repeatable, in any order, and honest about differences."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from apps.demo import loading, reconciliation, reports, state
from apps.demo.batches import Calendar
from apps.demo.loading import LoadRunning, Outcome
from apps.demo.models import DemoLoad
from apps.demo.reconciliation import Account, Figures
from apps.flows.import_orders import import_orders
from apps.inventory.models import Movement, Stock
from apps.members.models import Member
from apps.orders.models import LineAdjustment, Order, OrderLine
from apps.payments.models import Payment, Tender
from apps.products.models import Sku
from tests import books, builders
from tests.demo import content

Load = Callable[[int], Outcome]
SHIFT = 464


def reconciled(outcome: Outcome, weeks: int = 3) -> dict[str, Account]:
    calendar = Calendar(outcome.load.shift_weeks, settings.TIME_ZONE)
    return reconciliation.reconcile(
        outcome.lines,
        begins=calendar.week_starts_at(54 - weeks),
        ends=calendar.week_starts_at(54),
    )


def run_command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


def rows_of(report: str) -> list[dict[str, str]]:
    with (reports.FOLDER / report).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_basket_becomes_a_completed_order(load: Load) -> None:
    load(3)

    order = Order.objects.get(number="CJ502")
    assert (order.status, order.store.code, order.channel.code) == ("completed", "S0330", "pos")
    assert order.placed_at == datetime(
        2026, 11, 8, 16, tzinfo=UTC
    )  # Monday 9 November, 00:00 there
    assert (order.gross_amount, order.discount_amount, order.net_amount) == (1075, 75, 1000)
    line = order.lines.get()  # the line of quantity 0 is not among them
    assert (line.sku.code, line.quantity, line.unit_price) == ("CJ00000010", Decimal(3), None)
    given = LineAdjustment.objects.filter(line=line).values_list("kind", "amount")
    assert dict(given) == {"shelf": 50, "coupon_match": 25}
    tenders = Tender.objects.filter(payment__order=order).values_list("kind", "amount")
    assert dict(tenders) == {"manufacturer_coupon": 110, "cash": 890}  # both lines' coupons


def test_dirt_is_loaded_where_it_may_be(load: Load) -> None:
    load(3)

    numbers = set(Order.objects.values_list("number", flat=True))
    assert numbers == {f"CJ{basket}" for basket in (500, 501, 502, 504, 505, 506, 507, 508)}
    free = OrderLine.objects.get(order__number="CJ500", sku__code="CJ00000012")
    assert (free.net_amount, free.gross_amount) == (0, 0)
    fuel = OrderLine.objects.get(order__number="CJ501")
    assert (fuel.quantity, fuel.sku.unit) == (Decimal(8725), "l")
    unlisted = OrderLine.objects.get(order__number="CJ504").sku
    assert (unlisted.code, unlisted.product.category.name) == ("CJ00000099", "待归类")
    free_basket = Payment.objects.get(order__number="CJ508")
    assert (free_basket.amount, free_basket.tenders.get().amount) == (0, 0)


def test_prices_are_medians_and_unsold_goods_take_their_groups(load: Load) -> None:
    load(1)

    prices = {sku: amount for (sku, _list), amount in builders.amounts_now().items()}
    assert prices == {
        "CJ00000010": 299,  # of 250, 299, 350, 358: the lower middle
        "CJ00000011": 299,  # never sold: its category's median
        "CJ00000012": 25,
        "CJ00000013": 1,  # 2007 for 8,725 pieces
        "CJ00000014": 199,  # nothing of its department was sold
        "CJ00000099": 450,
    }


def test_members_come_from_households(load: Load) -> None:
    load(1)

    homes = dict(Member.objects.values_list("home_store__code", "number"))
    assert set(homes) == {"S0330", "S0404"} or len(homes) == 1
    first = Order.objects.order_by("placed_at").first()
    assert first is not None
    for member in Member.objects.all():
        assert member.enrolled_at < min(
            (order.placed_at for order in member.orders.all()), default=first.placed_at
        )
        assert set(member.identities.values_list("kind", flat=True)) == {"card", "phone"}


def test_one_receipt_a_store_sku_and_week_covers_what_is_sold(load: Load) -> None:
    load(3)

    receipts = Movement.objects.filter(kind="receipt", sku__code="CJ00000010").order_by("reference")
    assert [(r.reference, r.quantity) for r in receipts] == [
        ("RCV-CJ-S0330-W51", Decimal(4)),
        ("RCV-CJ-S0330-W52", Decimal(5)),
        ("RCV-CJ-S0330-W53", Decimal(3)),
        ("RCV-CJ-S0404-W53", Decimal(5)),  # 2 and 1 sold
    ]
    assert receipts[0].at == datetime(2026, 11, 1, 16, tzinfo=UTC)  # Monday 2 November, 00:00 there
    left = Stock.objects.get(sku__code="CJ00000010", location__store__code="S0330")
    assert left.on_hand == 4 - 2 + 5 - 3 + 3 - 1


def test_the_books_add_up(load: Load) -> None:
    load(3)

    assert books.differences() == {}


def test_source_is_loaded_plus_rejected_to_the_cent(load: Load) -> None:
    account = reconciliation.total(reconciled(load(3)).values())

    assert account.source == Figures(9, 11, 8740, 4953, 193, 35, 1010)
    assert account.loaded == Figures(8, 9, 8740, 4953, 153, 25, 710)
    assert account.rejected == {
        "quantity_zero": Figures(lines=2, shelf=40, coupon_match=10),
        "basket_without_lines": Figures(baskets=1),
        "coupon_excess": Figures(coupon=300),
    }
    assert account.difference == Figures()


def test_the_account_of_each_store_stands_alone(load: Load) -> None:
    accounts = reconciled(load(3))

    assert accounts["S0404"].source == Figures(3, 3, 7, 899, 0, 0, 800)
    assert accounts["S0404"].loaded == Figures(3, 3, 7, 899, 0, 0, 600)
    assert accounts["S0404"].rejected["coupon_excess"] == Figures(coupon=200)
    assert [account.difference for account in accounts.values()] == [Figures(), Figures()]


def test_one_altered_line_is_seen(load: Load) -> None:
    outcome = load(3)
    line = OrderLine.objects.get(order__number="CJ506")
    OrderLine.objects.filter(pk=line.pk).update(
        net_amount=line.net_amount - 1, gross_amount=line.gross_amount - 1
    )

    accounts = reconciled(outcome)

    assert accounts["S0404"].difference == Figures(sales=1)
    assert accounts["S0330"].difference == Figures()
    with pytest.raises(CommandError):
        run_command("--weeks", "3")


@pytest.mark.parametrize(
    ("figure", "tampering"),
    [
        ("quantity", "UPDATE orders_orderline SET quantity = quantity + 1 WHERE id = %(line)s"),
        ("shelf", "UPDATE orders_lineadjustment SET amount = amount + 1 WHERE line_id = %(line)s AND kind = 'shelf'"),
        ("coupon_match", "UPDATE orders_lineadjustment SET amount = amount + 1 WHERE line_id = %(line)s AND kind = 'coupon_match'"),
        ("coupon", "UPDATE payments_tender SET amount = amount + 1 WHERE kind = 'manufacturer_coupon' AND payment_id = (SELECT id FROM payments_payment WHERE number = 'PCJ502')"),
        ("baskets", "UPDATE orders_order SET source = 'elsewhere' WHERE number = 'CJ504'"),
    ],
)  # fmt: skip
def test_each_figure_is_really_compared(load: Load, figure: str, tampering: str) -> None:
    outcome = load(3)
    line = OrderLine.objects.get(order__number="CJ502")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("orders_lineadjustment", "payments_tender"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(tampering, {"line": line.pk})

    assert getattr(reconciled(outcome)["S0330"].difference, figure) != 0


def test_a_second_run_adds_nothing(load: Load) -> None:
    load(3)

    with books.unchanged():
        again = load(3)

    assert (again.created, again.rejected) == (0, {})


def test_more_weeks_later_end_with_the_same_content(load: Load) -> None:
    with content.undone():
        load(1)
        assert Order.objects.count() == 5
        load(3)
        in_steps = content.of_database()
    load(3)

    assert content.of_database() == in_steps
    assert len(in_steps["movements"]) == 17


def test_the_shift_stays_that_of_the_first_load(load: Load) -> None:
    load(1)
    with time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC)):
        load(3)

    demo = DemoLoad.objects.get()
    assert (demo.shift_weeks, demo.weeks) == (SHIFT, 3)
    assert Order.objects.get(number="CJ500").business_day.isoformat() == "2026-11-02"


def test_an_interrupted_load_goes_on_where_it_stopped(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    with content.undone():
        load(3)
        at_once = content.of_database()
    calls = []

    def interrupted(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return import_orders(*arguments)

    monkeypatch.setattr(loading, "import_orders", interrupted)
    with pytest.raises(CommandError) as refusal:
        run_command("--weeks", "3")
    assert refusal.value.returncode == 130
    assert 0 < Order.objects.count() < 8
    assert not state.is_loaded()

    monkeypatch.setattr(loading, "import_orders", import_orders)
    load(3)

    assert state.is_loaded()
    assert content.of_database() == at_once


def test_two_loads_at_once_are_refused(load: Load) -> None:
    options = connection.get_connection_params()
    for unwanted in ("context", "cursor_factory", "prepare_threshold", "server_side_binding"):
        options.pop(unwanted, None)
    with psycopg.connect(**options) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [loading.LOCK])
        with books.unchanged(), pytest.raises(LoadRunning):
            load(1)
        with pytest.raises(CommandError, match="load_demo"):
            run_command("--weeks", "1")
    assert not state.is_loaded()

    assert load(1).created == 5


def test_the_command_prints_its_account_and_writes_its_reports(load: Load, tmp_path: Path) -> None:
    said = run_command("--weeks", "3", "--per-store")

    assert "S0404" in said
    assert "8,740" in said
    assert {path.name for path in reports.FOLDER.iterdir()} == {
        "rejected.csv",
        "placeholders.csv",
        "coupon-excess.csv",
        "reconciliation.csv",
    }
    assert [
        (row["reason"], row["basket_id"], row["product_id"]) for row in rows_of("rejected.csv")
    ] == [
        ("quantity_zero", "502", "11"),
        ("basket_without_lines", "503", ""),
        ("quantity_zero", "503", "11"),
    ]
    assert rows_of("placeholders.csv") == [
        {"product_id": "99", "sku": "CJ00000099", "lines": "1", "loaded": "1"}
    ]
    assert [(row["basket_id"], row["excess"]) for row in rows_of("coupon-excess.csv")] == [
        ("503", "100"),
        ("505", "200"),
    ]
    assert all(row["difference"] == "0" for row in rows_of("reconciliation.csv"))


@pytest.mark.parametrize("arguments", [("--weeks", "0"), ("--weeks", "54"), ("--weeks", "x")])
def test_impossible_weeks_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run_command(*arguments)


def test_skus_and_barcodes_are_those_of_the_mapping(load: Load) -> None:
    load(1)

    milk = Sku.objects.select_related("product__category__parent").get(code="CJ00000010")
    assert milk.barcodes.get().code == "2000000000107"
    category = milk.product.category
    assert (category.name, category.name_en, category.parent and category.parent.name) == (
        "牛奶",
        "Milk",
        "食品杂货",
    )


def test_last_weeks_end_before_the_first_load(load: Load) -> None:
    load(3)

    last = Order.objects.order_by("-placed_at").first()
    assert last is not None
    assert timedelta(0) < DemoLoad.objects.get().started_at - last.placed_at < timedelta(days=7)
