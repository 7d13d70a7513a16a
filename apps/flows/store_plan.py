"""What stands in the way of a change to a store, and what it does to everything there. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common import clock
from apps.common.errors import Conflict
from apps.inventory import selectors as inventory
from apps.members import selectors as members
from apps.orders import selectors as orders
from apps.org import selectors as org
from apps.org.models import Store
from apps.payments import selectors as payments

TRADED_TODAY = "store_traded_today"
STOCK_LEFT = "stock_left"
BLOCKERS: dict[str, Promise] = {
    "orders_pending_payment": _("orders that wait for payment"),
    "payments_unsettled": _("payments that are captured and not settled"),
    "payments_refund_due": _("payments to give back"),
    "reservations_open": _("open reservations"),
    "hand_over_scheduled": _("changes that are written down for later"),
    TRADED_TODAY: _("documents of today"),
    STOCK_LEFT: _("SKUs in stock without a place to go"),
}
REHOMED: dict[str, Promise] = {
    "open_orders": _("Orders that wait for payment"),
    "stock_skus": _("SKUs in stock"),
    "stock_quantity": _("Quantity in stock"),
    "assignments": _("Roles of staff here"),
    "bindings": _("Applications bound to the store"),
    "members": _("Members whose home store this is"),
}


class StoreBusy(Conflict):
    code = "store_busy"
    message = _("Something is still open at this store: %(reasons)s.")


class StoreTradedToday(Conflict):
    code = TRADED_TODAY
    message = _("This store has documents of today; the change can begin on %(tomorrow)s.")


class StockLeft(Conflict):
    code = STOCK_LEFT
    message = _("There are %(skus)s SKUs in stock; name the location that they go to.")


@dataclass(frozen=True, slots=True)
class StorePlan:
    """A change to a store from the business day ``day`` on.

    ``blockers`` is reason code → how many, ``rehomed`` what is there → how much. Once the change has
    been carried out, ``done`` says what became of it.
    """

    store: str
    day: date
    blockers: Mapping[str, int]
    rehomed: Mapping[str, str]
    done: Mapping[str, object] = field(default_factory=dict)


def plan_hand_over(store: Store, day: date) -> StorePlan:
    """Another owner or region from ``day`` on, today or later.

    Before a later day orders may stay open: they are paid or expire, and the hand-over waits.
    """
    today = clock.business_day(clock.now(), store.time_zone)
    found = {"payments_refund_due": payments.refund_due_at(store.pk, store.franchisee_id)}
    if day <= today:
        found = open_before(store, day) | found
    found[TRADED_TODAY] = documents_since(store, day)
    return StorePlan(store.code, day, _some(found), rehomed_at(store))


def plan_closing(store: Store, *, stock_to: str | None) -> StorePlan:
    """No more of this store after today; ``stock_to`` is the location that takes its goods."""
    today = clock.business_day(clock.now(), store.time_zone)
    found = open_before(store, today + timedelta(days=1))
    found["payments_refund_due"] = payments.refund_due_at(store.pk, store.franchisee_id)
    found["hand_over_scheduled"] = org.hand_overs_ahead(store, today)
    if not stock_to:
        found[STOCK_LEFT] = inventory.goods_at(store.pk).skus
    return StorePlan(store.code, today, _some(found), rehomed_at(store))


def plan_freezing(store: Store) -> StorePlan:
    """Nothing new at this store for now. What is open may be paid or cancelled, so nothing blocks."""
    today = clock.business_day(clock.now(), store.time_zone)
    return StorePlan(store.code, today, {}, rehomed_at(store))


def require_clear(plan: StorePlan) -> None:
    """Raises StoreTradedToday, StockLeft, StoreBusy where something blocks; fields hold the counts."""
    if not plan.blockers:
        return
    fields = {"store": plan.store, **plan.blockers}
    if TRADED_TODAY in plan.blockers:
        tomorrow = plan.day + timedelta(days=1)
        raise StoreTradedToday(fields=fields | {"tomorrow": str(tomorrow)}, tomorrow=tomorrow)
    if set(plan.blockers) == {STOCK_LEFT}:
        raise StockLeft(fields=fields, skus=plan.blockers[STOCK_LEFT])
    raise StoreBusy(fields=fields, reasons=", ".join(blocking(plan)))


def blocking(plan: StorePlan) -> list[str]:
    """The blockers in words, with their counts."""
    return [f"{BLOCKERS[code]} ({count})" for code, count in plan.blockers.items()]


def open_before(store: Store, day: date) -> dict[str, int]:
    """What is open of business days before ``day``; it drains by itself, within half an hour."""
    return {
        "orders_pending_payment": orders.open_at(store.pk, day),
        "payments_unsettled": payments.unsettled_at(store.pk, day),
        "reservations_open": inventory.reserved_at(store.pk, day),
    }


def rehomed_at(store: Store) -> dict[str, str]:
    """What is at a store, as text."""
    goods = inventory.goods_at(store.pk)
    everything = clock.business_day(clock.now(), store.time_zone) + timedelta(days=1)
    return {
        "open_orders": str(orders.open_at(store.pk, everything)),
        "stock_skus": str(goods.skus),
        "stock_quantity": f"{goods.quantity.normalize():f}",
        "assignments": str(org.staff_of(store.pk)),
        "bindings": str(org.bound_to(store.pk)),
        "members": str(members.acquired_by(store.pk)),
    }


def documents_since(store: Store, day: date) -> int:
    """Documents of that business day or a later one, which an import may have brought early."""
    start = clock.start_of_day(day, store.time_zone)
    return orders.placed_since(store.pk, start) + inventory.moved_since(store.pk, start)


def _some(found: Mapping[str, int]) -> dict[str, int]:
    return {code: count for code, count in found.items() if count}
