"""Which list a sale is priced by: the database agrees with a reference that knows nothing of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.common.sql import constraint_of
from apps.products import selectors as products
from apps.products.models import Audience, Price, PriceList
from tests import builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
BASE = 2100
KINDS = ("store", "region", "channel", "tier", "segment")
PLACES = {
    "store": ("A1", "B1"),
    "region": ("EAST", "NORTH"),
    "channel": ("pos", "mini"),
    "tier": ("gold", "silver"),
    "segment": ("tea", "new"),
}
QUANTITIES = ("0", "1", "6", "12.5")


@dataclass(frozen=True)
class Wanted:
    """A list as a person would write it down; hours from START, None for unbounded."""

    scope: dict[str, str]
    min_quantity: str
    priority: int
    starts: int | None
    ends: int | None
    prices: list[tuple[int, int | None]] = field(default_factory=list)
    """From which hour on, and how much; None takes the SKU off the list."""


hours = st.one_of(st.none(), st.integers(-3, 3))


@st.composite
def wanted_lists(draw: Any) -> Wanted:
    kinds = draw(st.sets(st.sampled_from(KINDS), max_size=3))
    starts, ends = draw(hours), draw(hours)
    if starts is not None and ends is not None and ends <= starts:
        ends = starts + 1
    amounts = st.one_of(st.none(), st.integers(0, 5000))
    begun = draw(st.dictionaries(st.integers(-4, 3), amounts, min_size=1, max_size=3))
    return Wanted(
        scope={kind: draw(st.sampled_from(PLACES[kind])) for kind in kinds},
        min_quantity=draw(st.sampled_from(QUANTITIES)),
        priority=draw(st.integers(-1, 1)),
        starts=starts,
        ends=ends,
        prices=sorted(begun.items()),
    )


@dataclass(frozen=True)
class Asked:
    """Who asks, where, when (in half hours from START, so that no and every boundary is met), how much."""

    store: str
    channel: str
    tier: str
    segments: tuple[str, ...]
    half_hours: int
    quantity: str

    @property
    def at(self) -> datetime:
        return START + self.half_hours * HOUR / 2


asked_for = st.builds(
    Asked,
    store=st.sampled_from(PLACES["store"]),
    channel=st.sampled_from(PLACES["channel"]),
    tier=st.sampled_from(("", *PLACES["tier"])),
    segments=st.sampled_from(((), ("tea",), ("tea", "new"))),
    half_hours=st.integers(-8, 8),
    quantity=st.sampled_from(("0.999", "1", "5.999", "6", "12.5", "100")),
)


def winners(lists: list[tuple[str, Wanted]], asked: Asked) -> list[tuple[str, int]]:
    """The reference: compares pair by pair, as the sentence in the handbook reads."""
    place = {
        "store": asked.store,
        "region": {"A1": "EAST", "B1": "NORTH"}[asked.store],
        "channel": asked.channel,
        "tier": asked.tier,
    }
    found = [("BASE", Wanted({}, "0", 0, None, None), BASE)]
    for code, one in lists:
        now = asked.at
        if one.starts is not None and now < START + one.starts * HOUR:
            continue
        if one.ends is not None and now >= START + one.ends * HOUR:
            continue
        if Decimal(asked.quantity) < Decimal(one.min_quantity):
            continue
        if any(
            value not in asked.segments if kind == "segment" else place[kind] != value
            for kind, value in one.scope.items()
        ):
            continue
        held = [amount for begun, amount in one.prices if START + begun * HOUR <= now]
        if held and held[-1] is not None:
            found.append((code, one, held[-1]))
    ordered: list[tuple[str, Wanted, int]] = []
    while found:
        best = found[0]
        for other in found[1:]:
            if beats(other, best):
                best = other
        found.remove(best)
        ordered.append(best)
    return [(code, amount) for code, _one, amount in ordered]


def beats(one: tuple[str, Wanted, int], other: tuple[str, Wanted, int]) -> bool:
    (code, mine, _amount), (their_code, theirs, _theirs) = one, other
    if mine.priority != theirs.priority:
        return mine.priority > theirs.priority
    for kind in KINDS:
        if (kind in mine.scope) != (kind in theirs.scope):
            return kind in mine.scope
    if Decimal(mine.min_quantity) != Decimal(theirs.min_quantity):
        return Decimal(mine.min_quantity) > Decimal(theirs.min_quantity)
    return code < their_code


BASE_LIST = Wanted({}, "0", 0, None, None)


def ambiguous(one: Wanted, other: Wanted) -> bool:
    """Whether nothing but the code would tell which of two lists is meant."""
    same = (one.scope, Decimal(one.min_quantity), one.priority) == (
        other.scope,
        Decimal(other.min_quantity),
        other.priority,
    )
    begin = [-99 if row.starts is None else row.starts for row in (one, other)]
    end = [99 if row.ends is None else row.ends for row in (one, other)]
    return same and max(begin) < min(end)


def keep(brand: Brand, code: str, one: Wanted) -> bool:
    """Write the list down as released, unless it is ambiguous beside those that are there."""
    rows = {
        "store": {"A1": brand.a1, "B1": brand.b1},
        "region": {"EAST": brand.east, "NORTH": brand.north},
        "channel": {"pos": brand.pos, "mini": brand.mini},
        "tier": Audience.objects.in_bulk(field_name="code"),
        "segment": Audience.objects.in_bulk(field_name="code"),
    }
    try:
        with transaction.atomic():
            kept = PriceList.objects.create(
                code=code,
                name=code,
                status=PriceList.Status.RELEASED,
                min_quantity=Decimal(one.min_quantity),
                priority=one.priority,
                starts_at=None if one.starts is None else START + one.starts * HOUR,
                ends_at=None if one.ends is None else START + one.ends * HOUR,
                **{kind: rows[kind][value] for kind, value in one.scope.items()},  # type: ignore[index]
            )
    except IntegrityError as error:
        if constraint_of(error) != "price_list_unambiguous":
            raise
        return False
    Price.objects.bulk_create(
        Price(
            price_list=kept,
            sku=brand.tea,
            amount=amount,
            starts_at=START + begun * HOUR,
            set_at=START,
            set_by="tests",
        )
        for begun, amount in one.prices
    )
    return True


def sale_of(brand: Brand, asked: Asked) -> products.Sale:
    store = {"A1": brand.a1, "B1": brand.b1}[asked.store]
    channel = {"pos": brand.pos, "mini": brand.mini}[asked.channel]
    return products.Sale(
        at=asked.at,
        day=asked.at.date(),
        store_id=store.pk,
        region_id=store.region_id,
        channel_id=channel.pk,
        tier=asked.tier,
        segments=asked.segments,
    )


@pytest.fixture
def brand() -> Brand:
    brand = builders.build_brand()
    for kind in ("tier", "segment"):
        for code in PLACES[kind]:
            Audience.objects.create(code=code, name=code, kind=kind)
    base = PriceList.objects.get(is_base=True)
    Price.objects.bulk_create(
        Price(
            price_list=base,
            sku=sku,
            amount=BASE,
            starts_at=START - 100 * HOUR,
            set_at=START,
            set_by="tests",
        )
        for sku in (brand.tea, brand.rice, brand.milk)
    )
    return brand


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lists=st.lists(wanted_lists(), max_size=8),
    asked=st.lists(asked_for, min_size=1, max_size=6),
)
def test_the_price_is_the_one_of_the_reference(
    brand: Brand, lists: list[Wanted], asked: list[Asked]
) -> None:
    with transaction.atomic():
        kept: list[tuple[str, Wanted]] = []
        for n, wanted in enumerate(lists):
            clear = not any(ambiguous(wanted, other) for _code, other in kept)
            assert keep(brand, f"L{n}", wanted) is (clear and not ambiguous(wanted, BASE_LIST))
            if clear and not ambiguous(wanted, BASE_LIST):
                kept.append((f"L{n}", wanted))
        for one in asked:
            expected = winners(kept, one)
            found = products.require_prices({"TEA": Decimal(one.quantity)}, sale_of(brand, one))
            price = found["TEA"].price
            got = [(price.chosen.terms.code, price.chosen.amount)]
            if price.instead is not None:
                got.append((price.instead.terms.code, price.instead.amount))
            assert got == expected[:2]
            assert price.base == BASE
        transaction.set_rollback(True)  # the next example begins with no list


def test_any_number_of_lines_and_lists_is_one_statement(brand: Brand) -> None:
    sale = sale_of(brand, Asked("A1", "pos", "gold", ("tea",), 0, "1"))
    counted = []
    for size in (0, 20):
        for n in range(size):
            one = Wanted({"tier": "gold"}, "0", n, None, None, [(-4, 100 + n)])
            assert keep(brand, f"P{n}", one)
        with CaptureQueriesContext(connection) as asked:
            wanted = dict.fromkeys(["TEA", "RICE", "MILK"], Decimal(1))
            found = products.require_prices(wanted, sale)
        counted.append(len(asked))

    assert counted == [1, 1]
    assert found["TEA"].price_list == "P19"
    assert found["RICE"].price_list == "BASE"
