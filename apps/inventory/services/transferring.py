"""All goods of one location go to another."""

from datetime import datetime
from typing import Any

from apps.common import sql
from apps.inventory.models import Location
from apps.orders.services import Place

# Rows of both locations are locked in the house's order; where the SKU has no row yet at the target,
# the last part makes one.
MOVE_ALL = """
WITH locked AS MATERIALIZED (
    SELECT stock.id, stock.sku_id, stock.location_id, stock.on_hand
    FROM inventory_stock stock
    WHERE stock.location_id IN (%(origin)s, %(target)s) AND stock.sku_id IN (
        SELECT sku_id FROM inventory_stock WHERE location_id = %(origin)s)
    ORDER BY stock.sku_id, stock.location_id
    FOR UPDATE OF stock
), taken AS (
    UPDATE inventory_stock stock SET on_hand = stock.on_hand - locked.on_hand
    FROM locked
    WHERE stock.id = locked.id AND locked.location_id = %(origin)s AND locked.on_hand > 0
    RETURNING stock.sku_id, locked.on_hand AS quantity
), moved AS (
    INSERT INTO inventory_movement (kind, sku_id, from_location_id, to_location_id, quantity,
        order_id, reference, store_id, franchisee_id, region_id, business_day, at, reason)
    SELECT 'transfer', sku_id, %(origin)s, %(target)s, quantity, NULL, %(reference)s, %(store_id)s,
        %(franchisee_id)s, %(region_id)s, %(business_day)s, %(at)s, %(reason)s
    FROM taken ORDER BY sku_id
    RETURNING sku_id, quantity
), put AS (
    INSERT INTO inventory_stock AS stock (sku_id, location_id, on_hand, reserved)
    SELECT sku_id, %(target)s, quantity, 0 FROM moved ORDER BY sku_id
    ON CONFLICT ON CONSTRAINT stock_once DO UPDATE SET on_hand = stock.on_hand + EXCLUDED.on_hand
)
SELECT count(*) FROM moved
"""


def move_all(place: Place, target: Location, *, reference: str, reason: str, at: datetime) -> int:
    """Everything at the store of ``place`` goes to ``target``; how many SKUs. One statement.

    Nothing there may be reserved. The movements are those of the store that gives, under its owner.
    """
    origin = Location.objects.get(store_id=place.store_id)
    parameters: dict[str, Any] = {
        "origin": origin.pk,
        "target": target.pk,
        "store_id": place.store_id,
        "franchisee_id": place.franchisee_id,
        "region_id": place.region_id,
        "business_day": place.business_day,
        "reference": reference,
        "reason": reason,
        "at": at,
    }
    return int(sql.rows(MOVE_ALL, parameters)[0][0])
