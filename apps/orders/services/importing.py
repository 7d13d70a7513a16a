"""Orders that happened elsewhere: POS back-fill, migration, the demonstration brand.

Rows are copied into tables of the transaction, judged there, and written by one statement, however
many they are. Amounts are the source's own; a unit price is derived for display only. History may
name a closed store, a channel or SKU no longer in use, or a member who left; owner and region are
those of the store on the order's business day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.money import MAX_AMOUNT
from apps.orders import rules
from apps.orders.models import LineAdjustment
from apps.orders.services.placing import Place


class OrderRow(NamedTuple):
    """The head of one order. ``source_key`` is the source's own key, the rest are our codes."""

    source_key: str
    store: str
    channel: str
    member: str | None
    placed_at: datetime


class LineRow(NamedTuple):
    """One line: gross − Σ adjustments = net, minor units. Without a name the product's is taken."""

    source_key: str
    line_no: int
    sku: str
    quantity: Decimal | int
    gross: int
    net: int
    name: str = ""


class AdjustmentRow(NamedTuple):
    """What was taken off a line, minor units, > 0."""

    source_key: str
    line_no: int
    kind: str
    amount: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One staged order: what it comes to, whether we have it, and why it cannot be imported."""

    source_key: str
    net: int
    known: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """One order just written, as the flow hands it on. ``time_zone`` is the store's."""

    order_id: int
    number: str
    source_key: str
    place: Place
    member_id: int | None
    net: int
    placed_at: datetime
    time_zone: str


STAGE = (
    """DROP TABLE IF EXISTS pg_temp.import_order, pg_temp.import_line, pg_temp.import_adjustment,
        pg_temp.import_document""",
    """CREATE TEMP TABLE import_order (source_key text, store text, channel text, member text,
        placed_at timestamptz) ON COMMIT DROP""",
    """CREATE TEMP TABLE import_line (source_key text, line_no numeric, sku text, quantity numeric,
        gross numeric, net numeric, name text) ON COMMIT DROP""",
    """CREATE TEMP TABLE import_adjustment (source_key text, line_no numeric, kind text,
        amount numeric, source text) ON COMMIT DROP""",
    """CREATE TEMP TABLE import_document (source_key text, number text, store_id bigint,
        franchisee_id bigint, region_id bigint, business_day date, channel_id bigint,
        member_id bigint, placed_at timestamptz, time_zone text, gross numeric, net numeric,
        known boolean, reason text) ON COMMIT DROP""",
)
COPY_ORDERS = "COPY import_order FROM STDIN"
COPY_LINES = "COPY import_line FROM STDIN"
COPY_ADJUSTMENTS = "COPY import_adjustment FROM STDIN"
# The planner knows nothing of a table made a moment ago.
ANALYSE = "ANALYZE import_order, import_line, import_adjustment"

