"""The assortment: which of several rules decides whether goods are sold. Plain values in and out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PLACES = ("region", "group", "store")
"""Where a rule of the assortment may hold besides everywhere, the weightiest last."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A SKU as rules of the assortment name it; ``categories`` from the root to its own."""

    sku: int
    product: int
    categories: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counter:
    """Where and when something is to be sold; ``groups`` are those that the store stands in."""

    at: datetime
    store: int
    region: int
    channel: int
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """A rule: sold or not, what (``target`` is kind and id), where (``place`` is kind and id, None is
    everywhere), through which channel (None is every one), and when; half-open, None is unbounded."""

    number: int
    includes: bool
    target: tuple[str, int]
    place: tuple[str, int] | None
    channel: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    set_at: datetime


def concerns(terms: Terms, goods: Goods, counter: Counter) -> bool:
    """Whether the rule speaks of these goods, here and now."""
    return (
        (terms.starts_at is None or terms.starts_at <= counter.at)
        and (terms.ends_at is None or counter.at < terms.ends_at)
        and terms.channel in (None, counter.channel)
        and _is_here(terms.place, counter)
        and _target_weight(terms.target, goods) > 0
    )


def _is_here(place: tuple[str, int] | None, counter: Counter) -> bool:
    if place is None:
        return True
    kind, key = place
    return key in counter.groups if kind == "group" else key == getattr(counter, kind)


def _target_weight(target: tuple[str, int], goods: Goods) -> int:
    """How closely a rule names the goods; 0 where it does not name them."""
    kind, key = target
    if kind == "category":
        return goods.categories.index(key) + 1 if key in goods.categories else 0
    named = {"product": goods.product, "sku": goods.sku}[kind] == key
    return len(goods.categories) + 1 + (kind == "sku") if named else 0


def rank(terms: Terms, goods: Goods) -> tuple[int, int, bool, datetime, int]:
    """The one total order of the rules that concern the same goods at one place, the winner last.

    Place first: store > store group > region > everywhere, of one kind of place the rule that names a
    channel before the one that does not; then the target: SKU > product > the nearest category; then
    what excludes before what includes; then the rule that was set later, then the higher number.
    """
    place = 0 if terms.place is None else PLACES.index(terms.place[0]) + 1
    return (
        2 * place + (terms.channel is not None),
        _target_weight(terms.target, goods),
        not terms.includes,
        terms.set_at,
        terms.number,
    )


def deciding(rules: Iterable[Terms], goods: Goods, counter: Counter) -> Terms | None:
    """The rule that decides whether these goods are sold here and now; None if none concerns them."""
    found = [one for one in rules if concerns(one, goods, counter)]
    return max(found, key=lambda one: rank(one, goods), default=None)


def is_listed(listing: str, decided: Terms | None) -> bool:
    """Whether goods are in the assortment: as the rule says; without one, if they are sold everywhere."""
    return listing == "everywhere" if decided is None else decided.includes
