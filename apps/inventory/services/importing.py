"""Goods of many documents at once: receipts of many stores, and the sales of imported orders.

The rules of one sale hold: quantities are summed per SKU and location, stock rows are locked in
that order, and a shortage is OutOfStock for the whole transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.errors import Unprocessable
from apps.inventory.services.moving import OutOfStock
from apps.orders.selectors import TAKEN


class UnknownReceipt(Unprocessable):
    code = "unknown_receipt"
    message = _("%(count)s received lines name a store or SKU that does not exist.")


class ReceiptRow(NamedTuple):
    """Goods of one SKU that arrived at a store from the supplier, under ``reference``."""

    store: str
    sku: str
    quantity: Decimal | int
    reference: str
    at: datetime


# Receipts change stock before sales do, so one statement takes every row of both in the house's order
# first, and makes those that are not there yet: a row inserted later would be locked out of turn.
# "WHERE false" locks and writes nothing.
LOCK_GOODS = f"""
INSERT INTO inventory_stock AS stock (sku_id, location_id, on_hand, reserved)
SELECT sku_id, location_id, 0, 0
FROM (
    SELECT sku.id AS sku_id, location.id AS location_id
    FROM unnest(%(store)s::text[], %(sku)s::text[]) AS line (store, sku)
    JOIN org_store store ON store.code = line.store
    JOIN inventory_location location ON location.store_id = store.id
    JOIN products_sku sku ON sku.code = line.sku
    UNION
    SELECT line.sku_id, location.id
    FROM orders_order document
    JOIN ({TAKEN}) line ON line.order_id = document.id
    JOIN inventory_location location ON location.store_id = document.store_id
    WHERE line.order_id = ANY(%(order_ids)s)
) goods
ORDER BY sku_id, location_id
ON CONFLICT ON CONSTRAINT stock_once DO UPDATE SET on_hand = stock.on_hand WHERE false
"""  # noqa: S608 - constants of these modules

RECEIVE_GOODS = """
WITH given AS MATERIALIZED (
    SELECT sku.id AS sku_id, location.id AS location_id, line.quantity, line.reference, line.at,
        store.id AS store_id, tenure.franchisee_id, tenure.region_id,
        (line.at AT TIME ZONE store.time_zone)::date AS business_day
    FROM unnest(%(store)s::text[], %(sku)s::text[], %(quantity)s::numeric[], %(reference)s::text[],
        %(at)s::timestamptz[]) AS line (store, sku, quantity, reference, at)
    JOIN org_store store ON store.code = line.store
    JOIN org_tenure tenure ON tenure.store_id = store.id
        AND tenure.starts_on <= (line.at AT TIME ZONE store.time_zone)::date
        AND coalesce(tenure.ends_on, 'infinity') > (line.at AT TIME ZONE store.time_zone)::date
    JOIN inventory_location location ON location.store_id = store.id
    JOIN products_sku sku ON sku.code = line.sku AND sku.kind = 'goods'
    FOR KEY SHARE OF sku
), moved AS (
    INSERT INTO inventory_movement (kind, sku_id, from_location_id, to_location_id, quantity,
        order_id, reference, store_id, franchisee_id, region_id, business_day, at, reason)
    SELECT 'receipt', sku_id, (SELECT id FROM inventory_location WHERE kind = 'supplier'),
        location_id, quantity, NULL, reference, store_id, franchisee_id, region_id, business_day, at,
        'received'
    FROM given ORDER BY sku_id, location_id
    ON CONFLICT ON CONSTRAINT movement_once DO NOTHING
    RETURNING sku_id, to_location_id, quantity
), stocked AS (
    INSERT INTO inventory_stock AS stock (sku_id, location_id, on_hand, reserved)
    SELECT sku_id, to_location_id, sum(quantity), 0 FROM moved GROUP BY sku_id, to_location_id
    ORDER BY sku_id, to_location_id
    ON CONFLICT ON CONSTRAINT stock_once DO UPDATE SET on_hand = stock.on_hand + EXCLUDED.on_hand
)
SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM moved)
"""

SELL_ORDERS = f"""
WITH sold AS MATERIALIZED (
    SELECT document.id AS order_id, line.sku_id, location.id AS location_id,
        sum(line.quantity) AS quantity
    FROM orders_order document
    JOIN ({TAKEN}) line ON line.order_id = document.id
    LEFT JOIN inventory_location location ON location.store_id = document.store_id
    WHERE line.order_id = ANY(%(order_ids)s)
    GROUP BY document.id, line.sku_id, location.id
), wanted AS MATERIALIZED (
    SELECT sku_id, location_id, sum(quantity) AS quantity
    FROM sold GROUP BY sku_id, location_id
), locked AS MATERIALIZED (
    SELECT stock.id, wanted.quantity
    FROM inventory_stock stock
    JOIN wanted ON wanted.sku_id = stock.sku_id AND wanted.location_id = stock.location_id
    ORDER BY stock.sku_id, stock.location_id
    FOR UPDATE OF stock
), taken AS (
    UPDATE inventory_stock stock SET on_hand = stock.on_hand - locked.quantity
    FROM locked
    WHERE stock.id = locked.id AND stock.on_hand - stock.reserved >= locked.quantity
    RETURNING stock.sku_id, stock.location_id
), moved AS (
    INSERT INTO inventory_movement (kind, sku_id, from_location_id, to_location_id, quantity,
        order_id, reference, store_id, franchisee_id, region_id, business_day, at, reason)
    SELECT 'sale', sold.sku_id, sold.location_id,
        (SELECT id FROM inventory_location WHERE kind = 'customer'), sold.quantity, document.id,
        document.number, document.store_id, document.franchisee_id, document.region_id,
        document.business_day, document.placed_at, 'sold'
    FROM sold
    JOIN taken USING (sku_id, location_id)
    JOIN orders_order document ON document.id = sold.order_id
    ORDER BY document.id, sold.sku_id
)
SELECT DISTINCT sku.code
FROM wanted
JOIN products_sku sku ON sku.id = wanted.sku_id
LEFT JOIN taken ON taken.sku_id = wanted.sku_id AND taken.location_id = wanted.location_id
WHERE taken.sku_id IS NULL
ORDER BY sku.code
"""  # noqa: S608 - constants of these modules


def move_goods(receipts: Sequence[ReceiptRow], order_ids: Sequence[int]) -> int:
    """Goods arrive at many stores, then those on the lines of these orders leave; how many received
    lines were new.

    What was received before under the same reference is not received again. A receipt is kept under
    the owner and region of its store's business day. Raises UnknownReceipt, also where nobody owned
    the store on that day or the SKU is no goods, OutOfStock naming the SKUs that are short anywhere;
    nothing may be kept then.
    """
    if receipts:
        sql.rows(LOCK_GOODS, _where(receipts) | {"order_ids": list(order_ids)})
    received = _receive(receipts)
    _sell(order_ids)
    return received


def _where(receipts: Sequence[ReceiptRow]) -> dict[str, list[str]]:
    return {"store": [line.store for line in receipts], "sku": [line.sku for line in receipts]}


def _receive(receipts: Sequence[ReceiptRow]) -> int:
    if not receipts:
        return 0
    parameters = _where(receipts) | {
        "quantity": [line.quantity for line in receipts],
        "reference": [line.reference for line in receipts],
        "at": [line.at for line in receipts],
    }
    given, moved = sql.rows(RECEIVE_GOODS, parameters)[0]
    if given < len(receipts):
        count = len(receipts) - given
        raise UnknownReceipt(fields={"receipts": count}, count=count)
    return int(moved)


def _sell(order_ids: Sequence[int]) -> None:
    """A movement per order and SKU."""
    short = [line[0] for line in sql.rows(SELL_ORDERS, {"order_ids": list(order_ids)})]
    if short:
        raise OutOfStock(fields={"skus": short}, skus=", ".join(short[:10]))
