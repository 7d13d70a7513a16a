"""How low and how high prices may go: nothing that is set leaves the guard of its SKU."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.org import rules as roles
from apps.products import services as products
from apps.products.models import Category, Price, PriceGuard, PriceList, Sku
from apps.products.selectors.guarding import Broken, broken_guards, broken_guards_below
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import signed_in
from tests.offices.typing import page_data

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
HORIZON = 12
GUARDS = "/admin/products/priceguard/"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("operations", roles.OPERATIONS))


@pytest.fixture
def vip(brand: Brand) -> PriceList:
    return PriceList.objects.create(code="VIP", name="会员价")


def guard_of(row: Sku | Category, **terms: int) -> PriceGuard:
    own = {"sku": row} if isinstance(row, Sku) else {"category": row}
    guard = PriceGuard(**own, **terms)
    products.save_guard(SYSTEM, guard)
    return guard


def food() -> Category:
    return Category.objects.get(code="FOOD")


# ----- the statement, beside a reference that knows nothing of it


@dataclass(frozen=True)
class Terms:
    floor: int | None = None
    lowest: int | None = None
    highest: int | None = None


Written = dict[int, int | None]
"""From which hour on, and how much; None takes the SKU off the list."""
amounts = st.one_of(st.none(), st.integers(0, 3000))
written = st.dictionaries(st.integers(-4, 4), amounts, max_size=4)
lists = st.lists(st.tuples(written, st.one_of(st.none(), st.integers(-3, 4))), max_size=3)
"""What stands on lists beside the base, and at which hour each list ends."""
bands = st.builds(
    Terms,
    lowest=st.one_of(st.none(), st.integers(0, 10_000)),
    highest=st.one_of(st.none(), st.integers(10_000, 20_000)),
).filter(lambda terms: (terms.lowest, terms.highest) != (None, None))
of_sku = st.one_of(
    st.builds(Terms, floor=st.integers(0, 2000)),
    st.builds(
        Terms,
        floor=st.one_of(st.none(), st.integers(0, 2000)),
        lowest=st.integers(0, 10_000),
        highest=st.one_of(st.none(), st.integers(10_000, 20_000)),
    ),
)


def held(prices: Written, hour: float) -> int | None:
    begun = [one for one in sorted(prices) if one <= hour]
    return prices[begun[-1]] if begun else None


def outside(
    base: Written, others: dict[str, tuple[Written, int | None]], terms: Terms, hour: float
) -> set[tuple[str, int, int, int | None]]:
    """The reference: looks at every half hour from ``hour`` on, on every list that is not over."""
    found = set()
    lasting = {"BASE": base} | {
        code: prices for code, (prices, ends) in others.items() if ends is None or ends > hour
    }
    for later in range(HORIZON * 2):
        now = hour + later / 2
        base_now = held(base, now)
        for code, prices in lasting.items():
            amount = held(prices, now)
            if amount is None:
                continue
            least, most = terms.floor or 0, None
            if base_now is not None and terms.lowest is not None:
                least = max(least, ceil(base_now * terms.lowest / 10_000))
            if base_now is not None and terms.highest is not None:
                most = floor(base_now * terms.highest / 10_000)
            if amount < least or (most is not None and amount > most):
                found.add((code, amount, least, most))
    return found


def write(sku: Sku, price_list: PriceList, prices: Written) -> None:
    Price.objects.bulk_create(
        Price(
            price_list=price_list, sku=sku, amount=amount, starts_at=START + hour * HOUR,
            set_at=START, set_by="tests",
        )
        for hour, amount in prices.items()
    )  # fmt: skip


def said(found: list[Broken]) -> set[tuple[str, int, int, int | None]]:
    assert {one.sku for one in found} <= {"GEM"}
    return {(one.price_list, one.amount, one.lowest, one.highest) for one in found}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    base=written,
    beside=lists,
    guards=st.tuples(*[st.one_of(st.none(), one) for one in (of_sku, bands, bands)]),
    half_hours=st.integers(-9, 9),
)
def test_the_statement_agrees_with_a_reference(
    brand: Brand,
    base: Written,
    beside: list[tuple[Written, int | None]],
    guards: tuple[Terms | None, ...],
    half_hours: int,
) -> None:
    others = {f"L{number}": one for number, one in enumerate(beside)}
    at, nearest = START + half_hours * HOUR / 2, next((one for one in guards if one), None)
    with transaction.atomic():
        above = Category.objects.create(code="ALL", name="全部")
        jewels = Category.objects.create(code="GEMS", name="珠宝", parent=above)
        sku = products.create_sku(code="GEM", name="玉", name_en="Gem", category=jewels)
        owners: tuple[dict[str, Any], ...]
        owners = ({"sku": sku}, {"category": jewels}, {"category": above})
        for row, terms in zip(owners, guards, strict=True):
            if terms:
                PriceGuard.objects.create(**row, **vars(terms))
        write(sku, products.base_price_list(), base)
        for code, (prices, ends) in others.items():
            over = None if ends is None else START + ends * HOUR
            write(sku, PriceList.objects.create(code=code, name=code, ends_at=over), prices)

        found = said(broken_guards([sku.pk, brand.tea.pk], at=at, limit=1_000))
        below = said(broken_guards_below(above.pk, at=at, limit=1_000))

        expected = outside(base, others, nearest, half_hours / 2) if nearest else set()
        assert found == below
        assert (
            found <= expected
        )  # where no base price holds, a band is told of the time where one does
        assert {one[:2] for one in found} == {one[:2] for one in expected}
        transaction.set_rollback(True)


# ----- prices that are set


def test_a_price_below_the_floor_is_refused_by_name(brand: Brand, vip: PriceList) -> None:
    guard_of(brand.tea, floor=1500)
    builders.price_on(vip, brand.tea, 1500)
    lines = AuditLine.objects.count()

    with pytest.raises(products.PriceOutsideGuard) as refusal:
        builders.price_on(vip, brand.tea, 1499)

    assert "TEA ¥14.99 (VIP, ¥15.00–)" in str(refusal.value.detail)
    assert refusal.value.fields == {"skus": ["TEA"]}
    assert builders.amounts_now()["TEA", "VIP"] == 1500
    assert AuditLine.objects.count() == lines


def test_a_base_price_raised_past_the_band_of_another_list_is_refused(
    brand: Brand, vip: PriceList
) -> None:
    builders.price_on(vip, brand.tea, 1400)
    guard_of(brand.tea, lowest=7000)
    products.set_base_price(SYSTEM, sku=brand.tea, amount=2000)

    with pytest.raises(products.PriceOutsideGuard, match=r"TEA ¥14\.00"):
        products.set_base_price(SYSTEM, sku=brand.tea, amount=2001)

    assert builders.amounts_now()["TEA", "BASE"] == 2000


def test_a_base_price_that_waits_counts_for_what_will_hold_beside_it(
    brand: Brand, vip: PriceList
) -> None:
    """Today 1400 is within the band; when the base price rises it would not be."""
    builders.price_on(products.base_price_list(), brand.tea, 2100, days=7)
    guard_of(brand.tea, lowest=7000)

    with pytest.raises(products.PriceOutsideGuard, match=r"TEA ¥14\.00"):
        builders.price_on(vip, brand.tea, 1400)

    builders.price_on(vip, brand.tea, 1470)
    builders.price_on(vip, brand.tea, 1480, days=7)
    builders.price_on(vip, brand.tea, 1470, days=8)


def test_a_price_that_is_called_off_leaves_no_other_outside(brand: Brand, vip: PriceList) -> None:
    base = products.base_price_list()
    waiting = builders.price_on(base, brand.tea, 4000, days=7)
    guard_of(brand.tea, highest=12_000)
    builders.price_on(vip, brand.tea, 4500, days=7)

    with pytest.raises(products.PriceOutsideGuard, match=r"TEA ¥45\.00"):
        products.call_off_price(SYSTEM, waiting.pk, reason="too early")

    assert Price.objects.filter(pk=waiting.pk).exists()


def test_a_file_of_prices_is_refused_as_a_whole(brand: Brand, vip: PriceList) -> None:
    guard_of(food(), lowest=9000)
    before = builders.amounts_now()

    with pytest.raises(products.PriceOutsideGuard) as refusal:
        products.set_prices(
            SYSTEM,
            [
                products.GivenPrice("TEA", "VIP", 1900),
                products.GivenPrice("RICE", "VIP", 700),
                products.GivenPrice("MILK", "VIP", 200),
            ],
        )

    assert refusal.value.fields == {"skus": ["MILK", "RICE"]}
    assert builders.amounts_now() == before


# ----- guards that are saved and lifted


def test_a_guard_that_present_prices_break_is_refused_by_name(brand: Brand) -> None:
    with pytest.raises(products.PriceOutsideGuard, match=r"TEA ¥19\.99"):
        guard_of(brand.tea, floor=2000)

    assert not PriceGuard.objects.exists()
    guard_of(brand.tea, floor=1999)


def test_a_guard_of_a_category_is_for_everything_below_it(brand: Brand, vip: PriceList) -> None:
    leaf = Category.objects.create(code="LEAF", name="叶", parent=food())
    deep = Category.objects.create(code="DEEP", name="深", parent=leaf)
    gem = builders.build_sku("GEM", "玉露", deep, 1000)
    builders.price_on(vip, gem, 600)
    builders.price_on(vip, brand.tea, 1500)

    with pytest.raises(products.PriceOutsideGuard) as refusal:
        guard_of(food(), lowest=7000)
    assert refusal.value.fields == {"skus": ["GEM"]}

    guard_of(gem, lowest=5000)  # what is nearer goes before it
    guard_of(food(), lowest=7000)
    with pytest.raises(products.PriceOutsideGuard, match=r"GEM ¥6\.00"):
        products.drop_guard(SYSTEM, PriceGuard.objects.get(sku=gem), reason="no longer wanted")
    assert PriceGuard.objects.filter(sku=gem).exists()


def test_a_guard_is_lifted_with_a_line(brand: Brand, vip: PriceList) -> None:
    guard = guard_of(brand.tea, floor=1500, lowest=7000)

    products.drop_guard(SYSTEM, guard, reason="clearance")

    builders.price_on(vip, brand.tea, 1)
    line = AuditLine.objects.filter(action="products.drop_guard").get()
    assert (line.object_key, line.reason) == ("TEA", "clearance")
    assert line.changes == {"floor": [1500, None], "lowest": [7000, None]}


def test_an_unchanged_guard_leaves_no_line(brand: Brand) -> None:
    guard = guard_of(brand.tea, floor=1500)
    products.save_guard(SYSTEM, guard)

    (line,) = AuditLine.objects.filter(action="products.save_guard")
    assert line.changes == {"floor": [None, 1500]}


# ----- on the screens of head office


def filled(client: Client, url: str, **given: Any) -> dict[str, Any]:
    return page_data(client, url, **given)


def test_a_guard_is_set_in_major_units_and_changed(brand: Brand, client: Client) -> None:
    data = filled(client, f"{GUARDS}add/", sku=brand.tea.pk, floor="15.00", lowest="7500")
    assert client.post(f"{GUARDS}add/", data).status_code == 302
    guard = PriceGuard.objects.get()
    assert (guard.sku, guard.floor, guard.lowest, guard.highest) == (brand.tea, 1500, 7500, None)
    assert "¥15.00" in client.get(GUARDS).content.decode()
    assert "75 %" in client.get(GUARDS).content.decode()

    url = f"{GUARDS}{guard.pk}/change/"
    assert client.post(url, filled(client, url, floor="16", sku=brand.rice.pk)).status_code == 302

    guard.refresh_from_db()
    assert (guard.sku, guard.floor) == (brand.tea, 1600)
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key) == ("products.save_guard", "TEA")
    assert line.changes == {"floor": [1500, 1600]}


def test_a_guard_that_prices_break_says_which(brand: Brand, client: Client) -> None:
    data = filled(client, f"{GUARDS}add/", sku=brand.tea.pk, floor="20.00")

    answer = client.post(f"{GUARDS}add/", data, follow=True)

    assert "Prices would leave what head office allows: TEA ¥19.99" in answer.content.decode()
    assert not PriceGuard.objects.exists()


@pytest.mark.parametrize(
    ("of", "terms", "said"),
    [
        ("both", {"lowest": "7000"}, "A guard is for a SKU or for a category."),
        ("none", {"lowest": "7000"}, "A guard is for a SKU or for a category."),
        ("sku", {}, "A guard names a floor or an end of the band."),
        ("category", {"floor": "1"}, "Only a SKU has a floor in money"),
        ("sku", {"lowest": "10001"}, "The band begins at the base price or below"),
        ("sku", {"highest": "9999"}, "The band begins at the base price or below"),
    ],
)
def test_what_is_no_guard_is_said(
    brand: Brand, client: Client, of: str, terms: dict[str, str], said: str
) -> None:
    own = {
        "both": {"sku": brand.tea.pk, "category": food().pk},
        "sku": {"sku": brand.tea.pk},
        "category": {"category": food().pk},
        "none": {},
    }[of]

    answer = client.post(f"{GUARDS}add/", filled(client, f"{GUARDS}add/", **own, **terms))

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not PriceGuard.objects.exists()


def test_a_guard_is_deleted_through_its_service(brand: Brand, client: Client) -> None:
    guard_of(food(), lowest=9500)
    guard = guard_of(brand.tea, lowest=5000)
    vip = PriceList.objects.create(code="VIP", name="会员价")
    cheap = builders.price_on(vip, brand.tea, 1500)
    url = f"{GUARDS}{guard.pk}/delete/"

    answer = client.post(url, {"post": "yes", "reason": "not needed"}, follow=True)
    assert "TEA ¥15.00 (VIP, ¥19.00–)" in answer.content.decode()
    assert PriceGuard.objects.filter(pk=guard.pk).exists()

    builders.price_on(vip, brand.tea, None)
    assert cheap.starts_at < clock.now()
    assert client.post(url, {"post": "yes", "reason": "not needed"}).status_code == 302
    assert not PriceGuard.objects.filter(pk=guard.pk).exists()
    assert AuditLine.objects.filter(action__contains="guard").latest("id").reason == "not needed"
