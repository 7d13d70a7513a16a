"""The one helper for hand-written statements on hot paths.

Everywhere else the ORM is used. A statement here binds its parameters on the server, so that
PostgreSQL keeps its plan; it still counts in query budgets and logs like any other.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; ``[]`` for one that returns none.

    ``statement`` is always a constant of the calling module; values only come as parameters.
    Raises django.db errors as the ORM does.
    """
    connection.ensure_connection()
    raw = psycopg.Cursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(raw) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if raw.description else []


def row(statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row of ``rows``, or None."""
    found = rows(statement, parameters)
    return found[0] if found else None
