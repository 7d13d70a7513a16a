"""``backup`` and ``restore``: the same rows and the same triggers, or nothing changed."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

from apps.common.models import Heartbeat
from apps.common.runtime.archive import Target

TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
TRIGGERS = """
    SELECT tgname, relname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal
"""


def content(name: str) -> tuple[dict[str, int], set[tuple[str, str, str]]]:
    """Rows by table, and every trigger."""
    with Target.of(connection.settings_dict, database=name).connect() as opened:
        counts = {}
        for (table,) in opened.execute(TABLES).fetchall():
            statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            counts[table] = opened.execute(statement).fetchone()[0]  # type: ignore[index]
        return counts, set(opened.execute(TRIGGERS).fetchall())


@pytest.fixture
def copy(committed_db: str) -> Iterator[str]:
    """The name of a database that a test may make."""
    name = f"restored_{secrets.token_hex(4)}"
    yield name
    with Target.of(connection.settings_dict, database="postgres").connect() as administration:
        administration.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@pytest.fixture
def file(committed_db: str, tmp_path: Path) -> Path:
    Heartbeat.objects.create(name="心跳", at=timezone.now())
    call_command("backup", str(tmp_path / "q.dump"), verbosity=0)
    return tmp_path / "q.dump"


def test_a_backup_comes_back_whole_in_another_database(
    committed_db: str, copy: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    call_command("restore", str(file), into=copy)
    assert "prove" in capsys.readouterr().out
    counts, triggers = content(committed_db)
    assert content(copy) == (counts, triggers)
    assert counts["common_heartbeat"] == 1
    ledger = next(table for name, table, _ in sorted(triggers) if "append_only" in name)
    with (
        Target.of(connection.settings_dict, database=copy).connect() as opened,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        opened.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(ledger)))


def test_a_database_with_data_is_only_replaced_on_request(committed_db: str, file: Path) -> None:
    Heartbeat.objects.create(name="later", at=timezone.now())
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(file))
    assert Heartbeat.objects.count() == 2
    call_command("restore", str(file), replace=True)
    assert [beat.name for beat in Heartbeat.objects.all()] == ["心跳"]


@pytest.mark.parametrize("kept", [0.5, 0.98])
def test_a_broken_file_changes_nothing(committed_db: str, file: Path, kept: float) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(CommandError):
        call_command("restore", str(file), replace=True)
    assert [beat.name for beat in Heartbeat.objects.all()] == ["心跳"]


def test_a_backup_never_overwrites_a_file(committed_db: str, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(file))
    assert file.read_bytes() == before
