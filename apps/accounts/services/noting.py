"""Who changes configuration, and why: what the triggers that keep versions note beside each."""

import contextlib
import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

from apps.accounts.actor import Actor, Grant, Place
from apps.common import context, logs, sql

# pghistory's own context puts this before each statement's text, which then cannot be prepared;
# here it is a statement by itself, of the same transaction and for that transaction alone.
NOTE = "SELECT set_config('pghistory.context_metadata', %(note)s, true)"
WRITING = ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH")
REASON_LENGTH = 255

_note: ContextVar[dict[str, Any] | None] = ContextVar("noted_for", default=None)


@contextlib.contextmanager
def noting(
    actor: Actor, *, reason: str = "", under: str = "", place: Place | None = None
) -> Iterator[None]:
    """While it is open, every version kept names ``actor``, the reason and the request.

    ``under`` is the action whose assignment at ``place`` is named. Opened by the offices and by flows
    that change configuration, never around a sale: each writing statement takes one more. Within
    another, the inner one counts; it keeps the reason of the outer one where it has none of its own.
    """
    outer = _note.get()
    grant = actor.grant_for(under, place) if under else None
    token = _note.set(_words(actor, reason or (outer or {}).get("reason", ""), grant))
    try:
        if outer is None:
            with connection.execute_wrapper(_noted):
                yield
        else:
            yield
    finally:
        _note.reset(token)
    if outer is None and connection.in_atomic_block and not connection.needs_rollback:
        sql.rows(NOTE, {"note": ""})  # what this transaction writes later is somebody else's


def _words(actor: Actor, reason: str, grant: Grant | None) -> dict[str, Any]:
    note = {
        "actor": actor.label[:64],
        "kind": actor.kind.value,
        "id": actor.id,
        "assignment": grant.assignment if grant else None,
        "role": grant.role if grant else "",
        "reason": logs.mask(reason)[:REASON_LENGTH],
        "request": context.request_id.get(),
    }
    return {name: value for name, value in note.items() if value not in (None, "")}


def _noted(execute: Callable[..., Any], statement: Any, *rest: Any) -> Any:
    """Django's hook around each statement."""
    if not str(statement).lstrip().upper().startswith(WRITING):
        return execute(statement, *rest)
    if connection.in_atomic_block:
        sql.rows(NOTE, {"note": json.dumps(_note.get())})
        return execute(statement, *rest)
    with transaction.atomic():
        sql.rows(NOTE, {"note": json.dumps(_note.get())})
        return execute(statement, *rest)
