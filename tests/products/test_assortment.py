"""What is sold where, and why: the database decides as the pure order of rules does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import DomainError
from apps.common.sql import constraint_of
from apps.flows.place_order import place_order
from apps.flows.quote import QuoteRequest, quote
from apps.inventory.models import Stock
from apps.orders.models import Order
from apps.orders.rules import LineRequest
from apps.org.models import Channel, Region, Store, StoreGroup, StoreGroupMember
from apps.products import assortment_rules as rules
from apps.products import selectors as products
from apps.products import services
from apps.products.models import AssortmentRule, Category, Price, PriceList, Product, Sku
from apps.products.selectors import Why
from apps.products.services import GivenRule
from tests import builders
from tests.builders import SYSTEM, Brand, once, sale_of

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
EXCLUDE, INCLUDE = "exclude", "include"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def rule(action: str, **given: Any) -> AssortmentRule:
    """A rule as the service sets it, its reason said."""
    return services.set_assortment_rule(SYSTEM, GivenRule(action, **given), reason="试销")


def counter(store: Store, channel: Channel, at: datetime | None = None) -> products.Counter:
    return products.Counter(at or clock.now(), store.pk, store.region_id, channel.pk)


def why(brand: Brand, sku: Sku, store: Store, channel: Channel, at: datetime | None = None) -> Why:
    return products.assortment_of(counter(store, channel, at), [sku.pk])[sku.pk].why


def codes(place: products.Counter) -> list[str]:
    found = products.sold_at(Sku.objects.order_by("code"), place)
    return list(found.values_list("code", flat=True))


# ----- the order, against a reference that knows nothing of it


@dataclass(frozen=True)
class Field:
    """Two stores in two regions and two groups, two channels, and a tree of categories three deep."""

    places: dict[str, list[int]]
    channels: list[int]
    members: dict[int, frozenset[int]]
    """Store → the groups that it stands in."""
    regions: dict[int, int]
    targets: dict[str, list[int]]
    goods: list[rules.Goods]
    listing: dict[int, str]


@pytest.fixture(name="ground")
def ground_fixture(brand: Brand) -> Field:
    first = StoreGroup.objects.create(code="G1", name="一组")
    second = StoreGroup.objects.create(code="G2", name="二组")
    for group, store in ((first, brand.a1), (second, brand.a1), (second, brand.b1)):
        StoreGroupMember.objects.create(group=group, store=store)
    food = Category.objects.get(code="FOOD")
    drinks = Category.objects.create(code="DRINKS", name="饮料", parent=food)
    cold = Category.objects.create(code="COLD", name="冷饮", parent=drinks)
    other = Category.objects.create(code="OTHER", name="其他")
    made = [
        builders.build_sku(f"SKU{n}", "货", category, 100)
        for n, category in enumerate((drinks, cold, cold, other))
    ]
    Product.objects.filter(code__in=["SKU2", "SKU3"]).update(listing="named")
    skus = list(Sku.objects.filter(code__startswith="SKU").select_related("product__category"))
    base = PriceList.objects.get(is_base=True)
    long_ago = START - 100 * HOUR
    for sku in made:
        Price.objects.create(
            price_list=base, sku=sku, amount=100, starts_at=long_ago, set_at=long_ago, set_by="t"
        )
    assert len(made) == len(skus) == 4
    return Field(
        places={
            "store": [brand.a1.pk, brand.b1.pk],
            "group": [first.pk, second.pk],
            "region": [brand.east.pk, brand.north.pk],
        },
        channels=[brand.pos.pk, brand.mini.pk],
        members={
            brand.a1.pk: frozenset({first.pk, second.pk}),
            brand.b1.pk: frozenset({second.pk}),
        },
        regions={brand.a1.pk: brand.east.pk, brand.b1.pk: brand.north.pk},
        targets={
            "sku": [sku.pk for sku in skus],
            "product": [sku.product_id for sku in skus],
            "category": [food.pk, drinks.pk, cold.pk, other.pk],
        },
        goods=[
            rules.Goods(sku.pk, sku.product_id, tuple(sku.product.category.path)) for sku in skus
        ],
        listing={sku.pk: sku.product.listing for sku in skus},
    )


hours = st.one_of(st.none(), st.integers(-2, 2))
positions = st.integers(0, 3)


@st.composite
def wanted_rules(draw: Any) -> dict[str, Any]:
    """A rule by position in the field, not yet by id."""
    starts, ends = draw(hours), draw(hours)
    if starts is not None and ends is not None and ends <= starts:
        ends = starts + 1
    return {
        "includes": draw(st.booleans()),
        "target": (draw(st.sampled_from(("sku", "product", "category"))), draw(positions)),
        "place": draw(
            st.one_of(
                st.none(),
                st.tuples(st.sampled_from(("store", "group", "region")), st.integers(0, 1)),
            )
        ),
        "channel": draw(st.one_of(st.none(), st.integers(0, 1))),
        "starts": starts,
        "ends": ends,
        "set": draw(st.integers(0, 1)),
    }


def keep(ground: Field, one: dict[str, Any]) -> rules.Terms:
    """The row, and the same rule in plain values."""
    kind, place = one["target"][0], one["place"]
    target = (kind, ground.targets[kind][one["target"][1]])
    where = (place[0], ground.places[place[0]][place[1]]) if place else None
    channel = None if one["channel"] is None else ground.channels[one["channel"]]
    window = [None if one[end] is None else START + one[end] * HOUR for end in ("starts", "ends")]
    row = AssortmentRule.objects.create(
        action=INCLUDE if one["includes"] else EXCLUDE,
        channel_id=channel,
        starts_at=window[0],
        ends_at=window[1],
        reason="试销",
        set_by="tests",
        set_at=START + one["set"] * HOUR,
        **{f"{target[0]}_id": target[1]},
        **({f"{where[0]}_id": where[1]} if where else {}),
    )
    return rules.Terms(
        row.pk, one["includes"], target, where, channel, window[0], window[1], row.set_at
    )


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(wanted=st.lists(wanted_rules(), max_size=8), half_hours=st.integers(-5, 7))
def test_the_database_decides_as_the_pure_order_does(
    ground: Field, wanted: list[dict[str, Any]], half_hours: int
) -> None:
    at = START + half_hours * HOUR / 2
    skus = [one.sku for one in ground.goods]
    with transaction.atomic():
        terms = [keep(ground, one) for one in wanted]
        for store, channel in ((s, c) for s in ground.places["store"] for c in ground.channels):
            region = ground.regions[store]
            pure = rules.Counter(at, store, region, channel, ground.members[store])
            asked = products.Counter(at, store, region, channel)
            found = products.assortment_of(asked, skus)
            here = products.sold_at(Sku.objects.filter(pk__in=skus), asked)
            sold = set(here.values_list("pk", flat=True))
            for goods in ground.goods:
                decided = rules.deciding(terms, goods, pure)
                listed = rules.is_listed(ground.listing[goods.sku], decided)
                verdict = found[goods.sku]
                assert verdict.rule_id == (decided.number if decided else None)
                assert (verdict.why in (Why.EXCLUDED, Why.NOT_LISTED)) is not listed
                assert verdict.is_sold is listed
                assert (goods.sku in sold) is listed
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        ({"store": "A1"}, {"group": "G1"}),
        ({"store": "A1"}, {"group": "G1", "channel": "pos"}),
        ({"group": "G1"}, {"region": "EAST", "channel": "pos"}),
        ({"region": "EAST"}, {"channel": "pos"}),
        ({"channel": "pos"}, {}),
        ({"store": "A1", "channel": "pos"}, {"store": "A1"}),
    ],
)
def test_the_nearer_place_wins_even_over_the_nearer_target(
    brand: Brand, winner: dict[str, str], loser: dict[str, str]
) -> None:
    group = StoreGroup.objects.create(code="G1", name="一组")
    StoreGroupMember.objects.create(group=group, store=brand.a1)
    for won, lost in ((INCLUDE, EXCLUDE), (EXCLUDE, INCLUDE)):
        with transaction.atomic():
            decides = rule(won, category="FOOD", **winner)
            rule(lost, sku="TEA", **loser)
            verdict = products.assortment_of(counter(brand.a1, brand.pos), [brand.tea.pk])
            assert verdict[brand.tea.pk].rule_id == decides.pk
            transaction.set_rollback(True)


def test_at_one_place_the_nearer_target_wins_then_what_excludes_then_the_newer(
    brand: Brand,
) -> None:
    drinks = Category.objects.create(
        code="DRINKS", name="饮料", parent=Category.objects.get(code="FOOD")
    )
    Product.objects.filter(code="TEA").update(category=drinks)
    place = [brand.tea, brand.a1, brand.pos]
    rule(EXCLUDE, category="FOOD")
    assert why(brand, *place) is Why.EXCLUDED
    rule(INCLUDE, category="DRINKS")
    assert why(brand, *place) is Why.INCLUDED
    rule(EXCLUDE, product="TEA")
    assert why(brand, *place) is Why.EXCLUDED
    first = rule(INCLUDE, sku="TEA")
    second = rule(INCLUDE, sku="TEA")
    at = counter(brand.a1, brand.pos)
    assert products.assortment_of(at, [brand.tea.pk])[brand.tea.pk].rule_id == second.pk
    rule(EXCLUDE, sku="TEA")
    rule(INCLUDE, sku="TEA")
    assert why(brand, *place) is Why.EXCLUDED
    assert first.pk < second.pk


# ----- windows, places, and what else decides


def test_a_window_is_half_open(brand: Brand) -> None:
    begins = clock.now() + HOUR
    rule(EXCLUDE, sku="TEA", starts_at=begins, ends_at=begins + HOUR)
    tick = timedelta(microseconds=1)
    told = {
        at: why(brand, brand.tea, brand.a1, brand.pos, at)
        for at in (begins - tick, begins, begins + HOUR - tick, begins + HOUR)
    }
    assert list(told.values()) == [Why.LISTED, Why.EXCLUDED, Why.EXCLUDED, Why.LISTED]


def test_a_product_of_named_places_is_published_by_windows(brand: Brand) -> None:
    """New goods: the mini-program first, and a store group a day later."""
    Product.objects.filter(code="TEA").update(listing="named")
    group = StoreGroup.objects.create(code="FLAGSHIP", name="旗舰")
    StoreGroupMember.objects.create(group=group, store=brand.a1)
    now = clock.now()
    rule(INCLUDE, product="TEA", channel="mini", starts_at=now + HOUR)
    rule(INCLUDE, product="TEA", group="FLAGSHIP", starts_at=now + 24 * HOUR)

    def told(at: datetime) -> list[Why]:
        places = ((brand.a1, brand.pos), (brand.a1, brand.mini), (brand.b1, brand.pos))
        return [why(brand, brand.tea, *place, at) for place in places]

    assert told(now) == [Why.NOT_LISTED] * 3
    assert told(now + HOUR) == [Why.NOT_LISTED, Why.INCLUDED, Why.NOT_LISTED]
    assert told(now + 24 * HOUR) == [Why.INCLUDED, Why.INCLUDED, Why.NOT_LISTED]


def test_the_reasons_come_in_their_order(brand: Brand) -> None:
    place = [brand.tea, brand.a1, brand.pos]
    assert why(brand, *place) is Why.LISTED
    PriceList.objects.create(code="VIP", name="会员价")
    services.set_price(SYSTEM, sku="TEA", amount=None)
    assert why(brand, *place) is Why.NO_PRICE
    excluding = rule(EXCLUDE, region="EAST", sku="TEA")
    verdict = products.assortment_of(counter(brand.a1, brand.pos), [brand.tea.pk])[brand.tea.pk]
    assert verdict.why is Why.EXCLUDED
    assert verdict.is_sold is False
    assert (verdict.rule_id, verdict.reason) == (excluding.pk, "试销")
    assert verdict.since == excluding.starts_at
    assert why(brand, brand.tea, brand.b1, brand.pos) is Why.NO_PRICE
    Sku.objects.filter(code="TEA").update(is_active=False)
    assert why(brand, *place) is Why.OFF_SALE
    Product.objects.filter(code="TEA").update(status="retired")
    assert why(brand, *place) is Why.PRODUCT_NOT_ACTIVE


def test_the_list_holds_exactly_what_is_sold(brand: Brand) -> None:
    at_a1 = ("MILK", "RICE", "TEA")
    assert codes(counter(brand.a1, brand.pos)) == list(at_a1)
    rule(EXCLUDE, category="FOOD", store="A1")
    assert codes(counter(brand.a1, brand.pos)) == []
    assert codes(counter(brand.a2, brand.pos)) == list(at_a1)
    rule(INCLUDE, sku="TEA", store="A1", channel="mini")
    assert codes(counter(brand.a1, brand.mini)) == ["TEA"]
    assert codes(counter(brand.a1, brand.pos)) == []
    rule(INCLUDE, product="MILK", store="A1")
    assert codes(counter(brand.a1, brand.pos)) == ["MILK"]
    services.set_price(SYSTEM, sku="MILK", amount=None)
    assert codes(counter(brand.a1, brand.pos)) == []
    assert codes(counter(brand.b1, brand.pos)) == ["RICE", "TEA"]


def test_statements_do_not_grow(brand: Brand) -> None:
    food = Category.objects.get(code="FOOD")
    for number in range(20):
        builders.build_sku(f"N{number:02}", "名", food, 100)
        rule(EXCLUDE, sku=f"N{number:02}", store="A1")
    skus = list(Sku.objects.values_list("pk", flat=True))
    place = counter(brand.a1, brand.pos)
    with CaptureQueriesContext(connection) as asked:
        assert len(products.assortment_of(place, skus)) == 23
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert codes(place) == ["MILK", "RICE", "TEA"]
    assert len(asked) == 2


# ----- a sale


def test_what_is_not_sold_here_is_not_sold(brand: Brand) -> None:
    rule(EXCLUDE, sku="TEA", store="A1")
    clerk = builders.clerk_at(brand.a1)
    held = Stock.objects.get(sku=brand.tea, location__store=brand.a1).on_hand
    with pytest.raises(products.NotSoldHere) as refused:
        place_order(clerk, sale_of(brand.a1, {"TEA": "1", "MILK": "1"}, 2299), once(clerk))
    assert refused.value.fields == {"lines": ["TEA"]}
    assert not Order.objects.exists()
    assert Stock.objects.get(sku=brand.tea, location__store=brand.a1).on_hand == held
    with pytest.raises(products.NotSoldHere):
        quote(clerk, QuoteRequest("A1", "pos", [LineRequest("TEA", 1)]))  # type: ignore[arg-type]
    other = builders.clerk_at(brand.b1, "other")
    assert place_order(other, sale_of(brand.b1, {"TEA": "1"}, 1999), once(other))["total"] == 1999


def test_unknown_and_unpriced_stay_what_they_are(brand: Brand) -> None:
    clerk = builders.clerk_at(brand.a1)
    services.set_price(SYSTEM, sku="MILK", amount=None)
    with pytest.raises(products.SkuNotPriced):
        quote(clerk, QuoteRequest("A1", "pos", [LineRequest("MILK", 1)]))  # type: ignore[arg-type]
    rule(EXCLUDE, sku="MILK")
    with pytest.raises(products.NotSoldHere):
        quote(clerk, QuoteRequest("A1", "pos", [LineRequest("MILK", 1)]))  # type: ignore[arg-type]
    with pytest.raises(products.UnknownSku):
        quote(clerk, QuoteRequest("A1", "pos", [LineRequest("NOPE", 1), LineRequest("MILK", 1)]))  # type: ignore[arg-type]


# ----- set, end, call off


@pytest.mark.parametrize(
    ("given", "code", "fields"),
    [
        ({"action": "sell", "sku": "TEA"}, "assortment_action_unknown", {"action"}),
        ({}, "assortment_of_one_target", {"sku", "product", "category"}),
        ({"sku": "TEA", "category": "FOOD"}, "assortment_of_one_target", {"sku", "category"}),
        (
            {"sku": "TEA", "store": "A1", "region": "EAST"},
            "assortment_at_one_place",
            {"store", "region"},
        ),
        ({"sku": "NOPE", "store": "X9"}, "assortment_names_unknown", {"sku", "store"}),
        ({"sku": "TEA", "group": "NOPE"}, "assortment_names_unknown", {"group"}),
        ({"sku": "TEA", "channel": "nope"}, "assortment_names_unknown", {"channel"}),
        ({"sku": "TEA", "starts_at": -HOUR}, "assortment_in_the_past", {"starts_at"}),
        ({"sku": "TEA", "ends_at": -HOUR}, "assortment_window_reversed", {"ends_at"}),
        (
            {"sku": "TEA", "starts_at": 2 * HOUR, "ends_at": HOUR},
            "assortment_window_reversed",
            {"ends_at"},
        ),
        (
            {"sku": "TEA", "starts_at": HOUR, "ends_at": HOUR},
            "assortment_window_reversed",
            {"ends_at"},
        ),
    ],
)
def test_what_is_no_rule_is_refused(
    brand: Brand, given: dict[str, Any], code: str, fields: set[str]
) -> None:
    now = clock.now()
    named = {k: now + v if isinstance(v, timedelta) else v for k, v in given.items()}
    with pytest.raises(DomainError) as refused:
        services.set_assortment_rule(
            SYSTEM, GivenRule(**{"action": EXCLUDE} | named), reason="试销"
        )
    assert refused.value.code == code
    assert set(refused.value.fields) == fields
    assert not AssortmentRule.objects.exists()
    assert not AuditLine.objects.filter(action="products.set_assortment_rule").exists()


@pytest.mark.parametrize("reason", ["", "x", "x" * 256, "a\nb"])
def test_nobody_sets_or_ends_a_rule_without_a_reason(brand: Brand, reason: str) -> None:
    kept = rule(EXCLUDE, sku="TEA")
    for act in (
        lambda: services.set_assortment_rule(SYSTEM, GivenRule(EXCLUDE, sku="TEA"), reason=reason),
        lambda: services.end_assortment_rule(SYSTEM, kept.pk, reason=reason),
        lambda: services.call_off_assortment_rule(SYSTEM, kept.pk, reason=reason),
    ):
        with pytest.raises(services.RuleReasonWanted):
            act()
    assert AssortmentRule.objects.get().ends_at is None


def test_a_rule_is_set_with_who_when_and_why(brand: Brand) -> None:
    actor: Actor = builders.staff_actor("operator", "operations")
    before = clock.now()
    made = services.set_assortment_rule(
        actor, GivenRule(EXCLUDE, category="FOOD", region="EAST", channel="mini"), reason="夏季停售"
    )
    made.refresh_from_db()
    assert before <= made.set_at <= clock.now()
    assert made.starts_at == made.set_at
    assert (made.set_by, made.reason, made.ends_at) == (actor.label, "夏季停售", None)
    line = AuditLine.objects.get(action="products.set_assortment_rule")
    assert (line.object_key, line.reason) == (str(made.pk), "夏季停售")
    assert line.changes == {
        "category": "FOOD",
        "region": "EAST",
        "channel": "mini",
        "action": EXCLUDE,
        "starts_at": clock.rfc3339(made.set_at),
        "ends_at": None,
    }


def test_a_rule_is_ended_and_what_was_before_stays(brand: Brand) -> None:
    kept = rule(EXCLUDE, sku="TEA")
    during = clock.now()
    services.end_assortment_rule(SYSTEM, kept.pk, reason="恢复销售")
    kept.refresh_from_db()
    assert kept.ends_at is not None
    assert why(brand, brand.tea, brand.a1, brand.pos) is Why.LISTED
    assert why(brand, brand.tea, brand.a1, brand.pos, during) is Why.EXCLUDED
    assert AuditLine.objects.get(action="products.end_assortment_rule").reason == "恢复销售"
    with pytest.raises(services.RuleOver):
        services.end_assortment_rule(SYSTEM, kept.pk, reason="再来")


def test_an_end_ahead_may_move(brand: Brand) -> None:
    kept = rule(EXCLUDE, sku="TEA", ends_at=clock.now() + 2 * HOUR)
    later = clock.now() + 4 * HOUR
    services.end_assortment_rule(SYSTEM, kept.pk, at=later, reason="延长")
    assert AssortmentRule.objects.get().ends_at == later
    with pytest.raises(services.RuleInThePast):
        services.end_assortment_rule(SYSTEM, kept.pk, at=clock.now() - HOUR, reason="昨天")
    assert AssortmentRule.objects.get().ends_at == later


def test_what_has_not_begun_is_called_off_and_not_ended(brand: Brand) -> None:
    waits = rule(EXCLUDE, sku="TEA", starts_at=clock.now() + HOUR)
    with pytest.raises(services.RuleNotBegun):
        services.end_assortment_rule(SYSTEM, waits.pk, reason="不要了")
    services.call_off_assortment_rule(SYSTEM, waits.pk, reason="不要了")
    assert not AssortmentRule.objects.exists()
    assert AuditLine.objects.get(action="products.call_off_assortment_rule").reason == "不要了"
    with pytest.raises(services.RuleNotFound):
        services.call_off_assortment_rule(SYSTEM, waits.pk, reason="不要了")
    with pytest.raises(services.RuleNotFound):
        services.end_assortment_rule(SYSTEM, waits.pk, reason="不要了")


def test_what_has_begun_is_not_called_off(brand: Brand) -> None:
    waits = rule(EXCLUDE, sku="TEA", starts_at=clock.now() + HOUR)
    with time_machine.travel(clock.now() + 2 * HOUR), pytest.raises(services.RuleHasBegun):
        services.call_off_assortment_rule(SYSTEM, waits.pk, reason="不要了")
    kept = rule(EXCLUDE, sku="MILK")
    with pytest.raises(services.RuleHasBegun):
        services.call_off_assortment_rule(SYSTEM, kept.pk, reason="不要了")
    assert AssortmentRule.objects.count() == 2


# ----- what the tables refuse whoever writes


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"action": "hide"}, "assortment_action_known"),
        ({"sku": None}, "assortment_of_one_target"),
        ({"category": "FOOD"}, "assortment_of_one_target"),
        ({"store": "A1", "region": "EAST"}, "assortment_at_one_place"),
        ({"ends_at": START}, "assortment_from_before_to"),
    ],
)
def test_a_row_that_is_no_rule_is_refused(brand: Brand, changed: dict[str, Any], name: str) -> None:
    named = {"category": Category, "store": Store, "region": Region}
    rows = {
        key: named[key].objects.get(code=value) if key in named and value else value
        for key, value in changed.items()
    }
    columns = {
        "action": EXCLUDE, "sku": brand.tea, "starts_at": START, "reason": "试销",
        "set_by": "tests", "set_at": START,
    }  # fmt: skip
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        AssortmentRule.objects.create(**columns | rows)
    assert constraint_of(refused.value) == name


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(action=INCLUDE),
        lambda rows: rows.update(starts_at=START - HOUR),
        lambda rows: rows.update(reason="别的"),
        lambda rows: rows.delete(),
    ],
)
def test_a_rule_that_has_begun_is_not_rewritten(brand: Brand, act: Callable[[Any], Any]) -> None:
    kept = AssortmentRule.objects.create(
        action=EXCLUDE, sku=brand.tea, starts_at=START, reason="试销", set_by="t", set_at=START
    )
    with pytest.raises(ProgrammingError), transaction.atomic():
        act(AssortmentRule.objects.filter(pk=kept.pk))
    again = AssortmentRule.objects.get()
    assert (again.action, again.starts_at, again.reason) == (EXCLUDE, START, "试销")


def test_a_rule_that_is_over_is_not_reopened(brand: Brand) -> None:
    AssortmentRule.objects.create(
        action=EXCLUDE, sku=brand.tea, ends_at=START, reason="试销", set_by="tests", set_at=START
    )
    with pytest.raises(ProgrammingError), transaction.atomic():
        AssortmentRule.objects.update(ends_at=None)
    assert AssortmentRule.objects.get().ends_at == START