# "… IS NOT TRUE" also catches what compares as unknown: a missing value, NaN.
JUDGE = """
WITH head AS (
    SELECT source_key, count(*) AS heads, min(store) AS store, min(channel) AS channel,
        min(member) AS member, min(placed_at) AS placed_at
    FROM import_order GROUP BY source_key
), taken_off AS (
    SELECT source_key, line_no, sum(amount) AS amount,
        bool_or((amount BETWEEN 1 AND %(max_amount)s AND min_scale(amount) = 0
            AND length(source) <= 64) IS NOT TRUE) AS bad,
        bool_or((kind = ANY(%(kinds)s)) IS NOT TRUE) AS unknown
    FROM import_adjustment GROUP BY source_key, line_no
), body AS (
    SELECT source_key, count(line.sku) AS lines, sum(line.gross) AS gross, sum(line.net) AS net,
        count(*) > count(DISTINCT line_no) AS repeated,
        bool_or((line_no BETWEEN 1 AND 32767 AND min_scale(line_no) = 0
            AND length(line.name) <= 128) IS NOT TRUE) AS bad_line,
        bool_or(sku.id IS NULL) AS unknown_sku,
        bool_or(sku.kind = 'bundle' AND recipe.bundle_id IS NULL) AS empty_bundle,
        bool_or((line.quantity BETWEEN 0.001 AND %(max_quantity)s
            AND min_scale(line.quantity) <= 3) IS NOT TRUE OR sku.kind = 'bundle'
            AND (min_scale(line.quantity) > 0 OR line.quantity * recipe.most > %(max_quantity)s))
            AS bad_quantity,
        bool_or(coalesce(taken_off.bad, false) OR (line.gross <= %(max_amount)s
            AND line.net BETWEEN 0 AND line.gross
            AND min_scale(line.gross) + min_scale(line.net) = 0) IS NOT TRUE) AS bad_amount,
        bool_or(coalesce(taken_off.unknown, false)) AS unknown_adjustment,
        bool_or(line.gross IS DISTINCT FROM line.net + coalesce(taken_off.amount, 0)) AS differs
    FROM import_line line
    FULL JOIN taken_off USING (source_key, line_no)
    LEFT JOIN products_sku sku ON sku.code = line.sku
    LEFT JOIN (
        SELECT bundle_id, max(quantity) AS most FROM products_bundlecomponent GROUP BY bundle_id
    ) recipe ON recipe.bundle_id = sku.id
    GROUP BY source_key
), given AS (
    SELECT *, %(prefix)s || source_key AS number FROM head FULL JOIN body USING (source_key)
)
INSERT INTO import_document
SELECT given.source_key, given.number, store.id, tenure.franchisee_id, tenure.region_id,
    (given.placed_at AT TIME ZONE store.time_zone)::date, channel.id, member.id, given.placed_at,
    store.time_zone, given.gross, given.net, known.id IS NOT NULL,
    CASE
        WHEN known.id IS NOT NULL THEN ''
        WHEN given.heads IS NULL THEN 'order_missing'
        WHEN given.heads > 1 THEN 'duplicate_key'
        WHEN given.source_key = '' OR length(given.source_key) > 64 OR length(given.number) > 32
            THEN 'invalid_key'
        WHEN numbered.id IS NOT NULL THEN 'number_taken'
        WHEN store.id IS NULL THEN 'unknown_store'
        WHEN channel.id IS NULL THEN 'unknown_channel'
        WHEN given.member IS NOT NULL AND member.id IS NULL THEN 'unknown_member'
        WHEN (given.placed_at BETWEEN '1970-01-01' AND '2970-01-01') IS NOT TRUE THEN 'invalid_time'
        WHEN tenure.id IS NULL THEN 'no_owner_that_day'
        WHEN coalesce(given.lines, 0) = 0 THEN 'no_lines'
        WHEN given.lines > %(max_lines)s THEN 'too_many_lines'
        WHEN given.repeated THEN 'duplicate_line'
        WHEN given.bad_line THEN 'invalid_line'
        WHEN given.unknown_sku THEN 'unknown_sku'
        WHEN given.empty_bundle THEN 'bundle_empty'
        WHEN given.bad_quantity THEN 'invalid_quantity'
        WHEN given.unknown_adjustment THEN 'unknown_adjustment'
        WHEN given.bad_amount OR given.gross > %(max_amount)s THEN 'invalid_amount'
        WHEN given.differs THEN 'amounts_differ'
        ELSE ''
    END
FROM given
LEFT JOIN orders_order known ON known.source = %(source)s AND known.source_key = given.source_key
    AND known.source <> ''
LEFT JOIN orders_order numbered ON numbered.number = given.number
LEFT JOIN org_store store ON store.code = given.store
LEFT JOIN org_tenure tenure ON tenure.store_id = store.id
    AND tenure.starts_on <= (given.placed_at AT TIME ZONE store.time_zone)::date
    AND coalesce(tenure.ends_on, 'infinity') > (given.placed_at AT TIME ZONE store.time_zone)::date
LEFT JOIN org_channel channel ON channel.code = given.channel
LEFT JOIN members_member member ON member.number = given.member
"""

JUDGED = """
SELECT source_key, CASE reason WHEN '' THEN net ELSE 0 END, known, reason
FROM import_document ORDER BY source_key
"""

