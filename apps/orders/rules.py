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
from apps.products.rules import tax_within

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

GOODS, BUNDLE = "goods", "bundle"
"""Kinds of SKU that take stock: their own, and that of their components. Anything else takes none."""

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


class Component(Protocol):
    """So much of a SKU in one bundle."""

    @property
    def sku_id(self) -> int: ...
    @property
    def sku(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...


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
    @property
    def tax_basis_points(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def components(self) -> Sequence["Component"]: ...


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line as asked for; ``shown_unit_price`` is what the shopper saw, or None.

    With a ``pack``, the quantity counts packs of the SKU; ``sku`` is its code, or ``source:code``.
    """

    sku: str
    quantity: Decimal
    shown_unit_price: int | None = None
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """So much of a SKU that leaves the stock, in its unit."""

    sku_id: int
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a line's price with its source; ``amount`` > 0 is taken off, minor units."""

    kind: str
    source: str
    amount: int


@dataclass(frozen=True, slots=True)
class OrderLineDraft:
    """A priced line: gross = unit price × quantity, net = gross − Σ adjustments.

    ``components`` are what a bundle's line takes of each, for its whole quantity.
    """

    sku_id: int
    sku: str
    name: str
    quantity: Decimal
    unit_price: int
    price_list: str
    gross: int
    adjustments: tuple[Adjustment, ...] = ()
    tax_basis_points: int = 0
    kind: str = GOODS
    components: tuple[Taken, ...] = ()

    @property
    def takes(self) -> tuple[Taken, ...]:
        """What leaves the stock with this line."""
        own = Taken(self.sku_id, self.sku, self.quantity)
        return (own,) if self.kind == GOODS else self.components

    @property
    def discount(self) -> int:
        return sum(adjustment.amount for adjustment in self.adjustments)

    @property
    def net(self) -> int:
        return self.gross - self.discount

    @property
    def tax(self) -> int:
        """The tax that the net amount contains."""
        return tax_within(self.net, self.tax_basis_points)


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Σ of the lines, minor units: gross − discount = net, of which ``tax`` is tax."""

    gross: int
    discount: int
    net: int
    tax: int = 0


def parse_quantity(given: str | int) -> Decimal:
    """A whole number, or a decimal text with at most three decimals.

    Raises InvalidQuantity for anything else: 0, signs, exponents, NaN, other scripts' digits.
    """
    text = str(given)
    if QUANTITY_PATTERN.fullmatch(text) and (quantity := Decimal(text)):
        return quantity
    raise InvalidQuantity(fields={"quantity": text[:32]})


def check_quantity(quantity: Decimal) -> None:
    """Raises InvalidQuantity unless a line can be of so much."""
    thousandths = quantity * 1000
    if not 0 < quantity <= MAX_QUANTITY or thousandths != thousandths.to_integral_value():
        raise InvalidQuantity(fields={"quantity": f"{quantity:f}"[:32]})


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

    A bundle is sold in whole numbers, whatever its unit. Raises FractionOfPiece, AmountTooLarge,
    PriceChanged when a shown unit price differs, InvalidQuantity when a component's is too large.
    """
    return [_price_line(request, prices[request.sku]) for request in requests]


def _price_line(request: LineRequest, price: Priced) -> OrderLineDraft:
    if (price.unit == "each" or price.kind == BUNDLE) and request.quantity % 1:
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
        tax_basis_points=price.tax_basis_points,
        kind=price.kind,
        components=tuple(_taken(one, request.quantity) for one in price.components),
    )


def _taken(component: Component, bundles: Decimal) -> Taken:
    quantity = component.quantity * bundles
    check_quantity(quantity)
    return Taken(component.sku_id, component.sku, quantity)


def total(lines: Sequence[OrderLineDraft]) -> OrderTotals:
    """Σ lines. Raises AmountTooLarge."""
    gross = sum(line.gross for line in lines)
    discount = sum(line.discount for line in lines)
    if gross > MAX_AMOUNT:
        raise AmountTooLarge(fields={"total": gross})
    tax = sum(line.tax for line in lines)
    return OrderTotals(gross=gross, discount=discount, net=gross - discount, tax=tax)


def check_shown_total(shown: int, totals: OrderTotals) -> None:
    """Raises PriceChanged unless the shopper saw exactly this net amount."""
    if shown != totals.net:
        raise PriceChanged(fields={"shown_total": shown, "total": totals.net})


def sum_by_sku(lines: Sequence[OrderLineDraft]) -> dict[int, Decimal]:
    """What leaves the stock per SKU id, in id order: a SKU on two lines, or in two bundles, is taken
    once."""
    sums: dict[int, Decimal] = {}
    for one in (taken for line in lines for taken in line.takes):
        sums[one.sku_id] = sums.get(one.sku_id, Decimal(0)) + one.quantity
    return dict(sorted(sums.items()))


def codes_taken(lines: Sequence[OrderLineDraft]) -> dict[int, str]:
    """The codes of the SKUs that leave the stock, by id."""
    return {one.sku_id: one.sku for line in lines for one in line.takes}


def check_transition(current: str, target: str) -> None:
    """Raises TransitionRefused unless the table allows it."""
    if target not in TRANSITIONS[current]:
        raise TransitionRefused(current=current, target=target)
