"""New keys for the blind indexes: old and new stand side by side until every row has the new one.

With ``BLIND_INDEX_KEYS=2:new,1:old`` on every node each enrolment writes an index under both keys, and
each search asks for both. A row that has the old one alone is met by it, so a value belongs to one
member throughout. The pages here give the rows that were there before their new index; afterwards
the old one may go, first from the tables, then from the settings.

Every page is a transaction of its own and can be run again: what is done already is stepped over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.common import crypto, sql
from apps.common.errors import Conflict
from apps.members import selectors as members
from apps.members.services.enrolling import tail_index


class RotationNotFinished(Conflict):
    code = "rotation_not_finished"
    message = _("Rows without an index under the newest key: %(count)s. Nothing was dropped.")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that got their new indexes, and the id behind which the next page begins."""

    done: int
    last: int | None
    """None: there was nothing left."""


@dataclass(frozen=True, slots=True)
class Conflicting:
    """An identity whose value another member holds under the new key."""

    identity: int
    holder: int


NAMES = """
SELECT id, name_cipher FROM members_member
WHERE id > %(after)s AND name_cipher IS NOT NULL
    AND substring(name_index FROM 1 FOR length(%(start)s::bytea)) IS DISTINCT FROM %(start)s
ORDER BY id LIMIT %(limit)s
"""

SET_NAMES = """
UPDATE members_member member SET name_index = given.index
FROM unnest(%(ids)s::bigint[], %(indexes)s::bytea[]) AS given (id, index)
WHERE member.id = given.id
"""

IDENTITIES = """
SELECT id, kind, value_cipher FROM members_identity identity
WHERE id > %(after)s AND (
    kind = 'phone'
        AND substring(tail_index FROM 1 FOR length(%(start)s::bytea)) IS DISTINCT FROM %(start)s
    OR NOT EXISTS (SELECT FROM members_identityindex known WHERE known.identity_id = identity.id
        AND known.value >= %(start)s AND known.value < %(end)s)
)
ORDER BY id LIMIT %(limit)s
"""

SET_TAILS = """
UPDATE members_identity identity SET tail_index = given.tail
FROM unnest(%(ids)s::bigint[], %(tails)s::bytea[]) AS given (id, tail)
WHERE identity.id = given.id AND given.tail IS NOT NULL
"""

# In the order of the indexes, as an enrolment writes them.
ADD_INDEXES = """
INSERT INTO members_identityindex (identity_id, value)
SELECT id, index FROM unnest(%(ids)s::bigint[], %(indexes)s::bytea[]) AS given (id, index)
ORDER BY index
ON CONFLICT (value) DO NOTHING
"""

HELD_BY_OTHERS = """
SELECT given.id, known.identity_id
FROM unnest(%(ids)s::bigint[], %(indexes)s::bytea[]) AS given (id, index)
JOIN members_identityindex known ON known.value = given.index AND known.identity_id <> given.id
"""

DROP_BELOW = """
DELETE FROM members_identityindex WHERE value IN (
    SELECT value FROM members_identityindex WHERE value < %(start)s ORDER BY value LIMIT %(limit)s)
RETURNING 1
"""

DROP_ABOVE = """
DELETE FROM members_identityindex WHERE value IN (
    SELECT value FROM members_identityindex WHERE value >= %(end)s ORDER BY value LIMIT %(limit)s)
RETURNING 1
"""


def names_page(*, after: int, limit: int) -> Page:
    """Index the names of the next ``limit`` members anew whose index is under an older key."""
    found = sql.rows(NAMES, {**members.newest_range(), "after": after, "limit": limit})
    indexes = [crypto.blind_index("name", crypto.decrypt(row[1])) for row in found]
    sql.rows(SET_NAMES, {"ids": [row[0] for row in found], "indexes": indexes})
    return _page(found)


def identities_page(*, after: int, limit: int) -> tuple[Page, list[Conflicting]]:
    """Give the next ``limit`` identities without an index under the newest key all their indexes."""
    found = sql.rows(IDENTITIES, {**members.newest_range(), "after": after, "limit": limit})
    values = [(row[0], row[1], crypto.decrypt(row[2])) for row in found]
    pairs = [(key, index) for key, *value in values for index in crypto.blind_indexes(*value)]
    given = {"ids": [key for key, _ in pairs], "indexes": [index for _, index in pairs]}
    tails = [tail_index(kind, value) for _key, kind, value in values]
    with transaction.atomic():
        sql.rows(SET_TAILS, {"ids": [key for key, *_ in values], "tails": tails})
        sql.rows(ADD_INDEXES, given)
        held = sql.rows(HELD_BY_OTHERS, given)
    return _page(found), [Conflicting(*row) for row in held]


def drop_old_indexes(*, limit: int) -> Iterator[int]:
    """Delete all index rows under older keys, up to twice ``limit`` in a transaction; yields how many.

    Raises RotationNotFinished, and deletes nothing, while any row needs them. It is asked once: what
    is enrolled meanwhile has an index under the newest key.
    """
    if left := members.without_newest_index():
        raise RotationNotFinished(count=left)
    asked = members.newest_range()
    dropped = limit
    while dropped:
        below = sql.rows(DROP_BELOW, {"start": asked["start"], "limit": limit})
        above = sql.rows(DROP_ABOVE, {"end": asked["end"], "limit": limit})
        dropped = len(below) + len(above)
        yield dropped


def _page(found: Sequence[tuple[Any, ...]]) -> Page:
    return Page(len(found), found[-1][0] if found else None)
