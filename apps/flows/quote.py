"""What would these goods cost at this store now, and why. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.accounts.actor import Actor
from apps.common import clock
from apps.flows.pricing import STRANGER, Buyer, price_at
from apps.flows.results import explained_line
from apps.orders import rules as orders
from apps.org import selectors as org


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    store: str
    channel: str
    lines: Sequence[orders.LineRequest]
    buyer: Buyer = STRANGER


def quote(actor: Actor, request: QuoteRequest) -> dict[str, Any]:
    """Each line's price with its source, and the total to show the shopper; minor units.

    Raises the refusals of ``org.require_selling_point`` and ``pricing.price_at``.
    """
    org.require_action(actor, "orders.place")
    orders.check_line_count(len(request.lines))
    now = clock.now()
    point = org.require_selling_point(
        actor,
        "orders.place",
        store_code=request.store,
        channel_code=request.channel,
        at=now,
    )
    priced = price_at(point, request.lines, request.buyer, at=now)
    return {
        "store": point.store_code,
        "channel": point.channel_code,
        "currency": settings.CURRENCY,
        "lines": [explained_line(line, priced.prices[line.sku]) for line in priced.lines],
        "gross": priced.totals.gross,
        "discount": priced.totals.discount,
        "total": priced.totals.net,
        "tax": priced.totals.tax,
    }
