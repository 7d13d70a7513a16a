"""A guard is saved while a price is set: whoever comes second is judged by what the first one wrote."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from apps.common import clock
from apps.common.errors import DomainError
from apps.products import services as products
from apps.products.models import Category, PriceGuard, PriceList
from apps.products.selectors.guarding import broken_guards
from apps.products.services import guards, prices
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

ROUNDS = 8
LONG_ENOUGH = 0.5


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else repr(result)


def floor_of_tea(brand: Brand, floor: int) -> None:
    products.save_guard(SYSTEM, PriceGuard(sku=brand.tea, floor=floor))


def band_of_food() -> None:
    food = Category.objects.get(code="FOOD")
    products.save_guard(SYSTEM, PriceGuard(category=food, lowest=9000))


def nothing_is_outside(brand: Brand) -> bool:
    skus = [brand.tea.pk, brand.rice.pk, brand.milk.pk]
    return broken_guards(skus, at=clock.now(), limit=10) == []


class Lingering:
    """Stays in its transaction after it was judged, until the other one has long asked to be let in."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.work, self.holding = work, threading.Event()

    def __call__(self, *given: Any, **named: Any) -> Any:
        done = self.work(*given, **named)
        self.holding.set()
        time.sleep(LONG_ENOUGH)
        return done

    def then(self, work: Callable[[], Any]) -> Any:
        assert self.holding.wait(10)
        return work()


def test_a_price_waits_for_a_guard_that_is_being_saved(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    lingering = Lingering(guards._require_prices_within)
    monkeypatch.setattr(guards, "_require_prices_within", lingering)
    lower = partial(products.set_base_price, SYSTEM, sku=brand.tea, amount=1500)

    saved, price = run_in_threads(
        [partial(floor_of_tea, brand, 1800), partial(lingering.then, lower)]
    )

    assert (outcome(saved), outcome(price)) == ("None", "price_outside_guard")
    assert builders.amounts_now()["TEA", "BASE"] == 1999
    assert nothing_is_outside(brand)


def test_a_guard_waits_for_a_price_that_is_being_set(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    vip = PriceList.objects.create(code="VIP", name="会员价")
    lingering = Lingering(prices.require_within_guards)
    monkeypatch.setattr(prices, "require_within_guards", lingering)
    cheap = partial(builders.price_on, vip, brand.milk, 100)

    price, saved = run_in_threads([cheap, partial(lingering.then, band_of_food)])

    assert (type(price).__name__, outcome(saved)) == ("Price", "price_outside_guard")
    assert not PriceGuard.objects.exists()
    assert nothing_is_outside(brand)


def test_two_prices_of_different_goods_do_not_wait_for_each_other(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    lingering = Lingering(prices.require_within_guards)
    monkeypatch.setattr(prices, "require_within_guards", lingering)
    begun = time.monotonic()

    run_in_threads(
        [
            partial(products.set_base_price, SYSTEM, sku=sku, amount=700)
            for sku in (brand.tea, brand.rice, brand.milk)
        ]
    )

    assert time.monotonic() - begun < 2.5 * LONG_ENOUGH
    assert set(builders.amounts_now().values()) == {700}


def test_whoever_comes_first_nothing_is_ever_outside(brand: Brand) -> None:
    """Prices, a guard of a SKU and one of its category at once, again and again; nobody deadlocks."""
    met: Counter[str] = Counter()
    for _turn in range(ROUNDS):
        for sku, amount in ((brand.tea, 1999), (brand.milk, 300)):
            products.set_base_price(SYSTEM, sku=sku, amount=amount)
        results = run_in_threads(
            [
                partial(products.set_base_price, SYSTEM, sku=brand.tea, amount=1500),
                partial(floor_of_tea, brand, 1800),
                band_of_food,
                partial(products.set_base_price, SYSTEM, sku=brand.milk, amount=200),
                partial(
                    products.set_prices,
                    SYSTEM,
                    [products.GivenPrice(code, "", 1900) for code in ("TEA", "RICE", "MILK")],
                ),
            ]
        )
        met.update(outcome(one) for one in results)
        assert nothing_is_outside(brand)
        for guard in PriceGuard.objects.order_by("id"):
            products.drop_guard(SYSTEM, guard, reason="next turn")
    assert set(met) <= {"None", "1", "2", "3", "price_outside_guard"}, met
