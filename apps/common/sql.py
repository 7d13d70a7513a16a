"""The one helper for hand-written statements on hot paths.

Everywhere else the ORM is used. A statement here binds its parameters on the server, so that
PostgreSQL keeps its plan; it still counts in query budgets and logs like any other.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg.types.numeric import Int8Dumper

_bigints: WeakSet[psycopg.Connection[Any]] = WeakSet()
"""Connections that bind every int as bigint already."""


class _Logged(psycopg.Cursor[Any]):
    """Never prepares: psycopg forgets the text of a prepared statement, and the log needs it."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> "_Logged":
        return super().execute(query, params, prepare=False)


def rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; ``[]`` for one that returns none.

    ``statement`` is always a constant of the calling module; values only come as parameters, every
    int of them as bigint. Raises django.db errors as the ORM does.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()  # what the ORM's cursor() does at a request's first one
    database.ensure_connection()
    with _cursor(database) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def _cursor(database: BaseDatabaseWrapper) -> CursorWrapper:
    bound = _bind_ints_as_bigint(database.connection)
    if database.force_debug_cursor:  # a budget or a test reads the statements
        return database.make_debug_cursor(_Logged(bound))  # type: ignore[arg-type]
    return database.make_cursor(psycopg.Cursor(bound))  # type: ignore[arg-type]


def _bind_ints_as_bigint(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Once per connection.

    psycopg binds an int as the smallest type that holds it, and a statement with other types is
    another statement: an order over ¥327.67 or with the 32,768th member would be planned anew.
    """
    if connection not in _bigints:
        connection.adapters.register_dumper(int, Int8Dumper)
        _bigints.add(connection)
    return connection


def row(statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of ``rows``, or None."""
    found = rows(statement, parameters)
    return found[0] if found else None


def copy(statement: str, records: Iterable[Sequence[Any]]) -> None:
    """Send ``records`` through a ``COPY … FROM STDIN``: the way in for rows by the thousand."""
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        for record in records:
            target.write_row(record)


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused a write; empty if the server does not say."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")
