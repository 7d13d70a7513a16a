"""Lines of ``manage.py prove`` about stock: balances, promises, and what left with each order."""

from django.utils.translation import gettext_lazy as _

from apps.common.invariants import Invariant
from apps.orders.selectors import TAKEN

STOCK_KEY = """
    (SELECT code FROM products_sku WHERE id = sku_id) || ' @ '
    || (SELECT code FROM inventory_location WHERE id = location_id)
"""
ORDER_KEY = """
    coalesce((SELECT number FROM orders_order WHERE id = order_id), '?') || ' '
    || (SELECT code FROM products_sku WHERE id = sku_id)
"""

INVARIANTS = (
    Invariant(
        "inventory.on_hand",
        _("Stock on hand is what came in less what went out, and only physical locations keep it"),
        """
        SELECT sku_id, location_id,
            balance = 0 AND kept AND place.kind IN ('store', 'warehouse') AS ok
        FROM (
            SELECT sku_id, location_id, sum(quantity) AS balance, bool_or(kept) AS kept
            FROM (
                SELECT sku_id, to_location_id AS location_id, quantity, false AS kept
                FROM inventory_movement
                UNION ALL
                SELECT sku_id, from_location_id, -quantity, false FROM inventory_movement
                UNION ALL
                SELECT sku_id, location_id, -on_hand, true FROM inventory_stock
            ) flow
            GROUP BY sku_id, location_id
        ) stock
        JOIN inventory_location place ON place.id = location_id
        WHERE kept OR place.kind IN ('store', 'warehouse')
        """,
        key=STOCK_KEY,
    ),
    Invariant(
        "inventory.reserved",
        _("Reserved stock is the sum of the open reservations"),
        """
        SELECT sku_id, location_id,
            coalesce(stock.reserved, 0) = coalesce(promised.quantity, 0) AS ok
        FROM inventory_stock stock
        FULL JOIN (
            SELECT sku_id, location_id, sum(quantity) AS quantity
            FROM inventory_reservation WHERE status = 'open' GROUP BY sku_id, location_id
        ) promised USING (sku_id, location_id)
        """,
        key=STOCK_KEY,
    ),
    Invariant(
        "inventory.promised",
        _("What waits for payment is reserved exactly, and nothing else is"),
        f"""
        SELECT order_id, sku_id, balance = 0 AS ok
        FROM (
            SELECT order_id, sku_id, sum(quantity) AS balance
            FROM (
                SELECT line.order_id, line.sku_id, line.quantity
                FROM ({TAKEN}) line JOIN orders_order document
                    ON document.id = line.order_id AND document.status = 'pending_payment'
                UNION ALL
                SELECT order_id, sku_id, -quantity
                FROM inventory_reservation WHERE status = 'open'
            ) promise
            GROUP BY order_id, sku_id
        ) promised
        """,  # noqa: S608 - a constant
        key=ORDER_KEY,
    ),
    Invariant(
        "inventory.reservations",
        _("A reservation is open, committed or released as its order is, at its order's store"),
        """
        SELECT promised.order_id, promised.sku_id, place.store_id = document.store_id AND promised.status = CASE
                WHEN document.status = 'pending_payment' THEN 'open'
                WHEN document.status = 'cancelled' THEN 'released'
                ELSE 'committed' END AS ok
        FROM inventory_reservation promised
        JOIN orders_order document ON document.id = promised.order_id
        JOIN inventory_location place ON place.id = promised.location_id
        """,
        key=ORDER_KEY,
    ),
    Invariant(
        "inventory.sold",
        _("What was paid for left the stock exactly once, and nothing else did"),
        f"""
        SELECT order_id, sku_id, balance = 0 AS ok
        FROM (
            SELECT order_id, sku_id, sum(quantity) AS balance
            FROM (
                SELECT line.order_id, line.sku_id, line.quantity
                FROM ({TAKEN}) line JOIN orders_order document
                    ON document.id = line.order_id AND document.status IN ('paid', 'completed')
                UNION ALL
                SELECT order_id, sku_id, -quantity FROM inventory_movement WHERE kind = 'sale'
            ) sale
            GROUP BY order_id, sku_id
        ) sold
        """,  # noqa: S608 - a constant
        key=ORDER_KEY,
    ),
    Invariant(
        "inventory.movements",
        _("A movement runs between the right places, under its order's store, owner and region"),
        """
        SELECT movement.reference || ' ' || (
                SELECT code FROM products_sku WHERE id = movement.sku_id) AS key,
            CASE movement.kind
                WHEN 'receipt' THEN origin.kind = 'supplier' AND movement.order_id IS NULL
                    AND target.store_id = movement.store_id
                WHEN 'sale' THEN target.kind = 'customer' AND origin.store_id = movement.store_id
                    AND document.store_id = movement.store_id
                    AND document.franchisee_id IS NOT DISTINCT FROM movement.franchisee_id
                    AND document.region_id = movement.region_id
                    AND document.business_day = movement.business_day
                WHEN 'transfer' THEN origin.store_id = movement.store_id
                    AND target.kind IN ('store', 'warehouse') AND movement.order_id IS NULL
            END AS ok
        FROM inventory_movement movement
        JOIN inventory_location origin ON origin.id = movement.from_location_id
        JOIN inventory_location target ON target.id = movement.to_location_id
        LEFT JOIN orders_order document ON document.id = movement.order_id
        """,
    ),
)
