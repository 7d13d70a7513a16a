"""``manage.py prove``: a trading day is clean, and each line sees the one thing it is there for."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import InternalError, connection
from django.utils import translation

from apps.common import clock
from apps.common.invariants import Finding, Result, ledger_triggers, snapshot
from apps.common.management.commands.prove import Command
from apps.common.models import Heartbeat
from apps.flows.cancel_order import cancel_order
from apps.flows.decide_approval import approve
from apps.flows.pay_order import pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.prove import INVARIANTS, NOTICES, prove
from apps.flows.receive_notice import receive_notice
from apps.insights import services as insights
from apps.inventory.models import Stock
from apps.jobs import services as jobs
from apps.jobs.rules import Asked
from apps.loyalty import services as loyalty
from apps.orders.models import Order, OrderEvent
from apps.org.rules import HEAD_OFFICE_ADMIN as ADMIN
from apps.payments.models import Payment
from apps.payments.services import CaptureNotice
from tests import builders
from tests.accounts.chain import seal_everything
from tests.threads import run_in_threads

CODES = [invariant.code for invariant in INVARIANTS]
APPS = Path(__file__).resolve().parents[2] / "apps"

# What each line is there to see: a table whose guards are off, and the tampering. ``where`` picks
# the rows of the day below: one completed, one paid, one cancelled and one pending order.
COMPLETED = "(SELECT id FROM orders_order WHERE status = 'completed' ORDER BY id LIMIT 1)"
PAID = "(SELECT id FROM orders_order WHERE status = 'paid')"
PENDING = "(SELECT id FROM orders_order WHERE status = 'pending_payment')"
OPEN_LOT = "(SELECT id FROM loyalty_pointslot WHERE remaining > 0 ORDER BY id LIMIT 1)"
EVENT_TRIGGER = ledger_triggers()[OrderEvent].get_pgid(OrderEvent)
PLANTED: dict[str, list[str]] = {
    "common.append_only": [f"DROP TRIGGER {EVENT_TRIGGER} ON orders_orderevent"],
    "audit.seal": [
        "UPDATE accounts_auditline SET reason = reason || '.'"
        " WHERE id = (SELECT min(id) FROM accounts_auditline)"
    ],
    "audit.chain": ["DELETE FROM accounts_auditseal WHERE number = 1"],
    "audit.sealed": [
        "INSERT INTO accounts_auditline (at, actor_kind, actor_id, actor_label, role, action,"
        " object_type, object_key, changes, reason, request_id, address, transaction_id)"
        " SELECT at - interval '6 minutes', actor_kind, actor_id, actor_label, role, action,"
        " object_type, object_key, changes, reason, request_id, address, transaction_id"
        " FROM accounts_auditline ORDER BY id LIMIT 1"
    ],
    "common.idempotency": [
        "UPDATE common_idempotencyrecord SET result = NULL"
        " WHERE id = (SELECT min(id) FROM common_idempotencyrecord)"
    ],
    "members.number": [
        "UPDATE members_member SET number = left(number, 11) || (right(number, 1)::int + 1) % 10"
        " WHERE id = (SELECT min(id) FROM members_member)"
    ],
    "members.identity": [
        "DELETE FROM members_identityindex"
        " WHERE identity_id = (SELECT min(id) FROM members_identity)",
        "DELETE FROM members_identity WHERE id = (SELECT min(id) FROM members_identity)",
    ],
    "members.index": [
        "UPDATE members_identityindex SET value = value || '\\x00'::bytea"
        " WHERE identity_id = (SELECT min(id) FROM members_identity)"
    ],
    "members.name": [
        "UPDATE members_member SET name_index = (SELECT name_index FROM members_member"
        " ORDER BY id DESC LIMIT 1) WHERE id = (SELECT min(id) FROM members_member)"
    ],
    "org.tenure": [
        "UPDATE org_store SET region_id = (SELECT id FROM org_region WHERE code = 'NORTH')"
        " WHERE code = 'A2'"
    ],
    "orders.frozen_place": [
        f"UPDATE {table} SET business_day = '2009-12-31' WHERE {key} = {PAID}"
        for table, key in (
            ("payments_payment", "order_id"),
            ("inventory_movement", "order_id"),
            ("loyalty_pointsentry", "order_id"),
            ("orders_order", "id"),
        )
    ],
    "orders.amounts": [
        "UPDATE orders_order SET gross_amount = gross_amount + 1,"
        f" discount_amount = discount_amount + 1 WHERE id = {PAID}"
    ],
    "orders.line_price": [
        f"UPDATE orders_orderline SET unit_price = unit_price + 1 WHERE order_id = {PAID}"
    ],
    "orders.components": [
        "INSERT INTO orders_linecomponent (line_id, sku_id, quantity)"
        f" SELECT id, sku_id, 1 FROM orders_orderline WHERE order_id = {PAID}"
    ],
    "loyalty.lot_expiry": [
        "UPDATE loyalty_pointslot SET expires_at = expires_at + interval '1 month'"
        f" WHERE id = {OPEN_LOT}"
    ],
    "orders.line_discount": [
        "INSERT INTO orders_lineadjustment (line_id, kind, source, amount)"
        f" SELECT id, 'shelf', '', 1 FROM orders_orderline WHERE order_id = {PAID}"
    ],
    "orders.events": [
        f"DELETE FROM orders_orderevent WHERE order_id = {PAID} AND to_status = 'pending_payment'"
    ],
    "orders.overdue": [
        f"UPDATE orders_order SET pay_until = now() - interval '1 day' WHERE id = {PENDING}"
    ],
    "inventory.on_hand": [
        "UPDATE inventory_stock SET on_hand = on_hand + 0.001"
        " WHERE id = (SELECT min(id) FROM inventory_stock)"
    ],
    "inventory.reserved": [
        "UPDATE inventory_stock SET reserved = reserved + 0.001"
        " WHERE id = (SELECT min(id) FROM inventory_stock)"
    ],
    "inventory.promised": [
        "UPDATE inventory_reservation SET quantity = quantity + 1 WHERE status = 'open'",
        "UPDATE inventory_stock SET reserved = reserved + 1 WHERE reserved > 0",
    ],
    "inventory.reservations": [
        "UPDATE inventory_reservation SET status = 'released' WHERE status = 'committed'"
    ],
    "inventory.sold": [
        "UPDATE inventory_stock stock SET on_hand = on_hand + movement.quantity"
        " FROM inventory_movement movement"
        f" WHERE movement.order_id = {PAID} AND stock.sku_id = movement.sku_id"
        " AND stock.location_id = movement.from_location_id",
        f"DELETE FROM inventory_movement WHERE order_id = {PAID}",
    ],
    "inventory.movements": [
        "UPDATE inventory_movement SET region_id = (SELECT id FROM org_region WHERE code = 'EAST')"
        f" WHERE order_id = {PAID}"
    ],
    "payments.tenders": [
        "UPDATE payments_tender SET amount = amount + 1"
        " WHERE id = (SELECT min(id) FROM payments_tender)"
    ],
    "payments.order": [f"UPDATE payments_payment SET franchisee_id = NULL WHERE order_id = {PAID}"],
    "payments.events": [
        "DELETE FROM payments_paymentevent WHERE kind = 'settled' AND payment_id ="
        f" (SELECT id FROM payments_payment WHERE order_id = {PAID})"
    ],
    "payments.paid": [
        f"UPDATE payments_payment SET captured_amount = captured_amount - 1 WHERE order_id = {PAID}",
        "UPDATE payments_paymentevent SET amount = amount - 1 WHERE kind <> 'opened'"
        f" AND payment_id = (SELECT id FROM payments_payment WHERE order_id = {PAID})",
    ],
    "payments.unpaid": [
        "UPDATE payments_paymentevent SET kind = 'settled' WHERE kind = 'refund_due'",
        "UPDATE payments_payment SET status = 'captured' WHERE status = 'refund_due'",
    ],
    "payments.unsettled": [
        "UPDATE payments_payment SET settled_at = NULL, captured_at = now() - interval '6 minutes'"
        " WHERE status = 'refund_due'"
    ],
    "loyalty.balance": [
        "UPDATE loyalty_pointsaccount SET balance = balance + 1"
        " WHERE id = (SELECT min(id) FROM loyalty_pointsaccount)"
    ],
    "loyalty.lots": [f"UPDATE loyalty_lotdraw SET lot_id = {OPEN_LOT}"],
    "loyalty.entries": [
        f"UPDATE loyalty_lotdraw SET entry_id = (SELECT entry_id FROM loyalty_pointslot"
        f" WHERE id = {OPEN_LOT})"
    ],
    "loyalty.earned": [
        "UPDATE orders_order SET member_id = (SELECT max(id) FROM members_member)"
        f" WHERE id = {COMPLETED}"
    ],
    "loyalty.adjusted": [
        "ALTER TABLE accounts_approval DISABLE TRIGGER USER",
        "UPDATE accounts_approval SET state = 'rejected'",
    ],
    "loyalty.place": [
        "UPDATE loyalty_pointsentry SET region_id = (SELECT id FROM org_region WHERE code = 'EAST')"
        f" WHERE order_id = {PAID}"
    ],
    "loyalty.expired": [
        "UPDATE loyalty_pointsentry SET at = at - interval '26 months'"
        f" WHERE id = (SELECT entry_id FROM loyalty_pointslot WHERE id = {OPEN_LOT})",
        "UPDATE loyalty_pointslot SET expires_at = (SELECT (date_trunc('month',"
        " at AT TIME ZONE 'Asia/Shanghai') + interval '25 months') AT TIME ZONE 'Asia/Shanghai'"
        f" FROM loyalty_pointsentry WHERE id = entry_id) WHERE id = {OPEN_LOT}",
    ],
}
PLANTED |= {
    "jobs.lease": [
        "UPDATE jobs_job SET lease = gen_random_uuid(), leased_until = now() WHERE kind = 'export'"
    ],
    "jobs.done": ["UPDATE jobs_job SET total = total + 1 WHERE kind = 'export'"],
    "jobs.counts": [
        "UPDATE jobs_job SET counts = jsonb_set(counts, '{rows}', '55') WHERE kind = 'export'"
    ],
    "jobs.changes": [
        """UPDATE jobs_job SET counts = '{"changed": 1, "skipped": 1}' WHERE kind = 'change'"""
    ],
    "jobs.expired": [
        "UPDATE jobs_job SET expires_at = now() - interval '3 hours' WHERE kind = 'export'"
    ],
    "jobs.files": ["UPDATE jobs_jobfile SET sha256 = repeat('0', 64) WHERE role = 'result'"],
}
PLANTED["products.search_text"] = [
    "ALTER TABLE products_product DISABLE TRIGGER USER",
    "UPDATE products_product SET name = '红茶' WHERE code = 'TEA'",
]
PLANTED["insights.daily"] = [
    "UPDATE insights_storehour SET sales = sales + 1 WHERE id = (SELECT min(id) FROM insights_storehour)"
]
TWO_ROWS = {"loyalty.lots", "loyalty.entries"}  # what leaves one row turns up at another


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def day(committed_db: str) -> builders.Brand:
    """Orders in every state, a payment due for refund, an unmatched notice, and expired points."""
    brand = builders.build_brand()
    seal_everything()
    clerk, shopper = builders.clerk_at(brand.a1), builders.member_actor(brand.zhang)
    long_ago = builders.sale_of(brand.a1, {"TEA": "2", "RICE": "1.5"}, 5273, member=brand.zhang)
    place_order(clerk, long_ago, builders.once(clerk))
    later = clock.now() + timedelta(days=800)
    assert loyalty.expire_lots(brand.zhang.pk, now=later, time_zone="Asia/Shanghai") == 52
    place_order(clerk, long_ago, builders.once(clerk))
    li = builders.member_actor(brand.li)
    paid = builders.unpaid_order_of(brand.b1, {"TEA": "1"}, 1999)
    number = place_order(li, paid, builders.once(li))["number"]
    payment = pay_with_provider(li, number, builders.once(li))["number"]
    receive_notice(CaptureNotice("sandbox", "first", payment, 1999))
    cancelled = builders.unpaid_order_of(brand.a1, {"MILK": "2"}, 600)
    number = place_order(shopper, cancelled, builders.once(shopper))["number"]
    payment = pay_with_provider(shopper, number, builders.once(shopper))["number"]
    cancel_order(shopper, number, reason="changed my mind", once=builders.once(shopper))
    receive_notice(CaptureNotice("sandbox", "late", payment, 600))
    receive_notice(CaptureNotice("sandbox", "lost", "P-of-nobody", 1))
    pending = builders.unpaid_order_of(brand.a1, {"MILK": "3"}, 900)
    number = place_order(shopper, pending, builders.once(shopper))["number"]
    pay_with_provider(shopper, number, builders.once(shopper))
    asker, second = (builders.staff_actor(name, ADMIN) for name in ("admin", "admin2"))
    request = builders.ask_for_points(asker, brand.li, 10)
    approve(second, request, reason="", once=builders.once(second))
    asked = Asked("csv", ("number",))
    jobs.create_export(asker, subject="orders.order", office="admin", query="", asked=asked)
    jobs.run_due()
    change = jobs.create_change(
        asker, subject="products.take_off_sale", office="admin", query="",
        chosen=[brand.milk.pk, brand.rice.pk], options={"reason": "season is over"},
    )  # fmt: skip
    jobs.run_due()
    jobs.start(asker, change)
    jobs.run_due()
    Heartbeat.objects.create(name="beat", at=clock.now())
    for minutes in (0, 11):  # the second time, the marks have moved over the day
        insights.refresh(now=clock.now() + timedelta(minutes=minutes))
    seal_everything()
    return brand


def tamper(statements: list[str]) -> None:
    """Change rows behind the guards: ledger triggers off, checks and uniqueness gone."""
    ledgers = [model._meta.db_table for model in ledger_triggers()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype IN ('c', 'u') AND connamespace = 'public'::regnamespace"
            " AND conrelid::regclass::text NOT LIKE 'insights_%'"  # roll-ups are written by them
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        for table in ledgers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, statement
        for table in ledgers:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def differing(findings: list[Finding]) -> dict[str, int]:
    return {line.code: line.count for line in findings if line.result is Result.DIFFERS}


def test_a_day_of_trade_is_clean(day: builders.Brand, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("prove")

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == CODES + [notice.code for notice in NOTICES]
    assert all("  ok  · " in line for line in lines[: len(CODES)])


@pytest.mark.parametrize("code", CODES)
def test_each_line_sees_its_planted_difference(code: str, day: builders.Brand) -> None:
    assert differing(list(prove())) == {}

    tamper(PLANTED[code])
    if code != "insights.daily":  # roll-ups follow the documents, whatever these say
        insights.rebuild(None, None, now=clock.now())

    findings = list(prove())
    assert differing(findings) == {code: 2 if code in TWO_ROWS else 1}
    assert all(len(line.samples) == line.count for line in findings)
    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(["manage.py", "prove"])
    assert end.value.code == 1


def test_a_hollow_trigger_is_seen(day: builders.Brand) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {EVENT_TRIGGER}() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NULL; END $$"
        )

    assert differing(list(prove())) == {"common.append_only": 1}


def test_a_line_of_ours_without_its_unit_price_is_seen(day: builders.Brand) -> None:
    tamper([f"UPDATE orders_orderline SET unit_price = NULL WHERE order_id = {PAID}"])

    assert differing(list(prove())) == {"orders.line_price": 1}


def test_every_line_has_a_planted_difference() -> None:
    assert set(PLANTED) == set(CODES)
    assert len(set(CODES)) == len(CODES)


def test_every_apps_invariants_are_gathered() -> None:
    written = [
        line
        for path in sorted(APPS.glob("*/invariants.py"))
        for line in import_module(f"apps.{path.parent.name}.invariants").INVARIANTS
    ]
    assert {line.code for line in written} == set(CODES)


def test_without_rows_a_line_says_so_and_never_ok(
    committed_db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("prove")

    lines = capsys.readouterr().out.splitlines()
    assert "  ok  · " in lines[0]  # there are always ledgers
    assert len(lines) == len(CODES) + len(NOTICES)
    assert all("0  nothing to check  · " in line for line in lines[1 : len(CODES)])
    assert all("0  to see to: 0  · " in line for line in lines[len(CODES) :])


def test_a_difference_is_named_by_its_business_key(
    day: builders.Brand, capsys: pytest.CaptureFixture[str]
) -> None:
    order = Order.objects.get(status="paid")
    tamper(PLANTED["inventory.sold"] + PLANTED["orders.line_price"])
    sku = Stock.objects.order_by("id").first()
    assert sku is not None
    tamper(PLANTED["inventory.on_hand"])

    with pytest.raises(CommandError, match=r"^3 lines differ\.$"):
        call_command("prove")

    written = capsys.readouterr().out
    assert f"DIFFERS: 1 ({order.number}/1)" in written
    assert f"DIFFERS: 1 ({order.number} TEA)" in written
    assert f"DIFFERS: 1 ({sku.sku.code} @ {sku.location.code})" in written


def test_samples_stop_at_ten_and_the_count_does_not(day: builders.Brand) -> None:
    tamper(["UPDATE inventory_stock SET on_hand = on_hand + 1"])

    (finding,) = [line for line in prove() if line.result is Result.DIFFERS]
    assert (finding.code, finding.count, len(finding.samples)) == ("inventory.on_hand", 12, 10)


def test_money_to_give_back_is_listed_and_no_failure(
    day: builders.Brand, capsys: pytest.CaptureFixture[str]
) -> None:
    payment = Payment.objects.get(status="refund_due")

    call_command("prove")

    written = capsys.readouterr().out
    assert f"to see to: 1 ({payment.number})" in written
    assert "to see to: 1 (sandbox lost)" in written


def test_money_that_came_twice_is_a_whole_payment_to_give_back(day: builders.Brand) -> None:
    """A second notice under a captured payment opens one of its own, with tenders and events."""
    first = Payment.objects.get(order__status="paid")

    receive_notice(CaptureNotice("sandbox", "second", first.number, 1999))

    second = Payment.objects.get(order=first.order, status="refund_due")
    assert (second.amount, second.tenders.get().amount) == (1999, 1999)
    assert differing(list(prove())) == {}


@pytest.mark.parametrize("mode", ["DISABLE TRIGGER USER", "ENABLE REPLICA TRIGGER {trigger}"])
def test_a_ledger_whose_trigger_sleeps_is_seen(mode: str, committed_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE orders_orderevent {mode.format(trigger=EVENT_TRIGGER)}")

    (finding,) = [line for line in prove() if line.result is Result.DIFFERS]
    assert (finding.code, finding.samples) == ("common.append_only", ("orders_orderevent",))


def test_all_lines_see_one_moment(day: builders.Brand) -> None:
    """Trade between two lines is in neither: the last line sees what the first one saw."""
    lines = prove()
    first = next(lines)

    def meddle() -> None:
        tamper(PLANTED["loyalty.balance"])

    assert run_in_threads([meddle]) == [None]

    assert differing([first, *lines]) == {}
    assert differing(list(prove())) == {"loyalty.balance": 1}


def test_a_proof_cannot_write(committed_db: str) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), snapshot():
        Heartbeat.objects.create(name="beat", at=clock.now())
    assert not Heartbeat.objects.exists()
