"""Writes of the order center: placing one order, and importing many."""

from apps.orders.services.importing import (
    AdjustmentRow,
    Imported,
    Judged,
    LineRow,
    OrderRow,
    create_imported,
    stage_import,
)
from apps.orders.services.placing import (
    OrderCancelled,
    OrderDraft,
    OrderPaid,
    Place,
    create_order,
    lock_order,
    mark_cancelled,
    mark_completed,
    mark_paid,
    require_payable,
)

__all__ = [
    "AdjustmentRow",
    "Imported",
    "Judged",
    "LineRow",
    "OrderCancelled",
    "OrderDraft",
    "OrderPaid",
    "OrderRow",
    "Place",
    "create_imported",
    "create_order",
    "lock_order",
    "mark_cancelled",
    "mark_completed",
    "mark_paid",
    "require_payable",
    "stage_import",
]
