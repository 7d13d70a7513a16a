"""The SQL of the roll-ups: facts by store and hour, summed the same way to store and to prove."""

MEASURES = ("orders", "sales", "captured", "refunds_due", "points_issued", "points_burned")
PLACE = ("store_id", "franchisee_id", "region_id")


def _columns(form: str) -> str:
    return ", ".join(form.format(name=name) for name in MEASURES)


SUMS = _columns("sum({name})::bigint AS {name}")
NAMES = _columns("{name}")
NEGATIVE = _columns("-{name}")

_PLACED = """document.business_day, document.store_id, document.franchisee_id, document.region_id,
        extract(hour FROM document.placed_at AT TIME ZONE store.time_zone)::smallint AS hour"""
# A business day anywhere on earth lies within these instants; placed_at is indexed, the day is not.
_WITHIN = """document.placed_at >= {day}::timestamp AT TIME ZONE 'UTC' - interval '14 hours'
        AND document.placed_at < {day}::timestamp AT TIME ZONE 'UTC' + interval '36 hours'"""
_OF_DAY = "document.business_day = %(day)s AND " + _WITHIN.format(day="%(day)s::date")


def facts(*, documents: str, entries: str) -> str:
    """A row per sold order, captured payment and points entry that the two conditions let through."""
    return f"""
    SELECT {_PLACED},
        1 AS orders, document.net_amount AS sales, 0 AS captured, 0 AS refunds_due,
        0 AS points_issued, 0 AS points_burned
    FROM orders_order document JOIN org_store store ON store.id = document.store_id
    WHERE document.status IN ('paid', 'completed') AND {documents}
    UNION ALL
    SELECT {_PLACED},
        0, 0, 1, (payment.status = 'refund_due')::int, 0, 0
    FROM orders_order document
    JOIN payments_payment payment ON payment.order_id = document.id
        AND payment.captured_at IS NOT NULL
    JOIN org_store store ON store.id = document.store_id
    WHERE {documents}
    UNION ALL
    SELECT entry.business_day, entry.store_id, entry.franchisee_id, entry.region_id,
        extract(hour FROM entry.at AT TIME ZONE coalesce(store.time_zone, %(zone)s))::smallint,
        0, 0, 0, 0, greatest(entry.points, 0), greatest(-entry.points, 0)
    FROM loyalty_pointsentry entry LEFT JOIN org_store store ON store.id = entry.store_id
    WHERE {entries}
    """  # noqa: S608 - constants of ours


FACTS_OF_DAY = facts(documents=_OF_DAY, entries="entry.business_day = %(day)s")
ALL_FACTS = facts(documents=_WITHIN.format(day="document.business_day"), entries="true")


def _write(table: str, source: str, *key: str) -> str:
    """Bring the day's rows of ``table`` to what ``source`` says; rows that are right stay untouched."""
    keys = ", ".join(("business_day", *PLACE, *key))
    same = " AND ".join(
        f"coalesce(fact.{name}, 0) = coalesce(kept.{name}, 0)" for name in (*PLACE, *key)
    )
    changed = _columns("{name} = excluded.{name}")
    return f"""
    WITH fact AS MATERIALIZED (
        SELECT {keys}, {SUMS} FROM ({source}) AS found GROUP BY {keys}
    ), gone AS (
        DELETE FROM {table} kept WHERE kept.business_day = %(day)s
            AND NOT EXISTS (SELECT FROM fact WHERE {same})
    )
    INSERT INTO {table} AS kept ({keys}, {NAMES}, rolled_up_at)
    SELECT {keys}, {NAMES}, %(now)s FROM fact
    ON CONFLICT ({keys}) DO UPDATE SET {changed}, rolled_up_at = excluded.rolled_up_at
    WHERE ({_columns("kept.{name}")}) IS DISTINCT FROM ({_columns("excluded.{name}")})
    """  # noqa: S608 - constants of ours


HOURS = _write("insights_storehour", FACTS_OF_DAY, "hour")
DAY = _write("insights_storeday", "SELECT * FROM insights_storehour WHERE business_day = %(day)s")
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('insights ' || %(day)s::date, 0))"

