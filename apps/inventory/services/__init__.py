"""Writes of the inventory center: moving the goods of one document, and importing many."""

from apps.inventory.services.importing import (
    ReceiptRow,
    UnknownReceipt,
    move_goods,
)
from apps.inventory.services.moving import (
    Cause,
    OutOfStock,
    commit_reservations,
    create_store_location,
    create_warehouse_location,
    ensure_virtual_locations,
    receive,
    release_reservations,
    reserve_for_order,
    sell,
)

__all__ = [
    "Cause",
    "OutOfStock",
    "ReceiptRow",
    "UnknownReceipt",
    "commit_reservations",
    "create_store_location",
    "create_warehouse_location",
    "ensure_virtual_locations",
    "move_goods",
    "receive",
    "release_reservations",
    "reserve_for_order",
    "sell",
]
