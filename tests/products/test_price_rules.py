"""The pure arithmetic of prices: the order of lists, tax, and the lowest price allowed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.products import rules
from apps.products.rules import Candidate, Context, ListTerms

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
HERE = Context(NOON, "A1", "EAST", "pos", "gold", frozenset({"tea-lovers"}))


def terms(code: str = "X", **given: object) -> ListTerms:
    return ListTerms(code, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "holds"),
    [
        (None, None, True),
        (NOON, None, True),
        (NOON + MOMENT, None, False),
        (None, NOON, False),
        (None, NOON + MOMENT, True),
        (NOON, NOON + MOMENT, True),
        (NOON - MOMENT, NOON, False),
    ],
)
def test_a_window_is_half_open(
    starts_at: datetime | None, ends_at: datetime | None, holds: bool
) -> None:
    row = terms(starts_at=starts_at, ends_at=ends_at)
    assert rules.applies(row, HERE, Decimal(1)) is holds


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({}, True),
        ({"store": "A1"}, True),
        ({"store": "A2"}, False),
        ({"region": "EAST", "channel": "pos", "tier": "gold", "segment": "tea-lovers"}, True),
        ({"region": "EAST", "channel": "mini"}, False),
        ({"tier": "silver"}, False),
        ({"segment": "gold"}, False),
    ],
)
def test_every_part_of_a_scope_must_fit(scope: dict[str, str], holds: bool) -> None:
    assert rules.applies(terms(scope=scope), HERE, Decimal(1)) is holds


def test_a_stranger_gets_no_price_of_a_tier_or_a_segment() -> None:
    stranger = Context(NOON, "A1", "EAST", "pos")
    for scope in ({"tier": ""}, {"tier": "gold"}, {"segment": "tea-lovers"}):
        assert not rules.applies(terms(scope=scope), stranger, Decimal(1))


@pytest.mark.parametrize(("quantity", "holds"), [("11.999", False), ("12", True), ("12.001", True)])
def test_a_quantity_break_begins_with_its_quantity(quantity: str, holds: bool) -> None:
    assert rules.applies(terms(min_quantity=Decimal(12)), HERE, Decimal(quantity)) is holds


def test_the_order_of_lists() -> None:
    """Priority; store > region > channel > tier > segment > base; the larger break; the code."""
    everything = {"region": "EAST", "channel": "pos", "tier": "gold", "segment": "tea-lovers"}
    ordered = [
        terms("Z", priority=1),
        terms("Y", scope={"store": "A1", "channel": "pos"}),
        terms("S", scope={"store": "A1"}),
        terms("R", scope=everything),
        terms("Q", scope={"region": "EAST"}, min_quantity=Decimal(6)),
        terms("P", scope={"region": "EAST"}),
        terms("C", scope={"channel": "pos"}),
        terms("T", scope={"tier": "gold", "segment": "tea-lovers"}),
        terms("U", scope={"tier": "gold"}),
        terms("G", scope={"segment": "tea-lovers"}),
        terms("A", min_quantity=Decimal(2)),
        terms("A"),
        terms("B"),
        terms("N", priority=-1, scope={"store": "A1"}),
    ]
    backwards = ordered[::-1]
    assert sorted(backwards, key=rules.rank) == ordered


def test_what_is_chosen_and_what_it_would_be_without() -> None:
    base = Candidate(terms("BASE"), 1999, NOON)
    gold = Candidate(terms("GOLD", scope={"tier": "gold"}, starts_at=NOON + MOMENT), 1799, NOON)

    both = rules.choose([base, gold], base=1999)
    alone = rules.choose([base], base=1999)

    assert both is not None
    assert (both.chosen, both.instead, both.since) == (gold, base, NOON + MOMENT)
    assert alone is not None
    assert (alone.chosen, alone.instead, alone.since) == (base, None, NOON)
    assert rules.choose([], base=None) is None


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_tax_is_what_the_price_contains(amount: int, basis_points: int) -> None:
    exact = Fraction(amount * basis_points, 10_000 + basis_points)
    assert abs(rules.tax_within(amount, basis_points) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "basis_points", "tax"),
    [(11300, 1300, 1300), (1999, 1300, 230), (1, 1300, 0), (5, 1300, 1), (1999, 0, 0)],
)
def test_tax_of_a_line(amount: int, basis_points: int, tax: int) -> None:
    """1999 × 13 ÷ 113 = 229.97; 5 × 13 ÷ 113 = 0.575."""
    assert rules.tax_within(amount, basis_points) == tax


@pytest.mark.parametrize(
    ("base", "floor", "lowest", "allowed"),
    [
        (1999, None, None, 0),
        (1999, 1500, None, 1500),
        (1999, None, 7000, 1400),  # 1399.3: what is allowed is not below the band
        (2000, None, 7000, 1400),
        (1999, 1500, 7000, 1500),
        (1999, 1300, 7000, 1400),
        (None, 1300, 7000, 1300),
        (None, None, 7000, 0),
    ],
)
def test_the_lowest_price_allowed(
    base: int | None, floor: int | None, lowest: int | None, allowed: int
) -> None:
    assert rules.lowest_allowed(base, floor, lowest) == allowed


@pytest.mark.parametrize(
    ("net", "quantity", "below"),
    [(3000, "2", False), (2999, "2", True), (500, "0.333", False), (499, "0.333", True)],
)
def test_a_line_undercuts_in_sum(net: int, quantity: str, below: bool) -> None:
    """At a floor of ¥15.00: 0.333 × 1500 = 499.5, rounded to 500."""
    assert rules.undercuts(net, Decimal(quantity), 1500) is below
