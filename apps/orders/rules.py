"""Order arithmetic and the state machine. Plain values in, plain values out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict, Malformed, Unprocessable
from apps.common.money import MAX_AMOUNT, round_half_up

RUNS_OUT_WITHIN = timedelta(minutes=10)
"""An order that must be paid within this time, or not at all, needs somebody to look."""
MAX_LINES = 500
MAX_QUANTITY = Decimal("999999.999")
QUANTITY_PATTERN = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")

PENDING_PAYMENT = "pending_payment"
PAID = "paid"
COMPLETED = "completed"
CANCELLED = "cancelled"
NEW = ""
"""The state before the first event of an order."""

COUPON_KINDS = ("coupon_match",)
"""Kinds of line adjustment whose source is the code of a coupon."""

TRANSITIONS: Mapping[str, frozenset[str]] = {
    NEW: frozenset({PENDING_PAYMENT, COMPLETED}),
    PENDING_PAYMENT: frozenset({PAID, CANCELLED}),
    PAID: frozenset({COMPLETED}),
    COMPLETED: frozenset(),
    CANCELLED: frozenset(),
}


class NoLines(Malformed):
    code = "no_lines"
    message = _("An order needs at least one line.")


class TooManyLines(Unprocessable):
    code = "too_many_lines"
    message = _("An order has at most %(limit)s lines; this one has %(count)s.")


class InvalidQuantity(Unprocessable):
    code = "invalid_quantity"
    message = _("A quantity lies between 0.001 and 999999.999 with at most three decimals.")


class FractionOfPiece(Unprocessable):
    code = "fraction_of_piece"
    message = _("This SKU is sold by the piece; the quantity must be a whole number.")


class AmountTooLarge(Unprocessable):
    code = "amount_too_large"
    message = _("The amount is larger than an order may be.")


class PriceChanged(Conflict):
    code = "price_changed"
    message = _("The price is not the one that was shown; ask for a new quote.")


class TransitionRefused(Conflict):
    code = "transition_refused"
    message = _("The order cannot go from %(current)s to %(target)s.")


class Priced(Protocol):
    """What a price source hands in for one SKU."""

    @property
    def sku_id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def price_list(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line as asked for; ``shown_unit_price`` is what the shopper saw, or None."""

    sku: str
    quantity: Decimal
    shown_unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a line's price with its source; ``amount`` > 0 is taken off, minor units."""

    kind: str
    source: str
    amount: int


@dataclass(frozen=True, slots=True)
class OrderLineDraft:
    """A priced line: gross = unit price × quantity, net = gross − Σ adjustments."""

    sku_id: int
    sku: str
    name: str
    quantity: Decimal
    unit_price: int
    price_list: str
    gross: int
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def discount(self) -> int:
        return sum(adjustment.amount for adjustment in self.adjustments)

    @property
    def net(self) -> int:
        return self.gross - self.discount


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Σ of the lines, minor units: gross − discount = net."""

    gross: int
    discount: int
    net: int


def parse_quantity(given: str | int) -> Decimal:
    """A whole number, or a decimal text with at most three decimals.

    Raises InvalidQuantity for anything else: 0, signs, exponents, NaN, other scripts' digits.
    """
    text = str(given)
    if QUANTITY_PATTERN.fullmatch(text) and (quantity := Decimal(text)):
        return quantity
    raise InvalidQuantity(fields={"quantity": text[:32]})


def quantity_text(quantity: Decimal) -> str:
    """``1.500`` → ``1.5``, ``2.000`` → ``2``: a quantity as the API shows it."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def check_line_count(count: int) -> None:
    """Raises NoLines, TooManyLines."""
    if count == 0:
        raise NoLines(fields={"lines": []})
    if count > MAX_LINES:
        raise TooManyLines(fields={"lines": count}, limit=MAX_LINES, count=count)


def price_lines(
    requests: Sequence[LineRequest], prices: Mapping[str, Priced]
) -> list[OrderLineDraft]:
    """Each line at its price: unit price × quantity, rounded half up.

    Raises FractionOfPiece, AmountTooLarge, PriceChanged when a shown unit price differs.
    """
    return [_price_line(request, prices[request.sku]) for request in requests]


def _price_line(request: LineRequest, price: Priced) -> OrderLineDraft:
    if price.unit == "each" and request.quantity % 1:
        raise FractionOfPiece(fields={"sku": request.sku})
    if request.shown_unit_price is not None and request.shown_unit_price != price.amount:
        raise PriceChanged(fields={"sku": request.sku, "unit_price": price.amount})
    gross = round_half_up(price.amount * request.quantity)
    if gross > MAX_AMOUNT:
        raise AmountTooLarge(fields={"sku": request.sku})
    return OrderLineDraft(
        sku_id=price.sku_id,
        sku=price.code,
        name=price.name,
        quantity=request.quantity,
        unit_price=price.amount,
        price_list=price.price_list,
        gross=gross,
    )


def total(lines: Sequence[OrderLineDraft]) -> OrderTotals:
    """Σ lines. Raises AmountTooLarge."""
    gross = sum(line.gross for line in lines)
    discount = sum(line.discount for line in lines)
    if gross > MAX_AMOUNT:
        raise AmountTooLarge(fields={"total": gross})
    return OrderTotals(gross=gross, discount=discount, net=gross - discount)


def check_shown_total(shown: int, totals: OrderTotals) -> None:
    """Raises PriceChanged unless the shopper saw exactly this net amount."""
    if shown != totals.net:
        raise PriceChanged(fields={"shown_total": shown, "total": totals.net})


def sum_by_sku(lines: Sequence[OrderLineDraft]) -> dict[int, Decimal]:
    """Quantity per SKU id, in id order: a SKU on two lines is taken once."""
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[line.sku_id] = sums.get(line.sku_id, Decimal(0)) + line.quantity
    return dict(sorted(sums.items()))


def check_transition(current: str, target: str) -> None:
    """Raises TransitionRefused unless the table allows it."""
    if target not in TRANSITIONS[current]:
        raise TransitionRefused(current=current, target=target)