# Two imports of the same orders wait for each other in key order; the later one finds them known.
CREATE = """
WITH fresh AS (
    INSERT INTO orders_order (number, store_id, franchisee_id, region_id, business_day, channel_id,
        member_id, status, placed_at, pay_until, gross_amount, discount_amount, net_amount,
        source, source_key)
    SELECT number, store_id, franchisee_id, region_id, business_day, channel_id, member_id,
        %(status)s, placed_at, NULL, gross, gross - net, net, %(source)s, source_key
    FROM import_document
    WHERE reason = '' AND NOT known AND source_key <> ALL(%(refused)s)
    ORDER BY source_key
    ON CONFLICT DO NOTHING
    RETURNING id, number, source_key, store_id, franchisee_id, region_id, business_day, member_id,
        net_amount, placed_at
), new_lines AS (
    INSERT INTO orders_orderline (order_id, line_no, sku_id, name, quantity, unit_price, price_list,
        gross_amount, discount_amount, net_amount, kind)
    SELECT fresh.id, line.line_no, sku.id, coalesce(nullif(line.name, ''), product.name),
        line.quantity, NULL, '', line.gross, line.gross - line.net, line.net, sku.kind
    FROM fresh
    JOIN import_line line USING (source_key)
    JOIN products_sku sku ON sku.code = line.sku
    JOIN products_product product ON product.id = sku.product_id
    ORDER BY fresh.id, line.line_no
    RETURNING id, order_id, line_no, sku_id, quantity, kind
), new_components AS (
    INSERT INTO orders_linecomponent (line_id, sku_id, quantity)
    SELECT new_lines.id, part.component_id, part.quantity * new_lines.quantity
    FROM new_lines JOIN products_bundlecomponent part ON part.bundle_id = new_lines.sku_id
    WHERE new_lines.kind = 'bundle'
    ORDER BY new_lines.id, part.component_id
), new_adjustments AS (
    INSERT INTO orders_lineadjustment (line_id, kind, source, amount)
    SELECT new_lines.id, given.kind, given.source, given.amount
    FROM new_lines
    JOIN fresh ON fresh.id = new_lines.order_id
    JOIN import_adjustment given
        ON given.source_key = fresh.source_key AND given.line_no = new_lines.line_no
    ORDER BY new_lines.id, given.kind
), new_events AS (
    INSERT INTO orders_orderevent (order_id, from_status, to_status, at, actor, reason)
    SELECT id, %(new)s, %(status)s, placed_at, %(actor)s, '' FROM fresh ORDER BY id
)
SELECT fresh.id, fresh.number, source_key, fresh.store_id, fresh.franchisee_id, fresh.region_id,
    fresh.business_day, fresh.member_id, fresh.net_amount, fresh.placed_at, document.time_zone
FROM fresh JOIN import_document document USING (source_key)
ORDER BY fresh.id
"""


def stage_import(
    *,
    source: str,
    prefix: str,
    orders: Sequence[OrderRow],
    lines: Sequence[LineRow],
    adjustments: Sequence[AdjustmentRow],
) -> list[Judged]:
    """Copy the rows into tables of this transaction and judge every order; nothing is kept yet.

    An order's number will be ``prefix`` and its source key. The first reason found stands.
    """
    for statement in STAGE:
        sql.rows(statement, {})
    sql.copy(COPY_ORDERS, orders)
    sql.copy(COPY_LINES, lines)
    sql.copy(COPY_ADJUSTMENTS, adjustments)
    sql.rows(ANALYSE, {})
    sql.rows(
        JUDGE,
        {
            "source": source,
            "prefix": prefix,
            "kinds": LineAdjustment.Kind.values,
            "max_amount": MAX_AMOUNT,
            "max_quantity": rules.MAX_QUANTITY,
            "max_lines": rules.MAX_LINES,
        },
    )
    return [
        Judged(key, int(net or 0), known, reason)
        for key, net, known, reason in sql.rows(JUDGED, {})
    ]


def create_imported(actor: Actor, *, source: str, refused: Sequence[str] = ()) -> list[Imported]:
    """Write the staged orders that are new and faultless, as completed; in id order.

    ``refused`` are source keys that somebody above would not take. One statement for order, lines,
    adjustments and first event.
    """
    found = sql.rows(
        CREATE,
        {
            "source": source,
            "status": rules.COMPLETED,
            "new": rules.NEW,
            "actor": actor.caller,
            "refused": list(refused),
        },
    )
    return [_imported(*line) for line in found]


def _imported(
    order_id: int,
    number: str,
    source_key: str,
    store_id: int,
    franchisee_id: int | None,
    region_id: int,
    business_day: date,
    *rest: object,
) -> Imported:
    place = Place(store_id, franchisee_id, region_id, business_day)
    return Imported(order_id, number, source_key, place, *rest)  # type: ignore[arg-type]
