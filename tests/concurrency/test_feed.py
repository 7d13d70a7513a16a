"""Nobody who keeps a copy of the catalogue misses a change, however late it is committed."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from apps.accounts.actor import Actor
from apps.common import sql
from apps.products import services as products
from apps.products.models import Category, Product, Sku, TaxClass, TaxRate
from apps.products.selectors import feed
from apps.products.services import GivenPrice, GivenSku
from tests import builders
from tests.api import caller
from tests.builders import Brand
from tests.products.test_feed import read, settled
from tests.threads import run_in_threads

SECONDS = 30
BY_SEQUENCE = feed.BEGIN.replace(
    "SELECT told.xmin", "SELECT (SELECT max(xid) + 1 FROM products_cataloguechange)"
)
WITHOUT_FAN_OUT = feed.BEGIN.replace("min(horizon) FROM products_cataloguefanout", "NULL::bigint FROM products_cataloguefanout")  # fmt: skip
WAITING = """
SELECT count(*) FROM pg_locks waiting JOIN pg_locks own USING (pid)
WHERE NOT waiting.granted AND own.relation = 'products_taxrate'::regclass
"""
CODES = [f"GOODS-{number}" for number in range(12)]


@pytest.fixture
def actor(brand: Brand) -> Actor:
    return builders.clerk_at(brand.a1)


@contextmanager
def uncommitted(act: Callable[[], object]) -> Iterator[None]:
    """``act`` in a transaction of another connection, which is committed at the end of the block."""
    done, go_on = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                go_on.wait(SECONDS)
        finally:
            done.set()
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(run)
        try:
            assert done.wait(SECONDS)
            yield
        finally:
            go_on.set()
        running.result(SECONDS)


def priced(code: str, amount: int) -> Callable[[], object]:
    return lambda: products.set_price(builders.SYSTEM, sku=code, amount=amount)


def told_of_a_late_commit(actor: Actor) -> tuple[set[str], set[str]]:
    """TEA is changed first and committed last; what the readings before and after that tell."""
    mark = settled(actor)
    with uncommitted(priced("TEA", 5)):
        priced("RICE", 6)()
        early, mark = read(actor, feed.read_since(actor, mark))
    late, _mark = read(actor, feed.read_since(actor, mark))
    return set(early), set(late)


def test_what_commits_late_comes_with_the_next_reading(actor: Actor) -> None:
    early, late = told_of_a_late_commit(actor)
    assert early == {"RICE"}
    assert "TEA" in late


def test_a_mark_by_what_was_read_would_miss_it(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sequence or a clock says how far the reader came, not what was still under way."""
    mark = settled(actor)
    with uncommitted(priced("TEA", 5)):
        priced("RICE", 6)()
        monkeypatch.setattr(feed, "BEGIN", BY_SEQUENCE)
        early, mark = read(actor, feed.read_since(actor, mark))
        monkeypatch.undo()
    late, _mark = read(actor, feed.read_since(actor, mark))
    assert (set(early), set(late)) == ({"RICE"}, set())


def test_an_instant_misses_nothing_that_commits_after_it(actor: Actor) -> None:
    settled(actor)
    with uncommitted(priced("TEA", 5)):
        priced("RICE", 6)()
        (seen,) = sql.rows("SELECT clock_timestamp()", {})[0]
        priced("MILK", 7)()
    told, _mark = read(actor, feed.read_since_instant(actor, seen + timedelta(microseconds=1)))
    assert {"TEA", "MILK"} <= set(told)


def test_a_till_goes_on_where_it_ended(brand: Brand, actor: Actor) -> None:
    settled(actor)
    till = caller.app("products.see", stores=(brand.a1,))
    token = till.get("catalogue/changes").body["token"]
    nothing = till.get("catalogue/changes", updated_since=token)
    assert nothing.body["results"] == []

    asked = {"updated_since": token}
    tag = {"If-None-Match": nothing.headers["ETag"]}
    assert till.send("get", "catalogue/changes", query_params=asked, headers=tag).status == 304
    priced("TEA", 5)()
    changed = till.send("get", "catalogue/changes", query_params=asked, headers=tag)
    assert [one["sku"] for one in changed.body["results"]] == ["TEA"]
    assert changed.body["results"][0]["now"]["base_price"] == 5