NEWEST = """
SELECT 'orders', coalesce(max(id), 0) FROM orders_orderevent
UNION ALL SELECT 'payments', coalesce(max(id), 0) FROM payments_paymentevent
UNION ALL SELECT 'points', coalesce(max(id), 0) FROM loyalty_pointsentry
UNION ALL SELECT 'clocks', coalesce(max(pgh_id), 0) FROM org_storeversion
"""


def _above(source: str) -> str:
    return f"(SELECT coalesce(max(low), 0) FROM insights_mark WHERE source = '{source}')"  # noqa: S608


TOUCHED = f"""
SELECT document.business_day
FROM orders_orderevent event JOIN orders_order document ON document.id = event.order_id
WHERE event.id > {_above("orders")}
UNION
SELECT document.business_day
FROM payments_paymentevent event JOIN payments_payment payment ON payment.id = event.payment_id
JOIN orders_order document ON document.id = payment.order_id
WHERE event.id > {_above("payments")}
UNION
SELECT entry.business_day FROM loyalty_pointsentry entry WHERE entry.id > {_above("points")}
"""  # noqa: S608 - constants of ours
"""Business days of what happened above the marks."""

CLOCKS = f"""
SELECT DISTINCT store.id
FROM org_storeversion former JOIN org_store store ON store.id = former.pgh_obj_id
    AND store.time_zone <> former.time_zone
WHERE former.pgh_id > {_above("clocks")}
"""  # noqa: S608 - constants of ours
"""Stores whose clock was changed above the mark."""

SPAN = """
SELECT min(day), max(day) FROM (
    SELECT min(business_day) AS day FROM orders_order UNION ALL SELECT max(business_day) FROM orders_order
    UNION ALL SELECT min(business_day) FROM loyalty_pointsentry
    UNION ALL SELECT max(business_day) FROM loyalty_pointsentry
    UNION ALL SELECT min(business_day) FROM insights_storehour
    UNION ALL SELECT max(business_day) FROM insights_storehour
) AS known
"""

_SUM = ", ".join(f"sum({name})" for name in MEASURES)
_NONE = ", ".join("0" for _name in MEASURES)
_OF_STORES = facts(
    documents=_WITHIN.format(day="document.business_day")
    + " AND document.store_id = ANY(%(stores)s)",
    entries="entry.store_id = ANY(%(stores)s)",
)
MOVED = f"""
SELECT DISTINCT business_day
FROM (
    SELECT business_day
    FROM (
        {_OF_STORES}
        UNION ALL
        SELECT business_day, store_id, franchisee_id, region_id, hour, {NEGATIVE}
        FROM insights_storehour WHERE store_id = ANY(%(stores)s)
    ) AS flow
    GROUP BY business_day, store_id, franchisee_id, region_id, hour
    HAVING NOT ({_SUM}) = ({_NONE})
) AS differing
"""  # noqa: S608 - constants of ours
"""Business days on which these stores' hours are not what their clocks say by now: none any more, once
they are rolled up again, while the mark still lags."""

PROOF = f"""
SELECT business_day::text AS key, bool_and(even) AS ok
FROM (
    SELECT business_day, ({_SUM}) = ({_NONE}) AS even
    FROM (
        {ALL_FACTS}
        UNION ALL
        SELECT business_day, store_id, franchisee_id, region_id, hour, {NEGATIVE}
        FROM insights_storehour
        UNION ALL
        SELECT business_day, store_id, franchisee_id, region_id, -1, {NAMES}
        FROM insights_storehour
        UNION ALL
        SELECT business_day, store_id, franchisee_id, region_id, -1, {NEGATIVE}
        FROM insights_storeday
    ) AS flow
    GROUP BY business_day, store_id, franchisee_id, region_id, hour
) AS compared
WHERE business_day NOT IN (
    {TOUCHED}
    UNION
    SELECT rolled.business_day FROM insights_storeday rolled WHERE rolled.store_id IN ({CLOCKS})
)
GROUP BY business_day
"""  # noqa: S608 - constants of ours
