"""Lines of ``manage.py prove`` about the order document: its lines, its sums, its history."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from apps.common.invariants import Invariant
from apps.orders.rules import TRANSITIONS

OVERDUE_GRACE = timedelta(minutes=10)
"""How long after its time an unpaid order may wait for the sweep."""

LINE_KEY = "(SELECT number FROM orders_order WHERE id = order_id) || '/' || line_no"

INVARIANTS = (
    Invariant(
        "orders.amounts",
        _("Gross, discount and net of an order are the sums of its lines"),
        """
        SELECT document.number AS key,
            document.gross_amount = lines.gross AND document.discount_amount = lines.discount
            AND document.net_amount = lines.net AS ok
        FROM orders_order document
        LEFT JOIN (
            SELECT order_id, sum(gross_amount) AS gross, sum(discount_amount) AS discount,
                sum(net_amount) AS net
            FROM orders_orderline GROUP BY order_id
        ) lines ON lines.order_id = document.id
        """,
    ),
    Invariant(
        "orders.line_price",
        _("A line's gross amount is unit price × quantity, rounded half up"),
        """
        SELECT line.order_id, line.line_no,
            line.gross_amount = round(line.unit_price * line.quantity) AS ok
        FROM orders_orderline line
        JOIN orders_order document ON document.id = line.order_id
        WHERE line.unit_price IS NOT NULL OR document.source = ''
        """,
        key=LINE_KEY,
    ),
    Invariant(
        "orders.components",
        _("A line that sold a bundle says what it took of each component, and no other line does"),
        """
        SELECT line.order_id, line.line_no,
            (line.kind = 'bundle') = (parts.line_id IS NOT NULL) AS ok
        FROM orders_orderline line
        LEFT JOIN (SELECT DISTINCT line_id FROM orders_linecomponent) parts
            ON parts.line_id = line.id
        """,
        key=LINE_KEY,
    ),
    Invariant(
        "orders.line_discount",
        _("A line's discount is the sum of its adjustments"),
        """
        SELECT line.order_id, line.line_no,
            line.discount_amount = coalesce(given.amount, 0) AS ok
        FROM orders_orderline line
        LEFT JOIN (
            SELECT line_id, sum(amount) AS amount FROM orders_lineadjustment GROUP BY line_id
        ) given ON given.line_id = line.id
        """,
        key=LINE_KEY,
    ),
    Invariant(
        "orders.events",
        _("An order's events lead from the start to its status by allowed steps"),
        # A step back from the order's status to the start closes the path: then, in a table of
        # steps without circles, every state is left as often as it is entered, or the path is broken.
        """
        SELECT order_id, allowed AND departures = arrivals AS ok
        FROM (
            SELECT order_id, bool_and(allowed) AS allowed,
                array_agg(departure ORDER BY departure) AS departures,
                array_agg(arrival ORDER BY arrival) AS arrivals
            FROM (
                SELECT order_id, from_status COLLATE "C" AS departure,
                    to_status COLLATE "C" AS arrival,
                    from_status || '>' || to_status = ANY(%(steps)s) AS allowed
                FROM orders_orderevent
                UNION ALL
                SELECT id, status COLLATE "C", '', true FROM orders_order
            ) step
            GROUP BY order_id
        ) path
        """,
        key="(SELECT number FROM orders_order WHERE id = order_id)",
        parameters=lambda: {
            "steps": [f"{here}>{there}" for here, next_ in TRANSITIONS.items() for there in next_]
        },
    ),
    Invariant(
        "orders.overdue",
        _("No order waits for payment past its time"),
        # Judged at the last heartbeat: while nothing runs, nothing can be swept.
        """
        SELECT number AS key, pay_until IS NOT NULL AND pay_until + %(grace)s >= coalesce(
            (SELECT at FROM common_heartbeat WHERE name = 'beat'), '-infinity') AS ok
        FROM orders_order WHERE status = 'pending_payment'
        """,
        parameters=lambda: {"grace": OVERDUE_GRACE},
    ),
    Invariant(
        "orders.frozen_place",
        _("An order's owner and region are those of its store on its business day"),
        """
        SELECT document.number AS key, document.region_id = tenure.region_id
            AND document.franchisee_id IS NOT DISTINCT FROM tenure.franchisee_id AS ok
        FROM orders_order document
        LEFT JOIN org_tenure tenure ON tenure.store_id = document.store_id
            AND tenure.starts_on <= document.business_day
            AND coalesce(tenure.ends_on, 'infinity') > document.business_day
        """,
    ),
)
