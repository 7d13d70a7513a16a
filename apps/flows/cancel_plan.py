"""What cancelling an unpaid order would do to its goods, its payments and its member. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.inventory import selectors as inventory
from apps.inventory.selectors import Kept
from apps.loyalty import selectors as loyalty
from apps.orders.models import Order
from apps.payments import selectors as payments
from apps.payments.selectors import Waiting


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """``kept`` is free again; ``waiting`` is refused, or goes back if it comes after all.

    ``points`` are those that the order gave; an unpaid order has given none. ``arrived``: its money is
    here and about to be settled, so that it is not cancelled.
    """

    kept: Sequence[Kept]
    waiting: Sequence[Waiting]
    points: int
    arrived: bool

    @property
    def lines(self) -> int:
        return sum(one.skus for one in self.kept)


def plan_cancelling(order: Order) -> CancelPlan:
    """Four statements."""
    return CancelPlan(
        kept=inventory.kept_for(order.pk),
        waiting=payments.waiting_for(order.pk),
        points=loyalty.given_by(order.pk),
        arrived=payments.money_waits_for(order.pk),
    )
