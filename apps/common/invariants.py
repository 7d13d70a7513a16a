"""What must hold between the rows: the lines of ``manage.py prove``, and how one is checked.

An invariant is one SQL query with a row per checked thing, so the database compares all of them at
once. Each app lists its own in ``<app>/invariants.py``; ``flows/prove.py`` runs them all.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.models import append_only

SAMPLES = 10
# Whole tables are summed, mostly into about as many groups as rows: in hash tables in memory, row by
# row through an index never, and without partial sums in parallel, which only doubled the work.
SETTINGS = (
    "work_mem = '128MB'",
    "enable_nestloop = off",
    "max_parallel_workers_per_gather = 0",
    "jit = off",
)
LEDGER_TRIGGER = append_only()[0].name


@dataclass(frozen=True, slots=True)
class Invariant:
    """A line that fails the proof when a row differs.

    ``query`` yields a row for each thing checked, with a column ``ok``: true, or the thing differs.
    ``key`` is the SQL of its business key over those columns, asked of differing rows alone. A
    literal percent sign is written twice.
    """

    code: str
    title: str | Promise
    query: str
    key: str = "key"
    parameters: Callable[[], Mapping[str, Any]] = dict


@dataclass(frozen=True, slots=True)
class Walk:
    """A line that the database cannot check, for it has no keys: ``rows`` reads what is to be checked
    a page at a time, and yields for each thing whether it is as it must be, and its business key."""

    code: str
    title: str | Promise
    rows: Callable[[], Iterator[tuple[bool, str]]]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that only informs: ``query`` yields the ``key`` of each thing somebody has to see to."""

    code: str
    title: str | Promise
    query: str
    parameters: Callable[[], Mapping[str, Any]] = dict


class Result(StrEnum):
    OK = "ok"
    DIFFERS = "differs"
    NOTHING = "nothing"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one line; ``count`` rows differ (or are noted), ``samples`` name the first."""

    code: str
    title: str | Promise
    result: Result
    checked: int
    count: int
    samples: tuple[str, ...]


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """One unchanging view of the database, so that a proof is right while trading goes on."""
    with transaction.atomic(durable=True):
        sql.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", {})
        for setting in SETTINGS:
            sql.rows(f"SET LOCAL {setting}", {})
        yield


COUNT = "SELECT count(*), count(*) FILTER (WHERE ok IS NOT TRUE) FROM (%s) AS thing"
DIFFERENT = "SELECT %s FROM (%s) AS thing WHERE ok IS NOT TRUE LIMIT %d"
NOTED = "SELECT count(*) FROM (%s) AS thing"
NOTED_KEYS = "SELECT key FROM (%s) AS thing LIMIT %d"


def check(line: Invariant | Walk) -> Finding:
    """Compare every row of one invariant."""
    if isinstance(line, Walk):
        return _walk(line)
    parameters = line.parameters()
    checked, wrong = sql.rows(COUNT % line.query, parameters)[0]
    result = _result(checked, wrong)
    samples = sql.rows(DIFFERENT % (line.key, line.query, SAMPLES), parameters) if wrong else []
    return Finding(line.code, line.title, result, checked, wrong, _keys(samples))


def _walk(line: Walk) -> Finding:
    checked = wrong = 0
    samples: list[str] = []
    for ok, key in line.rows():
        checked += 1
        if not ok:
            wrong += 1
            samples += [key] if len(samples) < SAMPLES else []
    return Finding(line.code, line.title, _result(checked, wrong), checked, wrong, tuple(samples))


def _result(checked: int, wrong: int) -> Result:
    if checked == 0:
        return Result.NOTHING
    return Result.DIFFERS if wrong else Result.OK


def look(line: Notice) -> Finding:
    """Count and name what one notice is about."""
    parameters = line.parameters()
    count = sql.rows(NOTED % line.query, parameters)[0][0]
    samples = sql.rows(NOTED_KEYS % (line.query, SAMPLES), parameters) if count else []
    return Finding(line.code, line.title, Result.NOTICE, count, count, _keys(samples))


def _keys(found: list[tuple[Any, ...]]) -> tuple[str, ...]:
    return tuple(str(line[0]) for line in found)


def ledger_triggers() -> dict[type[models.Model], pgtrigger.Trigger]:
    """Every model that declares itself append-only, with the trigger that makes it so."""
    return {
        model: trigger
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", ())
        if trigger.name == LEDGER_TRIGGER
    }


def _ledgers() -> dict[str, Any]:
    found = ledger_triggers()
    return {
        "table": [model._meta.db_table for model in found],
        "declared": [
            trigger.compile(model).install_sql  # type: ignore[arg-type]
            for model, trigger in found.items()
        ],
        "trigger": [trigger.get_pgid(model) for model, trigger in found.items()],  # type: ignore[arg-type]
    }


INVARIANTS = (
    Invariant(
        "common.append_only",
        _("Every ledger refuses UPDATE, DELETE and TRUNCATE"),
        # tgtype is a bit set: 2 BEFORE, 8 DELETE, 16 UPDATE, 32 TRUNCATE, no 1 for a statement. The
        # body is compared too: a hollow function would let everything through.
        """
        SELECT ledger.name AS key, guard.tgenabled IN ('O', 'A') AND guard.tgtype = 58
            AND guard.tgqual IS NULL AND length(body.prosrc) > 0
            AND position(body.prosrc IN ledger.declared) > 0 AS ok
        FROM unnest(%(table)s::text[], %(trigger)s::text[], %(declared)s::text[])
            AS ledger (name, trigger, declared)
        LEFT JOIN pg_trigger guard
            ON guard.tgrelid = to_regclass(ledger.name) AND guard.tgname = ledger.trigger
        LEFT JOIN pg_proc body ON body.oid = guard.tgfoid
        """,
        parameters=_ledgers,
    ),
    Invariant(
        "common.idempotency",
        _("Every idempotency record holds the result of its request"),
        """
        SELECT caller || ' ' || key AS key, result IS NOT NULL AS ok
        FROM common_idempotencyrecord
        """,
    ),
)
