"""The business content of a database: every row the load makes, by business keys, without ids."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

STATEMENTS = {
    "load": "SELECT source, shift_weeks FROM demo_demoload",
    "stores": """SELECT s.code, s.name, s.name_en, r.code, f.code, s.time_zone FROM org_store s
        JOIN org_region r ON r.id = s.region_id LEFT JOIN org_franchisee f ON f.id = s.franchisee_id""",
    "skus": """SELECT s.code, p.code, p.name, p.name_en, p.brand, c.code, c.name, s.unit, b.code, v.amount
        FROM products_sku s JOIN products_product p ON p.id = s.product_id
        JOIN products_category c ON c.id = p.category_id
        JOIN products_barcode b ON b.sku_id = s.id JOIN products_price v ON v.sku_id = s.id""",
    "members": """SELECT m.number, encode(m.name_index, 'hex'), s.code, m.enrolled_at, i.kind,
        encode(x.value, 'hex') FROM members_member m JOIN org_store s ON s.id = m.home_store_id
        JOIN members_identity i ON i.member_id = m.id
        JOIN members_identityindex x ON x.identity_id = i.id""",
    "orders": """SELECT o.number, s.code, f.code, r.code, o.business_day, c.code, m.number, o.status,
        o.placed_at, o.gross_amount, o.discount_amount, o.net_amount, o.source, o.source_key
        FROM orders_order o JOIN org_store s ON s.id = o.store_id JOIN org_region r ON r.id = o.region_id
        LEFT JOIN org_franchisee f ON f.id = o.franchisee_id JOIN org_channel c ON c.id = o.channel_id
        JOIN members_member m ON m.id = o.member_id""",
    "lines": """SELECT o.number, l.line_no, k.code, l.name, l.quantity, l.gross_amount,
        l.discount_amount, l.net_amount, a.kind, a.amount FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id JOIN products_sku k ON k.id = l.sku_id
        LEFT JOIN orders_lineadjustment a ON a.line_id = l.id""",
    "events": """SELECT o.number, e.from_status, e.to_status, e.at FROM orders_orderevent e
        JOIN orders_order o ON o.id = e.order_id""",
    "payments": """SELECT p.number, o.number, p.status, p.amount, p.settled_at, t.kind, t.amount
        FROM payments_payment p JOIN orders_order o ON o.id = p.order_id
        JOIN payments_tender t ON t.payment_id = p.id""",
    "payment events": """SELECT p.number, e.kind, e.amount, e.at FROM payments_paymentevent e
        JOIN payments_payment p ON p.id = e.payment_id""",
    "points": """SELECT m.number, e.reference, e.points, e.at, l.points, l.remaining, l.expires_at
        FROM loyalty_pointsentry e JOIN members_member m ON m.id = e.member_id
        JOIN loyalty_pointslot l ON l.entry_id = e.id""",
    "balances": """SELECT m.number, a.balance FROM loyalty_pointsaccount a
        JOIN members_member m ON m.id = a.member_id""",
    "movements": """SELECT v.kind, k.code, a.code, b.code, v.quantity, v.reference, v.at, v.business_day,
        s.code FROM inventory_movement v JOIN products_sku k ON k.id = v.sku_id
        JOIN inventory_location a ON a.id = v.from_location_id
        JOIN inventory_location b ON b.id = v.to_location_id JOIN org_store s ON s.id = v.store_id""",
    "stock": """SELECT k.code, a.code, t.on_hand, t.reserved FROM inventory_stock t
        JOIN products_sku k ON k.id = t.sku_id JOIN inventory_location a ON a.id = t.location_id""",
}


def of_database() -> dict[str, list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        found = {}
        for name, statement in STATEMENTS.items():
            cursor.execute(statement)
            found[name] = sorted(cursor.fetchall(), key=repr)
        return found


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What is written inside is gone afterwards; flows that open a transaction still may."""
    savepoint = transaction.savepoint()
    yield
    transaction.savepoint_rollback(savepoint)
