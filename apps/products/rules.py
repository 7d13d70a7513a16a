"""What goods cost, and why: plain values in, plain values out.

A price comes about in three steps, each with its source: the base price, the price list that holds for
this sale, and the adjustments that offers and coupons make. Amounts are integers in minor units, tax
included; Σ of a line is unit price × quantity, rounded once, minus its adjustments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict
from apps.common.money import round_half_up

SCOPES = ("store", "region", "channel", "tier", "segment")
"""What a list may be narrowed to, the weightiest first: a list for a store wins over any that is not."""
WHOLE = 10_000
"""Basis points of one."""


class BelowPriceGuard(Conflict):
    code = "below_price_guard"
    message = _("These goods would be sold below what head office allows: %(skus)s.")


@dataclass(frozen=True, slots=True)
class Context:
    """For whom, where and when a price is asked; codes. Empty for none."""

    at: datetime
    store: str = ""
    region: str = ""
    channel: str = ""
    tier: str = ""
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListTerms:
    """A released price list: for whom, where and when it holds. Half-open window, None is unbounded."""

    code: str
    priority: int = 0
    min_quantity: Decimal = Decimal(0)
    scope: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """The price that one list has for a SKU; ``since`` is when it came to hold on that list."""

    terms: ListTerms
    amount: int
    since: datetime


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The price of one unit: what was chosen, what it would be without that, and the base."""

    chosen: Candidate
    instead: Candidate | None
    base: int | None

    @property
    def since(self) -> datetime:
        """From when on this price holds: the list and its price must both have begun."""
        begun = self.chosen.terms.starts_at
        return max(begun, self.chosen.since) if begun else self.chosen.since


def applies(terms: ListTerms, context: Context, quantity: Decimal) -> bool:
    """Whether the list holds for so much of a SKU in this sale."""
    begun = terms.starts_at is None or terms.starts_at <= context.at
    lasts = terms.ends_at is None or context.at < terms.ends_at
    return (
        begun
        and lasts
        and quantity >= terms.min_quantity
        and all(_within(kind, code, context) for kind, code in terms.scope.items())
    )


def _within(kind: str, code: str, context: Context) -> bool:
    if kind == "segment":
        return code in context.segments
    return bool(code) and code == getattr(context, kind)


def rank(terms: ListTerms) -> tuple[int, int, Decimal, str]:
    """The one total order of lists, the winner first: priority; then store > region > channel > tier >
    segment > base; then the larger quantity break; then the list code."""
    weight = sum(1 << (len(SCOPES) - 1 - n) for n, kind in enumerate(SCOPES) if kind in terms.scope)
    return (-terms.priority, -weight, -terms.min_quantity, terms.code)


def choose(candidates: Iterable[Candidate], *, base: int | None) -> UnitPrice | None:
    """The price of one unit out of lists that all apply; None if there is none."""
    ranked = sorted(candidates, key=lambda one: rank(one.terms))
    if not ranked:
        return None
    return UnitPrice(ranked[0], ranked[1] if len(ranked) > 1 else None, base)


def tax_within(amount: int, basis_points: int) -> int:
    """The tax that an amount including it contains, rounded half up.

    销售额 = 含税销售额 ÷ (1 + 税率), 《增值税暂行条例实施细则》第十四条; the tax is the rest.
    """
    return round_half_up(Decimal(amount * basis_points) / (WHOLE + basis_points))


def lowest_allowed(base: int | None, floor: int | None, lowest: int | None) -> int:
    """The lowest price of a unit: the floor, or the band of the base price if that is higher."""
    band = 0 if base is None or lowest is None else -(-base * lowest // WHOLE)
    return max(floor or 0, band)


def undercuts(net: int, quantity: Decimal, lowest: int) -> bool:
    """Whether a line of ``net`` minor units is below ``lowest`` a unit; a rounding is not."""
    return net < round_half_up(lowest * quantity)
