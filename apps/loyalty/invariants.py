"""Lines of ``manage.py prove`` about points: balances, lots, and what orders earned."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.common import money
from apps.common.invariants import Invariant
from apps.loyalty.rules import LOT_MONTHS

EXPIRY_GRACE = timedelta(days=1, hours=1)
"""How long after its time a lot may wait for the daily sweep."""

INVARIANTS = (
    Invariant(
        "loyalty.balance",
        _("A points balance is the sum of its entries, and of what is left in its lots"),
        """
        SELECT points.member_id,
            account.balance = points.entries AND account.balance = points.remaining AS ok
        FROM (
            SELECT member_id, sum(entered) AS entries, sum(remaining) AS remaining
            FROM (
                SELECT member_id, points AS entered, 0 AS remaining FROM loyalty_pointsentry
                UNION ALL
                SELECT member_id, 0, remaining FROM loyalty_pointslot
                UNION ALL
                SELECT member_id, 0, 0 FROM loyalty_pointsaccount
            ) change
            GROUP BY member_id
        ) points
        LEFT JOIN loyalty_pointsaccount account ON account.member_id = points.member_id
        """,
        key="(SELECT number FROM members_member WHERE id = member_id)",
    ),
    Invariant(
        "loyalty.lots",
        _("What is left in a lot is what was put in less what was drawn"),
        """
        SELECT entry.reference AS key,
            lot.remaining = lot.points - coalesce(drawn.points, 0) AS ok
        FROM loyalty_pointslot lot
        JOIN loyalty_pointsentry entry ON entry.id = lot.entry_id
        LEFT JOIN (
            SELECT lot_id, sum(points) AS points FROM loyalty_lotdraw GROUP BY lot_id
        ) drawn ON drawn.lot_id = lot.id
        """,
    ),
    Invariant(
        "loyalty.lot_expiry",
        _("A lot expires at the end of the month that its rule names, in its store's time zone"),
        """
        SELECT entry.reference AS key,
            lot.expires_at = (date_trunc('month', entry.at AT TIME ZONE place.time_zone)
                + make_interval(months => %(months)s::int)) AT TIME ZONE place.time_zone AS ok
        FROM loyalty_pointslot lot
        JOIN loyalty_pointsentry entry ON entry.id = lot.entry_id
        LEFT JOIN org_store store ON store.id = entry.store_id
        CROSS JOIN LATERAL (SELECT coalesce(store.time_zone, %(own)s) AS time_zone) place
        """,
        parameters=lambda: {"months": LOT_MONTHS + 1, "own": settings.TIME_ZONE},
    ),
    Invariant(
        "loyalty.entries",
        _("An entry that adds points fills a lot with them, one that takes points draws them"),
        """
        SELECT entry.reference AS key,
            CASE WHEN entry.points > 0
                THEN lot.points = entry.points AND lot.member_id = entry.member_id
                    AND drawn.points IS NULL
                ELSE drawn.points = -entry.points AND lot.id IS NULL END AS ok
        FROM loyalty_pointsentry entry
        LEFT JOIN loyalty_pointslot lot ON lot.entry_id = entry.id
        LEFT JOIN (
            SELECT entry_id, sum(points) AS points FROM loyalty_lotdraw GROUP BY entry_id
        ) drawn ON drawn.entry_id = entry.id
        """,
    ),
    Invariant(
        "loyalty.earned",
        _("A member's paid order earned its points exactly once, and nothing else did"),
        """
        SELECT coalesce(document.number, earned.reference) AS key,
            earned.entries = 1 AND earned.points = document.net_amount / %(minor_per_point)s
            AND earned.member_id = document.member_id AS ok
        FROM (
            SELECT id, number, net_amount, member_id FROM orders_order
            WHERE status IN ('paid', 'completed') AND member_id IS NOT NULL
                AND net_amount >= %(minor_per_point)s
        ) document
        FULL JOIN (
            SELECT order_id, count(*) AS entries, sum(points) AS points,
                min(member_id) AS member_id, min(reference) AS reference
            FROM loyalty_pointsentry WHERE kind = 'earn' GROUP BY order_id
        ) earned ON earned.order_id = document.id
        """,
        parameters=lambda: {"minor_per_point": money.minor_per_major()},
    ),
    Invariant(
        "loyalty.adjusted",
        _("Every approved adjustment was carried out exactly once, and none without approval"),
        """
        SELECT coalesce('approval:' || approved.number, adjusted.reference) AS key,
            adjusted.points = approved.points AND member.number = approved.member
            AND adjusted.store_id IS NULL AND adjusted.franchisee_id IS NULL
            AND adjusted.region_id IS NULL AS ok
        FROM (
            SELECT number, (payload ->> 'points')::bigint AS points, payload ->> 'member' AS member
            FROM accounts_approval WHERE act = 'points.adjust' AND state = 'executed'
        ) approved
        FULL JOIN (SELECT * FROM loyalty_pointsentry WHERE kind = 'adjust') adjusted
            ON adjusted.reference = 'approval:' || approved.number
        LEFT JOIN members_member member ON member.id = adjusted.member_id
        """,
    ),
    Invariant(
        "loyalty.place",
        _("Points for an order carry its store, owner and region"),
        """
        SELECT entry.reference AS key, document.store_id = entry.store_id
            AND document.franchisee_id IS NOT DISTINCT FROM entry.franchisee_id
            AND document.region_id = entry.region_id
            AND document.business_day = entry.business_day AS ok
        FROM loyalty_pointsentry entry JOIN orders_order document ON document.id = entry.order_id
        """,
    ),
    Invariant(
        "loyalty.expired",
        _("No points are left in a lot past its time"),
        # Judged at the last heartbeat: while nothing runs, nothing can be swept.
        """
        SELECT entry.reference AS key, lot.expires_at + %(grace)s >= coalesce(
            (SELECT at FROM common_heartbeat WHERE name = 'beat'), '-infinity') AS ok
        FROM loyalty_pointslot lot JOIN loyalty_pointsentry entry ON entry.id = lot.entry_id
        WHERE lot.remaining > 0
        """,
        parameters=lambda: {"grace": EXPIRY_GRACE},
    ),
)
