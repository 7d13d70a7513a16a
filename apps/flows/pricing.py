"""What the lines of a quote or a sale cost at a selling point: asked once, alike for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from apps.orders import rules as orders
from apps.org import selectors as org
from apps.products import rules as product_rules
from apps.products import selectors as products
from apps.products.packing import in_base_units


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whom the prices are for: codes of the member's tier and segments, none for a stranger; and the
    code, if any, by which two people allowed a price below the guard."""

    tier: str = ""
    segments: tuple[str, ...] = ()
    undercut_code: str = ""


STRANGER = Buyer()


@dataclass(frozen=True, slots=True)
class PricedLines:
    """Lines with totals, what each price came from by SKU code, and whether the code was needed."""

    lines: Sequence[orders.OrderLineDraft]
    totals: orders.OrderTotals
    prices: Mapping[str, products.SkuPrice]
    undercuts: bool


def price_at(
    point: org.SellingPoint, requests: Sequence[orders.LineRequest], buyer: Buyer, *, at: datetime
) -> PricedLines:
    """Each line at the price that holds for the whole quantity of its SKU. One statement, and one more
    each for an undercut code, keys of other systems, and packs.

    Raises UnknownSku, UnknownPack, InvalidQuantity, BundleEmpty, ComponentFraction, NotSoldHere,
    SkuNotPriced, BelowPriceGuard, and the refusals of ``orders.price_lines``.
    """
    requests = _in_base_units(_by_code(requests))
    wanted: dict[str, Decimal] = {}
    for one in requests:
        wanted[one.sku] = wanted.get(one.sku, Decimal(0)) + one.quantity
    prices = products.require_prices(wanted, _sale(point, buyer, at))
    lines = orders.price_lines(requests, prices)
    below = _below_guards(lines, {sku: price.lowest for sku, price in prices.items()})
    if below:
        _require_allowed(point, lines, prices, buyer.undercut_code, at)
    return PricedLines(lines, orders.total(lines), prices, undercuts=bool(below))


def _by_code(requests: Sequence[orders.LineRequest]) -> list[orders.LineRequest]:
    """The same lines by our own codes; a key that leads nowhere stays, and no SKU has it."""
    codes = products.codes_of_references(one.sku for one in requests)
    return [replace(one, sku=codes.get(one.sku, one.sku)) for one in requests]


def _in_base_units(requests: Sequence[orders.LineRequest]) -> list[orders.LineRequest]:
    """The same lines without packs. Raises UnknownPack, InvalidQuantity."""
    asked = {(one.sku, one.pack) for one in requests if one.pack}
    contents = products.require_packs(asked) if asked else {}
    return [_unpacked(one, contents.get((one.sku, one.pack))) for one in requests]


def _unpacked(request: orders.LineRequest, contains: Decimal | None) -> orders.LineRequest:
    if contains is None:
        return request
    quantity = in_base_units(request.quantity, contains)
    orders.check_quantity(quantity)
    return replace(request, quantity=quantity, pack="")


def _sale(point: org.SellingPoint, buyer: Buyer, at: datetime) -> products.Sale:
    return products.Sale(
        at=at,
        day=point.business_day,
        store_id=point.store_id,
        region_id=point.region_id,
        channel_id=point.channel_id,
        tier=buyer.tier,
        segments=buyer.segments,
    )


def _below_guards(
    lines: Sequence[orders.OrderLineDraft], lowest: Mapping[str, int]
) -> list[orders.OrderLineDraft]:
    """Lines that cost less, everything taken off, than ``lowest`` a unit by SKU code."""
    return [
        line for line in lines if product_rules.undercuts(line.net, line.quantity, lowest[line.sku])
    ]


def _require_allowed(
    point: org.SellingPoint,
    lines: Sequence[orders.OrderLineDraft],
    prices: Mapping[str, products.SkuPrice],
    code: str,
    at: datetime,
) -> None:
    """Raises BelowPriceGuard for lines that not even the code allows."""
    lowest = {sku: price.lowest for sku, price in prices.items()}
    allowed = products.undercut_by(code, store_id=point.store_id, at=at)
    if allowed is not None and allowed[0] in lowest:
        lowest[allowed[0]] = min(lowest[allowed[0]], allowed[1])
    below = sorted({line.sku for line in _below_guards(lines, lowest)})
    if below:
        raise product_rules.BelowPriceGuard(fields={"lines": below}, skus=", ".join(below[:10]))
