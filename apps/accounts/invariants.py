"""Lines of ``manage.py prove`` about the audit trail. Before the first sweep there is no chain."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.models.audit import LINE_DIGEST, SEAL_HASH
from apps.common.invariants import Invariant

LATE = "5 minutes"

INVARIANTS = (
    Invariant(
        "audit.seal",
        _("Every sealed audit line is as it was sealed"),
        f"""
        SELECT seal.number::text AS key,
            seal.hash = {SEAL_HASH} AND seal.line_count = cardinality(seal.line_ids) AS ok
        FROM accounts_auditseal seal JOIN (
            SELECT of.number, string_agg({LINE_DIGEST}, ''::bytea ORDER BY sealed.place)
                FILTER (WHERE line.id IS NOT NULL) AS digests
            FROM accounts_auditseal of
            LEFT JOIN LATERAL unnest(of.line_ids) WITH ORDINALITY AS sealed (id, place) ON true
            LEFT JOIN accounts_auditline line ON line.id = sealed.id
            GROUP BY of.number
        ) found USING (number)
        """,  # noqa: S608 - constants of ours
    ),
    Invariant(
        "audit.chain",
        _("Every audit seal follows the one before"),
        """
        SELECT number::text AS key, number = coalesce(lag(number) OVER chain, 0) + 1
            AND previous = coalesce(lag(hash) OVER chain, '') AS ok
        FROM accounts_auditseal WINDOW chain AS (ORDER BY number)
        """,
    ),
    Invariant(
        "audit.sealed",
        _("Every audit line is sealed once, within five minutes of its transaction's end"),
        # What a running transaction keeps from being sealed has an id from the snapshot's lowest on;
        # an id or a time yet to come is a line that somebody planted.
        """
        SELECT line.action || ' ' || line.object_key AS key, coalesce(sealed.times = 1,
            line.transaction_id >= present.lowest AND line.transaction_id < present.next
            OR line.at BETWEEN now() - %(late)s::interval AND now() + '1 minute') AS ok
        FROM accounts_auditline line
        CROSS JOIN (
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS lowest,
                pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next
        ) present
        LEFT JOIN (
            SELECT id, count(*) AS times
            FROM accounts_auditseal CROSS JOIN LATERAL unnest(line_ids) AS id GROUP BY id
        ) sealed USING (id)
        WHERE EXISTS (SELECT FROM accounts_auditseal)
        """,
        parameters=lambda: {"late": LATE},
    ),
)
