"""Exactly once for the caller: a key, the hash of the body, and the stored result.

The record is written in the transaction of its effect, so the two cannot part.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.errors import Conflict, Unprocessable


class KeyInUse(Conflict):
    code = "idempotency_in_progress"
    message = _("A request with this Idempotency-Key is still running; try again in a moment.")


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used before with another request body.")


@dataclass(frozen=True, slots=True)
class Once:
    """Who asks, under which key, with which body (SHA-256 in hex of method, path and body)."""

    caller: str
    key: str
    body_hash: str


class Stored(dict[str, Any]):
    """The result of an earlier call under the same key; the edge marks the answer as a replay."""


BEGIN = """
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(%(lock)s::bigint) AS got
), inserted AS (
    INSERT INTO common_idempotencyrecord (caller, key, body_hash, created_at)
    SELECT %(caller)s, %(key)s, %(body_hash)s, now() FROM lock WHERE got
    ON CONFLICT (caller, key) DO NOTHING
    RETURNING id
)
SELECT lock.got, inserted.id, record.body_hash, record.result
FROM lock
LEFT JOIN inserted ON true
LEFT JOIN common_idempotencyrecord record ON record.caller = %(caller)s AND record.key = %(key)s
"""

READ = """
SELECT body_hash, result FROM common_idempotencyrecord WHERE caller = %(caller)s AND key = %(key)s
"""

FINISH = """
UPDATE common_idempotencyrecord SET result = %(result)s
WHERE caller = %(caller)s AND key = %(key)s
"""


def begin(once: Once) -> Stored | None:
    """Claim the key for this transaction; the stored result if it was used before, else None.

    Raises KeyInUse while another transaction holds the key, KeyReused if the body differs.
    """
    got, inserted, body_hash, result = sql.rows(BEGIN, _parameters(once))[0]
    if not got:
        raise KeyInUse
    if inserted:
        return None
    if body_hash is None:
        # The twin committed after this statement's snapshot and before its lock: look again.
        body_hash, result = sql.rows(READ, {"caller": once.caller, "key": once.key})[0]
    if body_hash != once.body_hash:
        raise KeyReused
    return Stored(msgspec.json.decode(result))


def finish(once: Once, result: dict[str, Any]) -> dict[str, Any]:
    """Store the plain result that a replay will be answered from, and return it."""
    text = msgspec.json.encode(result).decode()
    sql.rows(FINISH, {"caller": once.caller, "key": once.key, "result": text})
    return result


def _parameters(once: Once) -> dict[str, Any]:
    digest = hashlib.sha256(f"{once.caller}\0{once.key}".encode()).digest()
    return {
        "lock": int.from_bytes(digest[:8], "big", signed=True),
        "caller": once.caller,
        "key": once.key,
        "body_hash": once.body_hash,
    }
