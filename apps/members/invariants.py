"""Lines of ``manage.py prove`` about members.

The two lines about blind indexes decrypt every name and identity, for only the platform has the keys: in
pages of PAGE rows by id, so that memory does not grow, and holding up no writer. Measured: 8,600
identities a second on two cores that were busy with other work, so a hundred million take hours.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext_lazy as _

from apps.common import crypto, sql
from apps.common.invariants import Invariant, Walk
from apps.members import rules
from apps.members.rules import NUMBER_LENGTH

PAGE = 5_000

# The index rows of a page by their primary key, whatever the planner was told about joins.
IDENTITIES = """
SELECT id, (SELECT number FROM members_member WHERE id = member_id) || ' ' || kind, kind,
    value_cipher, tail_index,
    ARRAY(SELECT value FROM members_identityindex known WHERE known.identity_id = identity.id)
FROM members_identity identity WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
"""
NAMES = """
SELECT id, number, name_cipher, name_index FROM members_member
WHERE id > %(after)s AND (name_cipher IS NOT NULL OR name_index IS NOT NULL)
ORDER BY id LIMIT %(limit)s
"""


def _pages(statement: str) -> Iterator[tuple[Any, ...]]:
    after = 0
    while found := sql.rows(statement, {"after": after, "limit": PAGE}):
        yield from found
        after = found[-1][0]


def identity_rows() -> Iterator[tuple[bool, str]]:
    """Each identity: its index rows under the keys we have are those of its value, and there is one."""
    for _id, key, kind, cipher, tail, known in _pages(IDENTITIES):
        yield _fits(str(kind), cipher, tail, known), str(key)


def _fits(kind: str, cipher: Any, tail: Any, known: Sequence[Any]) -> bool:
    value = _opened(cipher)
    if value is None:
        return False
    last_four = rules.tail_of_phone(kind, value)
    tails = crypto.blind_indexes("phone_last4", last_four) if last_four else []
    own = set(crypto.blind_indexes(kind, value))
    found = {bytes(one) for one in known if _ours(bytes(one))}
    return bool(found) and found <= own and _tail_fits(tail, tails)


def _tail_fits(tail: Any, expected: Sequence[bytes]) -> bool:
    """A phone from before there was this index has none until the keys are next worked through."""
    return tail is None or not _ours(bytes(tail)) or bytes(tail) in expected


def name_rows() -> Iterator[tuple[bool, str]]:
    """Each name: its index, under whichever key, is that of the name."""
    for _id, number, cipher, index in _pages(NAMES):
        name = _opened(cipher)
        fits = name is not None and index is not None
        yield fits and bytes(index) in crypto.blind_indexes("name", str(name)), str(number)


def _opened(cipher: Any) -> str | None:
    """None if the ciphertext was altered, is not there, or is under a key that we do not have."""
    try:
        return crypto.decrypt(cipher) if cipher is not None else None
    except (KeyError, ValueError, InvalidTag):
        return None


def _ours(index: bytes) -> bool:
    return any(index.startswith(start) for start in crypto.index_starts())


INVARIANTS: tuple[Invariant | Walk, ...] = (
    Invariant(
        "members.number",
        _("Every member number has its check digit"),
        # Luhn: from the right, every second digit counts twice, and a two-digit product by its sum.
        """
        SELECT number AS key, number ~ '^[0-9]+$' AND length(number) = %(length)s AND (
            SELECT sum(
                CASE WHEN (length(number) - place) %% 2 = 0 THEN digit::int
                     ELSE digit::int * 2 - CASE WHEN digit >= '5' THEN 9 ELSE 0 END END
            ) FROM regexp_split_to_table(number, '') WITH ORDINALITY AS written (digit, place)
        ) %% 10 = 0 AS ok
        FROM members_member
        """,
        parameters=lambda: {"length": NUMBER_LENGTH},
    ),
    Invariant(
        "members.identity",
        _("Every active member can be found by an identity"),
        """
        SELECT number AS key, id IN (SELECT member_id FROM members_identity) AS ok
        FROM members_member WHERE status = 'active'
        """,
    ),
    Walk("members.index", _("Every identity is found by the value that it holds"), identity_rows),
    Walk("members.name", _("Every name is found by the value that it holds"), name_rows),
)
