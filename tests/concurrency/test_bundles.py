"""A SKU is not put into a bundle while it becomes one, keeps its kind when goods arrive, and has its
barcode alone; nor without the foreign keys and the lock that see to it."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.place_order import place_order
from apps.flows.set_kind import set_kind
from apps.inventory import services as inventory
from apps.org import rules as roles
from apps.products import services as products
from apps.products.models import Barcode, BundleComponent, Sku
from apps.products.services import SkuKindStays
from tests import books, builders
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

WAIT_SECONDS = 2


def bundle(brand: Brand, code: str) -> Sku:
    sku = builders.build_sku(code, "礼盒", brand.tea.product.category, 100)
    Sku.objects.filter(pk=sku.pk).update(kind="bundle")
    sku.refresh_from_db()
    return sku


def both_ways(brand: Brand) -> tuple[Sku, Sku, list[Any]]:
    """B takes A in while A becomes a bundle, whoever comes first; what both came to."""
    big, small = bundle(brand, "B"), builders.build_sku("A", "茶", brand.tea.product.category, 100)
    boss = builders.staff_actor("boss", roles.HEAD_OFFICE_ADMIN)

    def take_in() -> str:
        products.set_components(boss, bundle=big, components={small: Decimal(1)})
        return "taken in"

    def become() -> str:
        set_kind(boss, "A", "bundle")
        return "a bundle"

    results = run_in_threads([take_in, become])
    small.refresh_from_db()
    return big, small, results


@pytest.mark.parametrize("_round", range(5))
def test_a_component_does_not_become_a_bundle_at_the_same_moment(brand: Brand, _round: int) -> None:
    big, small, results = both_ways(brand)

    assert sum(isinstance(one, str) for one in results) == 1, results
    refused = next(one for one in results if not isinstance(one, str))
    assert isinstance(refused, DomainError)
    assert refused.code in {"bundle_component_not_goods", "sku_kind_stays"}
    assert (small.kind == "goods") == big.components.exists()
    assert books.differences() == {}


def in_turn(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """``first`` has written and not yet committed when ``second`` runs; what became of the second."""
    written, went = threading.Event(), threading.Event()
    outcome: list[Any] = []

    def hold() -> None:
        with transaction.atomic():
            first()
            written.set()
            went.wait(WAIT_SECONDS)

    def follow() -> None:
        written.wait(10)
        try:
            outcome.append(second())
        except Exception as error:  # noqa: BLE001 - the test judges what was raised
            outcome.append(error)
        finally:
            went.set()

    run_in_threads([hold, follow])
    return outcome[0]


def test_without_the_foreign_keys_a_bundle_comes_to_be_in_a_bundle(brand: Brand) -> None:
    big, small = bundle(brand, "B"), builders.build_sku("A", "茶", brand.tea.product.category, 100)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE products_bundlecomponent DROP CONSTRAINT components_of_bundle,"
            " DROP CONSTRAINT component_is_goods"
        )

    in_turn(
        lambda: BundleComponent.objects.create(bundle=big, component=small, quantity=1),
        lambda: Sku.objects.filter(pk=small.pk).update(kind="bundle"),
    )

    small.refresh_from_db()
    assert (small.kind, big.components.get().component) == ("bundle", small)


def test_whoever_changes_the_recipe_the_sale_is_whole(brand: Brand) -> None:
    """A sale reads the recipe before or after the change, and takes and keeps the same one."""
    gift = bundle(brand, "GIFT")
    recipes = [{brand.tea: Decimal(1)}, {brand.milk: Decimal(2)}]
    products.set_components(SYSTEM, bundle=gift, components=recipes[0])
    clerk = builders.clerk_at(brand.a1)

    def sell() -> None:
        for _sale in range(6):
            sale = builders.sale_of(brand.a1, {"GIFT": "1"}, 100)
            place_order(clerk, sale, builders.once(clerk))

    def change() -> None:
        for turn in range(6):
            products.set_components(SYSTEM, bundle=gift, components=recipes[(turn + 1) % 2])

    assert run_in_threads([sell, change, sell]) == [None, None, None]
    assert books.differences() == {}


def arriving(brand: Brand, sku: Sku) -> Callable[[], Any]:
    received, now = {sku.pk: Decimal(1)}, clock.now()
    place = builders.place_of(brand.a1)
    return lambda: inventory.receive(place, received, reference="RCV-1", at=now)


def test_goods_that_arrive_at_this_moment_keep_their_kind(brand: Brand) -> None:
    sku = builders.build_sku("NEW", "新", brand.tea.product.category, 100)
    boss = builders.staff_actor("boss", roles.HEAD_OFFICE_ADMIN)

    outcome = in_turn(arriving(brand, sku), lambda: set_kind(boss, "NEW", "virtual"))

    sku.refresh_from_db()
    assert isinstance(outcome, SkuKindStays)
    assert sku.kind == "goods"


def test_without_its_lock_the_kind_of_arriving_goods_changes(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku = builders.build_sku("NEW", "新", brand.tea.product.category, 100)
    boss = builders.staff_actor("boss", roles.HEAD_OFFICE_ADMIN)
    monkeypatch.setattr(products, "lock_sku", lambda code: Sku.objects.get(code=code))

    outcome = in_turn(arriving(brand, sku), lambda: set_kind(boss, "NEW", "virtual"))

    sku.refresh_from_db()
    assert (outcome, sku.kind) == (None, "virtual")
    assert sku.stock.get().on_hand == 1


def test_a_barcode_is_given_to_one_of_two(brand: Brand) -> None:
    def give(sku: Sku, text: str) -> Callable[[], Any]:
        return lambda: products.add_barcode(SYSTEM, sku=sku, text=text)

    two = [give(brand.milk, "036000291452"), give(brand.rice, "0036000291452")]
    results = run_in_threads(two)

    names = sorted(type(one).__name__ for one in results)
    assert names == ["Barcode", "BarcodeTaken"], results
    assert Barcode.objects.filter(code="0036000291452").count() == 1
