"""How often: leaky buckets and single-use values, kept in unlogged tables for every node at once.

A bucket fills by one with each attempt and leaks at a steady rate; an attempt that would overflow it
is refused. One statement each, in a transaction of its own: an attempt counts even if what it tried
is rolled back. After a crash of the database the tables are empty, which lets callers through.
"""

import math
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.errors import TooMany


class TooManyRequests(TooMany):
    code = "too_many_requests"
    message = _("Too many requests; try again in %(seconds)s seconds.")


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` attempts at once, then one every ``seconds`` seconds."""

    burst: int
    seconds: float


# The level is what was left a moment ago, less what has leaked since, plus this attempt.
TAKE = """
INSERT INTO common_bucket AS bucket (name, level, at)
VALUES (%(name)s, 1, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET
    level = greatest(0, bucket.level
        - extract(epoch FROM clock_timestamp() - bucket.at) / %(seconds)s::float8) + 1,
    at = clock_timestamp()
WHERE greatest(0, bucket.level
        - extract(epoch FROM clock_timestamp() - bucket.at) / %(seconds)s::float8) + 1
    <= %(burst)s::float8
RETURNING 1
"""

FULL_FOR = """
SELECT (level + 1 - %(burst)s::float8) * %(seconds)s::float8
    - extract(epoch FROM clock_timestamp() - at)
FROM common_bucket WHERE name = %(name)s
"""

GIVE_BACK = "UPDATE common_bucket SET level = greatest(0, level - 1) WHERE name = %(name)s"

SPEND = """
INSERT INTO common_spentvalue (name, at) VALUES (%(name)s, clock_timestamp())
ON CONFLICT (name) DO NOTHING RETURNING 1
"""


def take(name: str, limit: Limit) -> None:
    """Count one attempt under ``name``. Raises TooManyRequests with the seconds to wait."""
    values = {"name": name, "burst": float(limit.burst), "seconds": limit.seconds}
    if not sql.rows(TAKE, values):
        found = sql.row(FULL_FOR, values)
        raise TooManyRequests(seconds=max(1, math.ceil(found[0])) if found else 1)


def give_back(name: str) -> None:
    """Uncount one attempt: it turned out not to be of the kind that is limited."""
    sql.rows(GIVE_BACK, {"name": name})


def forget(name: str) -> None:
    """Empty the bucket."""
    sql.rows("DELETE FROM common_bucket WHERE name = %(name)s", {"name": name})


def spend(name: str) -> bool:
    """Use up a single-use value; False if it was used before (and not yet swept)."""
    return bool(sql.rows(SPEND, {"name": name}))
