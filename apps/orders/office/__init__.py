"""What head office and the portal both show of orders, and the one thing they may do with one."""

from apps.orders.office.buyers import BoughtFilter
from apps.orders.office.cancelling import Cancelling, why_not_cancelled
from apps.orders.office.pages import (
    STATUS_TONES,
    OrderDayFilter,
    OrderPages,
    SoldFilter,
    newest_orders,
    orders_found,
    told_of_member,
)

__all__ = [
    "STATUS_TONES",
    "BoughtFilter",
    "Cancelling",
    "OrderDayFilter",
    "OrderPages",
    "SoldFilter",
    "newest_orders",
    "orders_found",
    "told_of_member",
    "why_not_cancelled",
]
