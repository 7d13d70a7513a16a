"""The chain over the audit trail: what is sealed, when, and what tampering leaves to be seen."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import translation

from apps.accounts import services as accounts
from apps.accounts import tasks
from apps.accounts.models import AuditLine, AuditSeal
from apps.accounts.models.audit import LINE_DIGEST, SEAL_HASH
from apps.accounts.services import sealing
from apps.common.invariants import Result
from apps.common.logs import JsonFormatter
from apps.flows.prove import prove
from config.celery import app
from tests.accounts.chain import SYSTEM, seal_everything, sealed_ids, wait_until_finished, write
from tests.threads import run_in_threads

pytestmark = pytest.mark.usefixtures("committed_db")

FAR = 10**15


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """What the command says is compared word by word."""
    with translation.override("en"):
        yield


def run(*statements: str) -> None:
    """As an administrator who means harm: with the triggers off."""
    with connection.cursor() as cursor:
        for table in ("accounts_auditline", "accounts_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in ("accounts_auditline", "accounts_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def audit_findings() -> dict[str, tuple[Result, int]]:
    return {
        line.code: (line.result, line.count) for line in prove() if line.code.startswith("audit.")
    }


CLEAN = dict.fromkeys(("audit.seal", "audit.chain", "audit.sealed"), (Result.OK, 0))


def insert(values: str) -> str:
    return (
        "INSERT INTO accounts_auditline (at, actor_kind, actor_id, actor_label, role, action,"
        " object_type, object_key, changes, reason, request_id, address, transaction_id)"
        f" VALUES ({values}, 'staff', 1, 'x', '', 'a.b', 'thing', 'X', '{{}}', '', '', '', 7)"
    )


def test_finished_lines_are_sealed_once_and_chained() -> None:
    for key in "ABC":
        write(key)
    assert seal_everything() == 3
    write("D")
    assert seal_everything() == 1

    first, second = AuditSeal.objects.order_by("number")
    assert (first.number, first.previous, second.number) == (1, "", 2)
    assert second.previous == first.hash
    assert len(first.hash) == 64
    assert sealed_ids() == list(AuditLine.objects.order_by("id").values_list("id", flat=True))
    assert accounts.seal_audit() == 0
    assert AuditSeal.objects.count() == 2
    assert audit_findings() == CLEAN


def test_a_running_transaction_keeps_its_own_lines_and_later_ones_out() -> None:
    def meanwhile() -> list[int]:
        write("later")
        return [accounts.seal_audit(), AuditSeal.objects.count()]

    with transaction.atomic():
        write("early")
        (seen,) = run_in_threads([meanwhile])
    assert seen == [0, 0]

    assert seal_everything() == 2
    assert audit_findings() == CLEAN


def test_what_was_rolled_back_is_not_missed() -> None:
    with transaction.atomic():
        write("gone")
        transaction.set_rollback(True)
    write("kept")

    assert seal_everything() == 1
    assert audit_findings() == CLEAN


def test_lines_from_before_transactions_were_noted_come_first_in_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sealing, "LINES_AT_ONCE", 2)
    old = insert("now()").replace(", 7)", ", NULL)")
    run(*[old] * 5)
    for key in "ABC":
        write(key)

    assert seal_everything() == 8

    assert [seal.line_count for seal in AuditSeal.objects.order_by("number")] == [2, 2, 1, 2, 1]
    assert audit_findings() == CLEAN
    write("D")
    assert seal_everything() == 1


def test_a_transaction_longer_than_a_page_is_sealed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "LINES_AT_ONCE", 3)
    write("A")
    with transaction.atomic():
        for key in range(5):
            write(f"B{key}")
    write("C")

    assert seal_everything() == 7

    assert [seal.line_count for seal in AuditSeal.objects.order_by("number")] == [1, 5, 1]
    assert audit_findings() == CLEAN


def test_only_one_seals_at_a_time() -> None:
    write("A")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sealing.ALONE)
        assert run_in_threads([accounts.seal_audit]) == [0]
    assert seal_everything() == 1


def test_a_line_notes_its_transaction_whoever_inserts_it() -> None:
    AuditLine.objects.create(
        at="2026-11-11T00:00:00Z",
        actor_kind="staff",
        actor_id=1,
        actor_label="x",
        action="a.b",
        object_type="thing",
        object_key="X",
    )

    assert AuditLine.objects.get().transaction_id is not None
    assert seal_everything() == 1


def test_the_seal_covers_every_column() -> None:
    for field in AuditLine._meta.fields:
        assert f"line.{field.column}" in LINE_DIGEST
    for field in AuditSeal._meta.fields:
        assert f"seal.{field.column}" in SEAL_HASH or field.name in {"hash", "line_ids"}


def test_the_hash_depends_on_no_setting_of_the_session() -> None:
    write("A", reason="ünïcode 全域")
    seal_everything()
    with connection.cursor() as cursor:
        for setting in (
            "TimeZone = 'America/New_York'",
            "DateStyle = 'German'",
            "extra_float_digits = 0",
            "bytea_output = 'escape'",
            "IntervalStyle = 'iso_8601'",
        ):
            cursor.execute(f"SET {setting}")
    assert audit_findings() == CLEAN


# ----- tampering


@pytest.fixture
def chain(committed_db: str) -> None:
    for key in "ABC":
        write(key, reason="why")
        seal_everything()
    assert audit_findings() == CLEAN


FIRST = "(SELECT min(id) FROM accounts_auditline)"
BEFORE_CHRIST = (
    "(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00 BC')::timestamptz"
)


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize(
    ("harm", "seen"),
    [
        (f"UPDATE accounts_auditline SET reason = '' WHERE id = {FIRST}", {"audit.seal": 1}),
        (
            f"UPDATE accounts_auditline SET at = at + interval '1 us' WHERE id = {FIRST}",
            {"audit.seal": 1},
        ),
        (
            f"UPDATE accounts_auditline SET at = {BEFORE_CHRIST} WHERE id = {FIRST}",
            {"audit.seal": 1},
        ),
        (
            f"UPDATE accounts_auditline SET transaction_id = transaction_id + 1 WHERE id = {FIRST}",
            {"audit.seal": 1},
        ),
        (f"DELETE FROM accounts_auditline WHERE id = {FIRST}", {"audit.seal": 1}),
        (insert("now() - interval '6 minutes'"), {"audit.sealed": 1}),
        (insert("now() + interval '1 year'"), {"audit.sealed": 1}),
        ("DELETE FROM accounts_auditseal WHERE number = 2", {"audit.chain": 1}),
        ("DELETE FROM accounts_auditseal WHERE number = 1", {"audit.chain": 1}),
        (
            "UPDATE accounts_auditseal SET upto_transaction = upto_transaction + 1"
            " WHERE number = 2",
            {"audit.seal": 1},
        ),
        (
            "UPDATE accounts_auditseal SET line_ids = array_append(line_ids, line_ids[1])"
            " WHERE number = 2",
            {"audit.seal": 1, "audit.sealed": 1},
        ),
    ],
)
def test_tampering_is_seen(harm: str, seen: dict[str, int]) -> None:
    run(harm)
    wait_until_finished()

    found = audit_findings()
    assert {code: count for code, (result, count) in found.items() if count} == seen
    assert all(found[code][0] is Result.DIFFERS for code in seen)


@pytest.mark.usefixtures("chain")
def test_a_line_nobody_seals_is_late_after_five_minutes() -> None:
    write("D")
    wait_until_finished()
    assert audit_findings() == CLEAN
    run("UPDATE accounts_auditline SET at = now() - interval '301 s' WHERE object_key = 'D'")
    assert audit_findings()["audit.sealed"] == (Result.DIFFERS, 1)


@pytest.mark.usefixtures("chain")
def test_a_rewritten_chain_and_a_removed_tail_miss_the_heads_in_the_logs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heads = [f"{seal.number}:{seal.hash}" for seal in AuditSeal.objects.order_by("number")]
    call_command("audit_chain", check=[(1, heads[0][2:]), (3, heads[2][2:])])
    assert capsys.readouterr().out.splitlines() == [
        f"head  {heads[2]}",
        f"{heads[0]}  on the chain",
        f"{heads[2]}  on the chain",
    ]

    run(
        "DELETE FROM accounts_auditseal WHERE number = 3",
        "DELETE FROM accounts_auditline WHERE object_key = 'C'",
    )
    assert audit_findings() == CLEAN  # within the database nothing shows
    with pytest.raises(CommandError, match="rewritten"):
        call_command("audit_chain", f"--check={heads[2]}", f"--check={heads[0]}")
    assert f"{heads[2]}  NOT ON THE CHAIN" in capsys.readouterr().out

    write("E")
    seal_everything()
    with pytest.raises(CommandError):
        call_command("audit_chain", f"--check={heads[2]}")


def test_a_head_that_is_none_is_refused() -> None:
    for text in ("x", "1:abc", "1", f"x:{'0' * 64}"):
        with pytest.raises(CommandError):
            call_command("audit_chain", f"--check={text}")


def test_before_the_first_sweep_there_is_nothing_to_check(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("A")
    run("UPDATE accounts_auditline SET at = now() - interval '1 hour'")
    assert audit_findings() == dict.fromkeys(CLEAN, (Result.NOTHING, 0))

    call_command("audit_chain")
    assert capsys.readouterr().out == "head  –\n"
    accounts.log_audit_head()


def test_seals_are_append_only() -> None:
    write("A")
    seal_everything()
    for harm in (AuditSeal.objects.all().delete, lambda: AuditSeal.objects.update(hash="")):
        with pytest.raises(DatabaseError, match="append-only"):
            harm()
    assert AuditSeal.objects.get().hash


def test_the_head_goes_to_the_log_as_one_json_line(caplog: pytest.LogCaptureFixture) -> None:
    write("A")
    seal_everything()
    with caplog.at_level(logging.INFO):
        tasks.log_audit_head()

    (record,) = [one for one in caplog.records if one.getMessage() == "audit head"]
    line = json.loads(JsonFormatter().format(record))
    assert (line["number"], line["hash"]) == (1, AuditSeal.objects.get().hash)


def test_beat_seals_twice_a_minute_and_logs_hourly() -> None:
    entries: dict[str, Any] = app.conf.beat_schedule
    assert entries["seal-audit"]["task"] == tasks.seal_audit.name
    assert entries["seal-audit"]["schedule"] == 30.0
    assert entries["log-audit-head"]["task"] == tasks.log_audit_head.name
    write("A")
    assert tasks.seal_audit() + seal_everything() == 1


# ----- another cluster


def moved(column: str, value: str) -> None:
    """Make the last seal one of another cluster, as it stands there: with a hash that fits."""
    seal_hash = SEAL_HASH.replace(f"seal.{column}", value)
    run(
        f"UPDATE accounts_auditseal seal SET {column} = {value}, hash = {seal_hash} FROM ("
        f" SELECT of.number, string_agg({LINE_DIGEST}, ''::bytea ORDER BY line.id) AS digests"
        " FROM accounts_auditseal of LEFT JOIN accounts_auditline line"
        " ON line.id = ANY (of.line_ids) GROUP BY of.number) found"
        " WHERE found.number = seal.number"
        " AND seal.number = (SELECT max(number) FROM accounts_auditseal)"
    )


@pytest.mark.parametrize(("column", "value"), [("upto_transaction", str(FAR)), ("cluster", "4711")])
def test_after_a_restore_into_another_cluster_a_new_era_begins(column: str, value: str) -> None:
    write("before")
    seal_everything()
    moved(column, value)
    write("unsealed when it was restored")
    write("after")
    assert audit_findings() == CLEAN

    assert accounts.seal_audit() >= 2
    era = AuditSeal.objects.get(number=2)
    assert era.after_line == AuditLine.objects.latest("id").pk
    assert (era.upto_transaction < FAR, era.cluster != 4711) == (True, True)
    assert sealed_ids() == list(AuditLine.objects.order_by("id").values_list("id", flat=True))

    write("in the new era")
    assert seal_everything() == 1
    assert accounts.seal_audit() == 0
    assert AuditSeal.objects.count() == 3
    assert audit_findings() == CLEAN


def test_an_era_opens_where_nothing_is_left_to_seal() -> None:
    write("before")
    seal_everything()
    moved("upto_transaction", str(FAR))

    assert accounts.seal_audit() == 0
    assert AuditSeal.objects.get(number=2).line_ids == []
    write("after")
    assert seal_everything() == 1
    assert audit_findings() == CLEAN


def test_an_era_waits_for_writers_and_seals_nothing_twice() -> None:
    """A line of a transaction that is younger than one still running is sealed by the era alone."""
    write("before")
    seal_everything()
    moved("upto_transaction", str(FAR))

    def younger() -> int:
        write("younger")
        return accounts.seal_audit()

    with transaction.atomic():
        with connection.cursor() as cursor:  # a transaction that has an id and no line yet
            cursor.execute("SELECT pg_current_xact_id()")
        (sealed,) = run_in_threads([younger])
        write("older, written after")
    assert sealed == 1

    assert seal_everything() == 1
    assert audit_findings() == CLEAN
    assert len(sealed_ids()) == len(set(sealed_ids())) == 3


def test_an_era_does_not_begin_under_a_writer() -> None:
    """His line may get a lower number than those that the era has seen."""
    write("before")
    seal_everything()
    moved("upto_transaction", str(FAR))

    def impatient() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        return accounts.seal_audit()

    with transaction.atomic():
        write("early")
        (refused,) = run_in_threads([impatient])
        assert isinstance(refused, OperationalError)
        assert AuditSeal.objects.count() == 1

    assert seal_everything() == 1
    assert audit_findings() == CLEAN


def test_sealing_needs_no_actor() -> None:
    accounts.record(SYSTEM, "a.b", target=("thing", "A"))
    assert seal_everything() == 1
