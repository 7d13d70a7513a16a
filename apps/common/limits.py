"""How often: leaky buckets and single-use values, kept in unlogged tables for every node at once.

A bucket fills by one with each attempt and leaks at a steady rate; an attempt that would overflow it
is refused. One statement each, in a transaction of its own: an attempt counts even if what it tried
is rolled back. After a crash of the database the tables are empty, which lets callers through.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from django.utils.translation import gettext_lazy as _

from apps.common import context, sql
from apps.common.errors import TooMany

IPV6_SITE = 64
"""Bits of an IPv6 address that one subscriber keeps; the others are theirs to choose."""


class TooManyRequests(TooMany):
    code = "too_many_requests"
    message = _("Too many requests; try again in %(seconds)s seconds.")


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` attempts at once, then one every ``seconds`` seconds."""

    burst: int
    seconds: float

    @property
    def parameters(self) -> dict[str, float]:
        """Of a statement with a ``caller``."""
        return {"burst": float(self.burst), "seconds": float(self.seconds)}


@dataclass(frozen=True, slots=True)
class Rates:
    """How often who may call the API. An application has a rate of its own, on its row."""

    member: Limit = Limit(30, 0.5)
    staff: Limit = Limit(60, 0.1)
    anonymous: Limit = Limit(30, 1)
    """Per address, where no sign-in is asked."""
    failed: Limit = Limit(20, 5)
    """Per address, sign-ins by token, key or signature that failed."""


RATES = Rates()

# To be part of a statement that names, in ``caller``, the bucket of one caller, its burst and its
# seconds; no row there, nothing is counted. The level is what was left a moment ago, less what has
# leaked since, plus this attempt. ON CONFLICT locks the row and judges its newest version, so
# attempts at the same moment are counted one after the other.
TAKEN = """taken AS (
    INSERT INTO common_bucket AS bucket (name, level, at)
    SELECT caller.bucket, 1, clock_timestamp() FROM caller
    ON CONFLICT (name) DO UPDATE SET
        level = greatest(0, bucket.level
            - extract(epoch FROM clock_timestamp() - bucket.at) / (SELECT seconds FROM caller)) + 1,
        at = clock_timestamp()
    WHERE greatest(0, bucket.level
            - extract(epoch FROM clock_timestamp() - bucket.at) / (SELECT seconds FROM caller)) + 1
        <= (SELECT burst FROM caller)
    RETURNING 1
)"""

# Beside it: the seconds that ``caller`` must wait, 0 if the attempt was counted. They are read as of
# the statement's start, so in a crowd they may be too few; whoever then comes too early is told again.
WAIT = """CASE WHEN EXISTS (SELECT FROM taken) THEN 0 ELSE (
    SELECT greatest(1, ceil((bucket.level + 1 - caller.burst) * caller.seconds
        - extract(epoch FROM clock_timestamp() - bucket.at)))::int
    FROM caller LEFT JOIN common_bucket bucket ON bucket.name = caller.bucket
) END"""

TAKE = f"""
WITH caller AS MATERIALIZED (
    SELECT %(name)s AS bucket, %(burst)s::float8 AS burst, %(seconds)s::float8 AS seconds
), {TAKEN}
SELECT {WAIT}
"""

GIVE_BACK = "UPDATE common_bucket SET level = greatest(0, level - 1) WHERE name = %(name)s"

SPEND = """
INSERT INTO common_spentvalue (name, at) VALUES (%(name)s, clock_timestamp())
ON CONFLICT (name) DO NOTHING RETURNING 1
"""


def take(name: str, limit: Limit) -> None:
    """Count one attempt under ``name``. Raises TooManyRequests with the seconds to wait."""
    [(wait,)] = sql.rows(TAKE, {"name": name, **limit.parameters})
    check(wait)


def check(wait: int) -> None:
    """What a statement with WAIT found. Raises TooManyRequests unless it is 0."""
    if wait:
        raise TooManyRequests(seconds=wait)


def take_address(kind: str, limit: Limit) -> None:
    """Count one attempt from the address of this request. Raises TooManyRequests."""
    take(f"{kind}:{site_of(context.address.get())}", limit)


def site_of(address: str) -> str:
    """Whom an address belongs to: an IPv4 address, or the network of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{found.packed[: IPV6_SITE // 8].hex()}/{IPV6_SITE}"


def give_back(name: str) -> None:
    """Uncount one attempt: it turned out not to be of the kind that is limited."""
    sql.rows(GIVE_BACK, {"name": name})


def forget(name: str) -> None:
    """Empty the bucket."""
    sql.rows("DELETE FROM common_bucket WHERE name = %(name)s", {"name": name})


def spend(name: str) -> bool:
    """Use up a single-use value; False if it was used before (and not yet swept)."""
    return bool(sql.rows(SPEND, {"name": name}))
