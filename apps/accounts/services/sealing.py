"""The chain of seals over the audit trail, made behind the writers without holding them up.

A line carries the transaction that wrote it. Every transaction below the lowest one that still runs
has ended, so whatever it wrote is there to be seen: a sweep seals the lines from the last seal's
bound up to that one, and no line can turn up behind it later.
"""

import logging
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models.audit import LINE_DIGEST, SEAL_HASH
from apps.common import sql

LINES_AT_ONCE = 50_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of the chain."""

    number: int
    hash: str
    upto_transaction: int
    after_line: int
    last_line: int
    cluster: int

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('accounts.seal_audit', 0))"
WHERE_WE_ARE = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, system_identifier
FROM pg_control_system()
"""
HEAD = """
SELECT number, hash, upto_transaction, after_line, last_line, cluster
FROM accounts_auditseal ORDER BY number DESC LIMIT 1
"""

# ``bound`` and the lines are read by one statement, that is from one snapshot.
SEAL = f"""
WITH now AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS finished,
        statement_timestamp() AS at
), %s, seal AS MATERIALIZED (
    SELECT %%(number)s AS number, %%(previous)s::text AS previous, %%(cluster)s AS cluster,
        now.at AS sealed_at, bound.upto AS upto_transaction, bound.after_line,
        coalesce(array_agg(page.id ORDER BY page.id) FILTER (WHERE page.id IS NOT NULL),
            '{{}}') AS line_ids,
        count(page.id) AS line_count,
        greatest(%%(last_line)s, max(page.id)) AS last_line,
        string_agg(page.digest, ''::bytea ORDER BY page.id) AS digests
    FROM now CROSS JOIN bound
    LEFT JOIN (SELECT line.id, {LINE_DIGEST} AS digest FROM page JOIN accounts_auditline line
        USING (id)) page ON true
    GROUP BY now.at, bound.upto, bound.after_line
)
INSERT INTO accounts_auditseal (number, line_ids, line_count, upto_transaction, after_line,
    last_line, cluster, previous, hash, sealed_at)
SELECT number, line_ids, line_count, upto_transaction, after_line, last_line, cluster, previous,
    {SEAL_HASH}, sealed_at
FROM seal WHERE line_count > 0 OR %%(even_empty)s
RETURNING line_count
"""  # noqa: S608 - constants of ours

# Lines from before transactions were noted; all of them are finished.
UNNOTED = (
    SEAL
    % """bound AS (SELECT 0::bigint AS upto, 0::bigint AS after_line), page AS (
    SELECT id FROM accounts_auditline
    WHERE transaction_id IS NULL AND id > %(last_line)s ORDER BY id LIMIT %(limit)s
)"""
)

# A transaction is never cut in two: the page ends before the one that would overflow it, and one
# that alone is longer than a page is a page.
FINISHED = (
    SEAL
    % """ahead AS MATERIALIZED (
    SELECT transaction_id FROM accounts_auditline, now
    WHERE transaction_id >= %(upto)s AND transaction_id < now.finished AND id > %(after_line)s
    ORDER BY transaction_id, id LIMIT %(limit)s + 1
), bound AS (
    SELECT CASE WHEN (SELECT count(*) FROM ahead) <= %(limit)s THEN now.finished
        ELSE greatest((SELECT max(transaction_id) FROM ahead),
            (SELECT min(transaction_id) FROM ahead) + 1) END AS upto,
        %(after_line)s AS after_line
    FROM now
), page AS (
    SELECT id FROM accounts_auditline, bound
    WHERE transaction_id >= %(upto)s AND transaction_id < bound.upto AND id > %(after_line)s
)"""
)

# Nobody writes meanwhile, so every line there is has its id below any to come.
NEXT_ERA = (
    SEAL
    % """bound AS (
    SELECT now.finished AS upto,
        greatest(%(last_line)s, (SELECT max(id) FROM accounts_auditline)) AS after_line
    FROM now
), page AS (
    SELECT id FROM accounts_auditline
    WHERE id > %(after_line)s AND (transaction_id >= %(upto)s OR id > %(last_line)s)
)"""
)


def seal_audit() -> int:
    """Seal every finished audit line, page by page; returns how many.

    Only one process seals at a time; the others find nothing to do.
    """
    total = 0
    while (sealed := _seal_page()) is not None:
        total += sealed
    return total


def _seal_page() -> int | None:
    """The number of lines in the seal just made; None if none was."""
    with transaction.atomic():
        if not sql.rows(ALONE, {})[0][0]:
            return None
        finished, cluster = sql.rows(WHERE_WE_ARE, {})[0]
        head = audit_head()
        if head and (head.cluster != cluster or head.upto_transaction > finished):
            return _open_era(head, cluster)
        if head is None or head.upto_transaction == 0:
            sealed = _insert(UNNOTED, head, cluster)
            if sealed is not None:
                return sealed
        return _insert(FINISHED, head, cluster)


def _open_era(head: Head, cluster: int) -> int | None:
    """Seal all lines of the database's life before, and count transactions anew.

    In a restored database they start lower than they ended, and the bound means nothing any more.
    Writers wait for this one statement.
    """
    sql.rows("LOCK TABLE accounts_auditline IN SHARE MODE", {})
    log.warning("audit era opened", extra={"number": head.number + 1})
    return _insert(NEXT_ERA, head, cluster)


def _insert(statement: str, head: Head | None, cluster: int) -> int | None:
    values = {
        "number": head.number + 1 if head else 1,
        "previous": head.hash if head else "",
        "upto": head.upto_transaction if head else 0,
        "after_line": head.after_line if head else 0,
        "last_line": head.last_line if head else 0,
        "cluster": cluster,
        "limit": LINES_AT_ONCE,
        "even_empty": statement is NEXT_ERA,
    }
    made = sql.row(statement, values)
    return int(made[0]) if made else None


def audit_head() -> Head | None:
    """The last link of the chain; None before the first sweep."""
    found = sql.row(HEAD, {})
    return Head(*found) if found else None


def on_the_chain(number: int, hash_: str) -> bool:
    """Whether the seal of that number has that hash, as a head in the logs once had."""
    found = sql.row(
        "SELECT hash FROM accounts_auditseal WHERE number = %(number)s", {"number": number}
    )
    return found is not None and found[0] == hash_


def log_audit_head() -> None:
    """Write the head to the log, out of reach of who could rewrite the database."""
    if head := audit_head():
        log.info("audit head", extra={"number": head.number, "hash": head.hash})
