"""Writes of loyalty. Balance, lots and entries change together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import system_actor
from apps.common import clock, sql
from apps.common.errors import Conflict
from apps.loyalty import rules
from apps.orders.services import Place

EARN = """
WITH entry AS (
    INSERT INTO loyalty_pointsentry (store_id, franchisee_id, region_id, business_day, member_id,
        kind, points, order_id, reference, reason, at)
    VALUES (%(store_id)s, %(franchisee_id)s, %(region_id)s, %(business_day)s, %(member_id)s,
        'earn', %(points)s, %(order_id)s, %(reference)s, 'order_paid', %(at)s)
    RETURNING id
), lot AS (
    INSERT INTO loyalty_pointslot (entry_id, member_id, points, remaining, expires_at)
    SELECT entry.id, %(member_id)s, %(points)s, %(points)s, %(expires_at)s FROM entry
)
INSERT INTO loyalty_pointsaccount AS account (member_id, balance)
VALUES (%(member_id)s, %(points)s)
ON CONFLICT (member_id) DO UPDATE SET balance = account.balance + EXCLUDED.balance
"""

EARN_MANY = """
WITH given AS (
    SELECT * FROM unnest(%(store_id)s::bigint[], %(franchisee_id)s::bigint[],
        %(region_id)s::bigint[], %(business_day)s::date[], %(member_id)s::bigint[],
        %(points)s::bigint[], %(order_id)s::bigint[], %(reference)s::text[],
        %(at)s::timestamptz[], %(expires_at)s::timestamptz[])
        AS entry (store_id, franchisee_id, region_id, business_day, member_id, points, order_id,
            reference, at, expires_at)
), entry AS (
    INSERT INTO loyalty_pointsentry (store_id, franchisee_id, region_id, business_day, member_id,
        kind, points, order_id, reference, reason, at)
    SELECT store_id, franchisee_id, region_id, business_day, member_id, 'earn', points, order_id,
        reference, 'order_imported', at
    FROM given ORDER BY order_id
    RETURNING id, member_id, points, reference
), lot AS (
    INSERT INTO loyalty_pointslot (entry_id, member_id, points, remaining, expires_at)
    SELECT entry.id, entry.member_id, entry.points, entry.points, given.expires_at
    FROM entry JOIN given USING (reference) ORDER BY entry.id
)
INSERT INTO loyalty_pointsaccount AS account (member_id, balance)
SELECT member_id, sum(points) FROM entry GROUP BY member_id ORDER BY member_id
ON CONFLICT (member_id) DO UPDATE SET balance = account.balance + EXCLUDED.balance
"""

EXPIRE = """
WITH account AS MATERIALIZED (
    SELECT member_id FROM loyalty_pointsaccount WHERE member_id = %(member_id)s FOR UPDATE
), due AS MATERIALIZED (
    SELECT lot.id, lot.member_id, lot.remaining
    FROM loyalty_pointslot lot JOIN account USING (member_id)
    WHERE lot.remaining > 0 AND lot.expires_at <= %(now)s
    ORDER BY lot.id FOR UPDATE OF lot
), drained AS (
    UPDATE loyalty_pointslot lot SET remaining = 0 FROM due WHERE lot.id = due.id
), entry AS (
    INSERT INTO loyalty_pointsentry (business_day, member_id, kind, points, reference, reason, at)
    SELECT %(business_day)s, due.member_id, 'expire', -due.remaining, 'lot:' || due.id,
        'lot_expired', %(now)s
    FROM due ORDER BY due.id
    RETURNING id, reference, points
), drawn AS (
    INSERT INTO loyalty_lotdraw (entry_id, lot_id, points)
    SELECT entry.id, due.id, due.remaining
    FROM entry JOIN due ON entry.reference = 'lot:' || due.id
)
UPDATE loyalty_pointsaccount account
SET balance = account.balance + total.points
FROM (SELECT sum(points) AS points FROM entry) total
WHERE account.member_id = %(member_id)s AND total.points IS NOT NULL
RETURNING -total.points, (SELECT number FROM members_member WHERE id = account.member_id)
"""

LOCK_ACCOUNT = """
SELECT balance FROM loyalty_pointsaccount WHERE member_id = %(member_id)s FOR UPDATE
"""

ADD = """
WITH entry AS (
    INSERT INTO loyalty_pointsentry (business_day, member_id, kind, points, reference, reason, at)
    VALUES (%(business_day)s, %(member_id)s, 'adjust', %(points)s, %(reference)s, %(reason)s, %(at)s)
    RETURNING id
), lot AS (
    INSERT INTO loyalty_pointslot (entry_id, member_id, points, remaining, expires_at)
    SELECT entry.id, %(member_id)s, %(points)s, %(points)s, %(expires_at)s FROM entry
)
INSERT INTO loyalty_pointsaccount AS account (member_id, balance)
VALUES (%(member_id)s, %(points)s)
ON CONFLICT (member_id) DO UPDATE SET balance = account.balance + EXCLUDED.balance
RETURNING account.balance
"""

# ``points`` is how many are taken. Nothing is written unless the open lots hold that many.
TAKE = """
WITH open AS MATERIALIZED (
    SELECT id, remaining, sum(remaining) OVER (ORDER BY expires_at, id) - remaining AS before
    FROM loyalty_pointslot
    WHERE member_id = %(member_id)s AND remaining > 0 AND expires_at > %(at)s
), taken AS MATERIALIZED (
    SELECT id, least(remaining, %(points)s - before)::bigint AS points
    FROM open WHERE before < %(points)s
), entry AS (
    INSERT INTO loyalty_pointsentry (business_day, member_id, kind, points, reference, reason, at)
    SELECT %(business_day)s, %(member_id)s, 'adjust', -%(points)s, %(reference)s, %(reason)s, %(at)s
    FROM taken HAVING sum(taken.points) = %(points)s
    RETURNING id
), drained AS (
    UPDATE loyalty_pointslot lot SET remaining = lot.remaining - taken.points
    FROM taken, entry WHERE lot.id = taken.id
), drawn AS (
    INSERT INTO loyalty_lotdraw (entry_id, lot_id, points)
    SELECT entry.id, taken.id, taken.points FROM taken, entry ORDER BY taken.id
)
UPDATE loyalty_pointsaccount account SET balance = account.balance - %(points)s
FROM entry WHERE account.member_id = %(member_id)s
RETURNING account.balance
"""


class InsufficientPoints(Conflict):
    code = "insufficient_points"
    message = _("The member has fewer points than are to be taken: %(points)s.")


@dataclass(frozen=True, slots=True)
class EarningOrder:
    """The order that earns points, as plain values; ``net_amount`` in minor units."""

    order_id: int
    number: str
    member_id: int
    net_amount: int
    place: Place
    time_zone: str


def earn_for_order(order: EarningOrder, *, at: datetime) -> int:
    """Credit the base points of a paid order as a lot of its own; the points, 0 for under ¥1.

    One statement. A second call for the same order violates ``points_entry_once``.
    """
    points = rules.points_for(order.net_amount)
    if points == 0:
        return 0
    sql.rows(
        EARN,
        {
            "store_id": order.place.store_id,
            "franchisee_id": order.place.franchisee_id,
            "region_id": order.place.region_id,
            "business_day": order.place.business_day,
            "member_id": order.member_id,
            "points": points,
            "order_id": order.order_id,
            "reference": f"order:{order.number}",
            "at": at,
            "expires_at": rules.lot_expiry(at, order.time_zone),
        },
    )
    return points


def earn_for_imported(earnings: Sequence[tuple[EarningOrder, datetime]]) -> int:
    """Credit the base points of many orders, each at the time given; the points in all.

    One statement: accounts are changed once each, in member order.
    """
    credited = [
        (order, at, points)
        for order, at in earnings
        if (points := rules.points_for(order.net_amount)) > 0
    ]
    if not credited:
        return 0
    sql.rows(
        EARN_MANY,
        {
            "store_id": [order.place.store_id for order, _at, _points in credited],
            "franchisee_id": [order.place.franchisee_id for order, _at, _points in credited],
            "region_id": [order.place.region_id for order, _at, _points in credited],
            "business_day": [order.place.business_day for order, _at, _points in credited],
            "member_id": [order.member_id for order, _at, _points in credited],
            "points": [points for _order, _at, points in credited],
            "order_id": [order.order_id for order, _at, _points in credited],
            "reference": [f"order:{order.number}" for order, _at, _points in credited],
            "at": [at for _order, at, _points in credited],
            "expires_at": [
                rules.lot_expiry(at, order.time_zone) for order, at, _points in credited
            ],
        },
    )
    return sum(points for _order, _at, points in credited)


def expire_lots(member_id: int, *, now: datetime, time_zone: str) -> int:
    """Drain what is left of the member's lots past their date; the points expired.

    The account is locked first, as by every writer of points.
    """
    with transaction.atomic():
        found = sql.row(
            EXPIRE,
            {
                "member_id": member_id,
                "now": now,
                "business_day": clock.business_day(now, time_zone),
            },
        )
        if found is None:
            return 0
        points, number = found
        accounts.record(
            system_actor("points"),
            "points.expire",
            target=("member", number),
            changes={"points": -int(points)},
            reason="lot_expired",
        )
    return int(points)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points added (positive) or taken (negative) by hand, at the expense of head office."""

    member_id: int
    points: int
    reference: str
    reason: str


def adjust_points(adjustment: Adjustment, *, at: datetime, time_zone: str) -> int:
    """Carry out an adjustment; the new balance. Head office bears it: no store, owner or region.

    Points added are a lot of their own, with the usual expiry in ``time_zone``. Points taken drain
    the lots that expire first; one past its date gives nothing. The account is locked first, as by
    every writer of points, and by a statement of its own: the lots are read after what was waited for.
    Raises InsufficientPoints; a second call under one reference violates ``points_entry_once``.
    """
    with transaction.atomic():
        sql.rows(LOCK_ACCOUNT, {"member_id": adjustment.member_id})
        found = sql.row(
            ADD if adjustment.points > 0 else TAKE,
            {
                "member_id": adjustment.member_id,
                "points": abs(adjustment.points),
                "reference": adjustment.reference,
                "reason": adjustment.reason,
                "at": at,
                "business_day": clock.business_day(at, time_zone),
                "expires_at": rules.lot_expiry(at, time_zone),
            },
        )
    if found is None:
        raise InsufficientPoints(points=abs(adjustment.points))
    return int(found[0])
