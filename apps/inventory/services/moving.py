"""Writes of the inventory center.

Every statement sums its lines per SKU first, locks the stock rows in (SKU, location) order, and
changes them only where the goods are there: fewer rows back than asked for is OutOfStock, and the
transaction rolls back. Rows that cannot be there are not clamped, skipped or invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.errors import Conflict
from apps.inventory.models import Location
from apps.orders.services import Place
from apps.org.models import Store, Warehouse


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = _("Not enough stock: %(skus)s.")


@dataclass(frozen=True, slots=True)
class Cause:
    """What moved the goods: the order, its public number, where and when."""

    order_id: int
    number: str
    place: Place
    at: datetime


# The parts that the statements below share; each names the rows by which the next goes on.
LOCKED_WANTED = """wanted AS (
    SELECT * FROM unnest(%(sku_id)s::bigint[], %(quantity)s::numeric[]) AS line (sku_id, quantity)
), locked AS MATERIALIZED (
    SELECT stock.id, wanted.quantity
    FROM inventory_stock stock
    JOIN wanted ON wanted.sku_id = stock.sku_id
    WHERE stock.location_id = (SELECT id FROM inventory_location WHERE store_id = %(store_id)s)
    ORDER BY stock.sku_id, stock.location_id
    FOR UPDATE OF stock
)"""

LOCKED_PROMISED = """locked AS MATERIALIZED (
    SELECT stock.id, promised.id AS reservation_id, promised.quantity
    FROM inventory_reservation promised
    JOIN inventory_stock stock
      ON stock.sku_id = promised.sku_id AND stock.location_id = promised.location_id
    WHERE promised.order_id = %(order_id)s AND promised.status = 'open'
    ORDER BY stock.sku_id, stock.location_id
    FOR UPDATE OF promised, stock
)"""

MOVED_TO_CUSTOMER = """moved AS (
    INSERT INTO inventory_movement (kind, sku_id, from_location_id, to_location_id, quantity,
        order_id, reference, store_id, franchisee_id, region_id, business_day, at, reason)
    SELECT 'sale', taken.sku_id, taken.location_id,
        (SELECT id FROM inventory_location WHERE kind = 'customer'), taken.quantity,
        %(order_id)s, %(reference)s, %(store_id)s, %(franchisee_id)s, %(region_id)s,
        %(business_day)s, %(at)s, 'sold'
    FROM taken
)"""

SELL = f"""
WITH {LOCKED_WANTED}, taken AS (
    UPDATE inventory_stock stock SET on_hand = stock.on_hand - locked.quantity
    FROM locked
    WHERE stock.id = locked.id AND stock.on_hand - stock.reserved >= locked.quantity
    RETURNING stock.sku_id, stock.location_id, locked.quantity
), {MOVED_TO_CUSTOMER}
SELECT sku_id FROM taken
"""  # noqa: S608 - constants of this module

RESERVE = f"""
WITH {LOCKED_WANTED}, taken AS (
    UPDATE inventory_stock stock SET reserved = stock.reserved + locked.quantity
    FROM locked
    WHERE stock.id = locked.id AND stock.on_hand - stock.reserved >= locked.quantity
    RETURNING stock.sku_id, stock.location_id, locked.quantity
), promised AS (
    INSERT INTO inventory_reservation (order_id, sku_id, location_id, quantity, status, expires_at)
    SELECT %(order_id)s, taken.sku_id, taken.location_id, taken.quantity, 'open', %(expires_at)s
    FROM taken
)
SELECT sku_id FROM taken
"""  # noqa: S608 - constants of this module

COMMIT = f"""
WITH {LOCKED_PROMISED}, taken AS (
    UPDATE inventory_stock stock
    SET on_hand = stock.on_hand - locked.quantity, reserved = stock.reserved - locked.quantity
    FROM locked WHERE stock.id = locked.id
    RETURNING stock.sku_id, stock.location_id, locked.quantity
), ended AS (
    UPDATE inventory_reservation promised SET status = 'committed'
    FROM locked WHERE promised.id = locked.reservation_id
), {MOVED_TO_CUSTOMER}
SELECT sku_id FROM taken
"""  # noqa: S608 - constants of this module

RELEASE = f"""
WITH {LOCKED_PROMISED}, freed AS (
    UPDATE inventory_stock stock SET reserved = stock.reserved - locked.quantity
    FROM locked WHERE stock.id = locked.id
    RETURNING stock.sku_id
), ended AS (
    UPDATE inventory_reservation promised SET status = 'released'
    FROM locked WHERE promised.id = locked.reservation_id
)
SELECT sku_id FROM freed
"""  # noqa: S608 - constants of this module

# Whoever changes the kind of a SKU waits for goods of it that arrive; a foreign key would see to that at
# the commit only.
RECEIVE = """
WITH held AS MATERIALIZED (
    SELECT id FROM products_sku WHERE id = ANY(%(sku_id)s::bigint[]) FOR KEY SHARE
), given AS (
    SELECT line.* FROM unnest(%(sku_id)s::bigint[], %(quantity)s::numeric[]) AS line (sku_id, quantity)
    JOIN held ON held.id = line.sku_id
), target AS (
    SELECT id FROM inventory_location WHERE store_id = %(store_id)s
), moved AS (
    INSERT INTO inventory_movement (kind, sku_id, from_location_id, to_location_id, quantity,
        order_id, reference, store_id, franchisee_id, region_id, business_day, at, reason)
    SELECT 'receipt', given.sku_id, (SELECT id FROM inventory_location WHERE kind = 'supplier'),
        target.id, given.quantity, NULL, %(reference)s, %(store_id)s, %(franchisee_id)s, %(region_id)s,
        %(business_day)s, %(at)s, 'received'
    FROM given LEFT JOIN target ON true  -- a store without a location is refused, not passed over
    ON CONFLICT ON CONSTRAINT movement_once DO NOTHING
    RETURNING sku_id, to_location_id, quantity
)
INSERT INTO inventory_stock AS stock (sku_id, location_id, on_hand, reserved)
SELECT sku_id, to_location_id, quantity, 0 FROM moved ORDER BY sku_id, to_location_id
ON CONFLICT ON CONSTRAINT stock_once DO UPDATE SET on_hand = stock.on_hand + EXCLUDED.on_hand
RETURNING stock.sku_id
"""


def sell(cause: Cause, wanted: Mapping[int, Decimal], codes: Mapping[int, str]) -> None:
    """Goods leave the store with the shopper. ``wanted`` is quantity by SKU id, summed.

    Raises OutOfStock naming the SKUs (``codes``) that are short; nothing may be kept then.
    """
    taken = sql.rows(SELL, _line_parameters(cause, wanted))
    _require_all(wanted, taken, codes)


def reserve_for_order(
    cause: Cause, wanted: Mapping[int, Decimal], codes: Mapping[int, str], *, expires_at: datetime
) -> None:
    """Goods are promised to an unpaid order until ``expires_at``. Raises OutOfStock as ``sell``."""
    parameters = _line_parameters(cause, wanted) | {"expires_at": expires_at}
    _require_all(wanted, sql.rows(RESERVE, parameters), codes)


def commit_reservations(cause: Cause) -> int:
    """The promised goods leave; how many SKUs. The order row is locked by the caller."""
    return len(sql.rows(COMMIT, _cause_parameters(cause)))


def release_reservations(order_id: int) -> int:
    """The promised goods are free again; how many SKUs. The order row is locked by the caller."""
    return len(sql.rows(RELEASE, {"order_id": order_id}))


def receive(place: Place, received: Mapping[int, Decimal], *, reference: str, at: datetime) -> int:
    """Goods arrive from the supplier; how many SKUs. A SKU received before under the same
    reference is not received again."""
    parameters = {
        **_place_parameters(place),
        "reference": reference,
        "at": at,
        "sku_id": list(received),
        "quantity": list(received.values()),
    }
    return len(sql.rows(RECEIVE, parameters))


def ensure_virtual_locations() -> None:
    """Supplier, customer and scrap: the far ends of every movement."""
    for kind in Location.VIRTUAL_KINDS:
        Location.objects.get_or_create(kind=kind, defaults={"code": kind.upper()})


def create_store_location(store: Store) -> Location:
    """The stock location of a store; the same one if it is there already."""
    location, _created = Location.objects.get_or_create(
        store=store, defaults={"code": store.code, "kind": Location.Kind.STORE}
    )
    return location


def create_warehouse_location(warehouse: Warehouse) -> Location:
    """The stock location of a warehouse; the same one if it is there already."""
    location, _created = Location.objects.get_or_create(
        warehouse=warehouse, defaults={"code": warehouse.code, "kind": Location.Kind.WAREHOUSE}
    )
    return location


def _require_all(
    wanted: Mapping[int, Decimal], taken: list[tuple[Any, ...]], codes: Mapping[int, str]
) -> None:
    short = wanted.keys() - {line[0] for line in taken}
    if short:
        names = sorted(codes[sku_id] for sku_id in short)
        raise OutOfStock(fields={"skus": names}, skus=", ".join(names[:10]))


def _line_parameters(cause: Cause, wanted: Mapping[int, Decimal]) -> dict[str, Any]:
    return _cause_parameters(cause) | {
        "sku_id": list(wanted),
        "quantity": list(wanted.values()),
    }


def _cause_parameters(cause: Cause) -> dict[str, Any]:
    return {
        **_place_parameters(cause.place),
        "order_id": cause.order_id,
        "reference": cause.number,
        "at": cause.at,
    }


def _place_parameters(place: Place) -> dict[str, Any]:
    return {
        "store_id": place.store_id,
        "franchisee_id": place.franchisee_id,
        "region_id": place.region_id,
        "business_day": place.business_day,
    }
