"""The hand-written statements: prepared on the server, with or without a pool, and never with a
connection that has died."""

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import (
    DEFAULT_DB_ALIAS,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test.utils import CaptureQueriesContext

from apps.common import sql

ADD = "SELECT %(a)s + %(b)s, %(codes)s::text[]"
PREPARED = """
SELECT parameter_types::text, generic_plans + custom_plans FROM pg_prepared_statements
WHERE statement = %(text)s
"""


def add_often() -> list[tuple[Any, ...]]:
    """Parameters of every size; what the server then keeps for the statement."""
    for number in (1, 40_000, 3_000_000_000, 2, 40_001, 3_000_000_001):
        assert sql.rows(ADD, {"a": number, "b": 1, "codes": ["x"]}) == [(number + 1, ["x"])]
    return sql.rows(PREPARED, {"text": "SELECT $1 + $2, $3::text[]"})


def in_a_thread(work: Callable[[], Any], **options: Any) -> Any:
    """``work`` on a new connection of its own; ``options`` change those of the settings."""
    changed = copy.deepcopy(connections.settings[DEFAULT_DB_ALIAS])
    changed["OPTIONS"] |= options
    changed["CONN_MAX_AGE"] = 0 if "pool" in options else None

    def run() -> Any:
        own = connections[DEFAULT_DB_ALIAS] = DatabaseWrapper(changed, DEFAULT_DB_ALIAS)
        try:
            return work()
        finally:
            own.close()
            own.close_pool()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


@pytest.mark.parametrize("options", [{}, {"pool": {"min_size": 1, "max_size": 2}}])
def test_a_statement_is_prepared_once_for_ints_of_every_size(
    committed_db: str, options: dict[str, Any]
) -> None:
    kept = in_a_thread(add_often, prepare_threshold=3, **options)
    assert kept == [("{bigint,bigint,text[]}", 3)]


def test_nothing_is_prepared_behind_a_pooler_that_cannot_keep_it(committed_db: str) -> None:
    assert in_a_thread(add_often, prepare_threshold=None) == []


def test_savepoints_and_rollbacks_on_a_pooled_connection(committed_db: str) -> None:
    def work() -> list[Any]:
        sql.rows("CREATE TEMP TABLE note (text text UNIQUE)", {})
        with transaction.atomic(durable=True):
            sql.rows("INSERT INTO note VALUES (%(text)s)", {"text": "kept"})
            point = transaction.savepoint()
            sql.rows("INSERT INTO note VALUES (%(text)s)", {"text": "undone"})
            transaction.savepoint_rollback(point)
            with pytest.raises(IntegrityError), transaction.atomic():
                sql.rows("INSERT INTO note VALUES (%(text)s)", {"text": "kept"})
        return sql.rows("SELECT text FROM note", {})

    assert in_a_thread(work, pool={"min_size": 1, "max_size": 1}) == [("kept",)]


@pytest.mark.parametrize("options", [{}, {"pool": {"min_size": 1, "max_size": 1}}])
def test_a_connection_that_died_is_replaced_at_the_next_request(
    committed_db: str, options: dict[str, Any]
) -> None:
    """The first statement of a request is often ours (sign-in), so the check must be in it."""

    def work() -> bool:
        own = connections[DEFAULT_DB_ALIAS]
        before = sql.rows("SELECT pg_backend_pid()", {})[0][0]
        in_a_thread(lambda: sql.rows("SELECT pg_terminate_backend(%(pid)s::int)", {"pid": before}))
        own.close_if_unusable_or_obsolete()  # what Django does as a request starts
        if options:
            own.close()
        return bool(sql.rows("SELECT pg_backend_pid()", {})[0][0] != before)

    settings = connection.settings_dict
    assert settings["CONN_HEALTH_CHECKS"] is True
    assert in_a_thread(work, **options) is True


def test_a_connection_that_dies_in_a_request_is_an_operational_error(committed_db: str) -> None:
    def work() -> None:
        pid = sql.rows("SELECT pg_backend_pid()", {})[0][0]
        in_a_thread(lambda: sql.rows("SELECT pg_terminate_backend(%(pid)s::int)", {"pid": pid}))
        sql.rows("SELECT 1", {})

    with pytest.raises(OperationalError):
        in_a_thread(work)


@pytest.mark.django_db
def test_statements_are_counted_and_logged_with_their_text() -> None:
    with CaptureQueriesContext(connection) as asked:
        for _time in range(5):
            sql.rows(ADD, {"a": 1, "b": 2, "codes": []})
    assert len(asked) == 5
    assert all("SELECT" in query["sql"] for query in asked.captured_queries)
