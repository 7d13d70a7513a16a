"""What would these goods cost at this store now, and why. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.accounts.actor import Actor
from apps.common import clock
from apps.flows.results import line_result
from apps.orders import rules as orders
from apps.org import selectors as org
from apps.products import selectors as products


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    store: str
    channel: str
    lines: Sequence[orders.LineRequest]


def quote(actor: Actor, request: QuoteRequest) -> dict[str, Any]:
    """Each line's price with its source, and the total to show the shopper; minor units.

    Raises the refusals of ``org.require_selling_point``, ``products.require_prices`` and
    ``orders.price_lines``.
    """
    org.require_action(actor, "orders.place")
    orders.check_line_count(len(request.lines))
    point = org.require_selling_point(
        actor,
        "orders.place",
        store_code=request.store,
        channel_code=request.channel,
        at=clock.now(),
    )
    prices = products.require_prices([line.sku for line in request.lines])
    lines = orders.price_lines(request.lines, prices)
    totals = orders.total(lines)
    return {
        "store": point.store_code,
        "channel": point.channel_code,
        "currency": settings.CURRENCY,
        "lines": [line_result(line) for line in lines],
        "gross": totals.gross,
        "discount": totals.discount,
        "total": totals.net,
    }
