"""The audit line of every mutating act."""

from collections.abc import Mapping
from typing import Any

import msgspec

from apps.accounts.actor import Actor, Place
from apps.common import context, logs, sql

REASON_LENGTH = 255
"""Masking may make a reason longer than it was."""

RECORD = """
INSERT INTO accounts_auditline (at, actor_kind, actor_id, actor_label, assignment_id, role, action,
    object_type, object_key, changes, reason, request_id, address, transaction_id)
VALUES (clock_timestamp(), %(actor_kind)s, %(actor_id)s, %(actor_label)s, %(assignment)s, %(role)s,
    %(action)s, %(object_type)s, %(object_key)s, %(changes)s::jsonb, %(reason)s, %(request_id)s,
    %(address)s, pg_current_xact_id()::text::bigint)
"""


def record(
    actor: Actor,
    action: str,
    *,
    target: tuple[str, str],
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    under: str = "",
    place: Place | None = None,
) -> None:
    """Append the audit line of one act. ``target`` is object type and business key.

    ``changes`` maps field names to new values or ``[before, after]``, masked where personal. The line
    names the assignment that allows ``under`` (the action itself, where not named) at ``place``. What
    somebody wrote as a reason is masked like a log line: phones, cards, e-mail addresses and openids.
    """
    grant = actor.grant_for(under or action, place)
    sql.rows(
        RECORD,
        {
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
            "actor_label": actor.label[:64],
            "assignment": grant.assignment if grant else None,
            "role": grant.role if grant else "",
            "action": action,
            "object_type": target[0],
            "object_key": target[1],
            "changes": msgspec.json.encode(changes or {}, enc_hook=str).decode(),
            "reason": logs.mask(reason)[:REASON_LENGTH] if reason else "",
            "request_id": context.request_id.get(),
            "address": context.address.get(),
        },
    )