def name_after_a_fan_out(actor: Actor) -> str | None:
    """A SKU is added to a product while that is renamed: neither transaction sees the other. What the
    last reading says that the new SKU is called."""
    product = Product.objects.get(code="TEA")
    mark = settled(actor)
    names: dict[str, str] = {}

    def tell(found: dict[str, Any]) -> None:
        names.update({code: now.name for code, now in found.items() if now})

    with uncommitted(lambda: product.skus.create(code="TEA-2", option="大")) as _adding:
        renaming = uncommitted(lambda: Product.objects.filter(code="TEA").update(name="新茶"))
        renaming.__enter__()
    try:
        found, mark = read(actor, feed.read_since(actor, mark))
        tell(found)
        assert names["TEA-2"] == "绿茶"
    finally:
        renaming.__exit__(None, None, None)
    found, _mark = read(actor, feed.read_since(actor, mark))
    tell(found)
    return names["TEA-2"]


def test_a_sku_that_a_change_of_its_product_did_not_see_is_told_again(actor: Actor) -> None:
    assert name_after_a_fan_out(actor) == "新茶"


def test_without_the_horizon_of_the_product_it_would_keep_its_old_name(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEGIN", WITHOUT_FAN_OUT)
    assert name_after_a_fan_out(actor) == "绿茶"


@pytest.fixture
def goods(brand: Brand) -> TaxClass:
    """Twelve SKUs of four products, taxed alike."""
    food, tax = Category.objects.get(code="FOOD"), TaxClass.objects.create(code="T", name="税")
    Category.objects.filter(pk=food.pk).update(tax_class=tax)
    four = [Product.objects.create(code=f"P{n}", name="货", category=food) for n in range(4)]
    for number, code in enumerate(CODES):
        Sku.objects.create(product=four[number % 4], code=code, option=code)
    products.base_price_list()
    return tax


def test_a_tax_rate_waits_for_an_import_before_it_notes_anything(goods: TaxClass) -> None:
    """The import notes goods of a product that it names, then a SKU that it locked before; the rate
    notes all of them, in order of code: with the first noted, it would wait for the import and the
    import for it."""
    errors: list[Exception] = []

    def rate() -> None:
        try:
            TaxRate.objects.create(tax_class=goods, basis_points=1, starts_on=date(2020, 1, 1))
        except OperationalError as error:
            errors.append(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool, transaction.atomic():
        products.lock_skus(["GOODS-0"], products=["P1"])
        Product.objects.filter(code="P1").update(name="新货")
        pool.submit(rate)
        until = time.monotonic() + SECONDS
        while sql.rows(WAITING, {})[0][0] == 0 and time.monotonic() < until:
            time.sleep(0.02)
        Sku.objects.filter(code="GOODS-0").update(is_active=False)
    assert errors == []
    assert TaxRate.objects.count() == 1


def test_prices_imports_and_taxes_do_not_lock_one_another_out(goods: TaxClass) -> None:
    rounds = 6

    def repeat(once: Callable[[random.Random, int], object]) -> Callable[[], list[Any]]:
        def run() -> list[Any]:
            chance, errors = random.Random(7), []  # noqa: S311 - an order of codes
            for turn in range(rounds):
                try:
                    once(chance, turn)
                except OperationalError as error:
                    errors.append(error)
            return errors

        return run

    def price(chance: random.Random, turn: int) -> None:
        codes = chance.sample(CODES, 6)
        products.set_prices(builders.SYSTEM, [GivenPrice(code, "", 100 + turn) for code in codes])

    def bring(chance: random.Random, turn: int) -> None:
        codes = chance.sample(CODES, 6)
        names = [CODES.index(code) % 4 for code in codes]
        given = [
            GivenSku(code, f"P{n}", f"货{turn}", "", "FOOD", "each", bool(turn % 2), None)
            for code, n in zip(codes, names, strict=True)
        ]
        with transaction.atomic():
            products.lock_skus(codes, products=[f"P{n}" for n in names])
            products.keep_skus(builders.SYSTEM, given, prices=[])

    def rate(chance: random.Random, turn: int) -> None:
        TaxRate.objects.create(
            tax_class=goods, basis_points=turn, starts_on=date(2020, 1, 1) + timedelta(days=turn)
        )

    found = run_in_threads(
        [repeat(price), repeat(price), repeat(bring), repeat(bring), repeat(rate)]
    )
    assert found == [[], [], [], [], []]
