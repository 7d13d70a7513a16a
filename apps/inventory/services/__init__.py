"""Writes of the inventory center: the goods of one document, of many, and of a whole location."""

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
from apps.inventory.services.transferring import move_all

__all__ = [
    "Cause",
    "OutOfStock",
    "ReceiptRow",
    "UnknownReceipt",
    "commit_reservations",
    "create_store_location",
    "create_warehouse_location",
    "ensure_virtual_locations",
    "move_all",
    "move_goods",
    "receive",
    "release_reservations",
    "reserve_for_order",
    "sell",
]
