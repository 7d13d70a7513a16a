"""Whatever changes a SKU as a till knows it is noted by the database, and nothing else is."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.actor import Actor
from apps.common import clock
from apps.org import rules as roles
from apps.products import services as products
from apps.products.models import (
    Barcode,
    CatalogueChange,
    Category,
    Price,
    PriceList,
    Product,
    Sku,
    TaxClass,
    TaxRate,
)
from apps.products.selectors import feed
from apps.products.selectors.feed import Mark
from tests import builders
from tests.builders import Brand

GOODS = {"TEA", "RICE", "MILK"}
SETTLED_SECONDS = 60
Feed = dict[str, Any]


def read(actor: Actor, reading: feed.Reading, *, limit: int = 1_000) -> tuple[Feed, Mark]:
    """What a reading tells, page by page, and the mark at its end."""
    told: Feed = {}
    following: feed.Reading | None = reading
    while following is not None:
        page, following = feed.changes(actor, following, limit, at=clock.now())
        told |= {one.code: one.now for one in page}
    return told, reading.done


def settled(actor: Actor) -> Mark:
    """A mark behind all that was changed: a transaction elsewhere in the server may hold it back."""
    until = time.monotonic() + SETTLED_SECONDS
    _told, mark = read(actor, feed.read_all(actor))
    while time.monotonic() < until:
        told, mark = read(actor, feed.read_since(actor, mark))
        if not told:
            return mark
        time.sleep(0.05)
    raise AssertionError("some transaction never ends")


def scheduled(amount: int) -> None:
    products.set_price(
        builders.SYSTEM, sku="TEA", amount=amount, starts_at=clock.now() + timedelta(days=3)
    )


def season(status: str) -> PriceList:
    """A list with a price of MILK."""
    row = PriceList.objects.create(code="SEASON", name="季", status="draft", priority=3)
    products.set_price(builders.SYSTEM, sku="MILK", price_list="SEASON", amount=250)
    if status == "released":
        PriceList.objects.filter(pk=row.pk).update(status="released", starts_at=clock.now())
    return row


def tax(code: str) -> TaxClass:
    return TaxClass.objects.get_or_create(code=code, defaults={"name": code})[0]


def rename(code: str, new: str) -> None:
    Sku.objects.filter(code=code).update(code=new)


CHANGES: dict[str, tuple[Callable[[], object], set[str], set[str]]] = {
    "an option": (lambda: Sku.objects.filter(code="TEA").update(option="红"), {"TEA"}, set()),
    "the same option": (lambda: Sku.objects.filter(code="TEA").update(option="红"), set(), set()),
    "a name": (lambda: Product.objects.filter(code="TEA").update(name="红茶"), {"TEA"}, set()),
    "a brand": (lambda: Product.objects.filter(code="TEA").update(brand="B"), set(), set()),
    "a barcode": (
        lambda: Barcode.objects.create(sku=Sku.objects.get(code="RICE"), code="6900000000007"),
        {"RICE"}, set(),
    ),
    "a barcode that moves": (
        lambda: Barcode.objects.filter(code="6900000000007").update(
            sku=Sku.objects.get(code="MILK")
        ),
        {"RICE", "MILK"}, set(),
    ),
    "a barcode less": (
        lambda: Barcode.objects.filter(code="6900000000007").delete(), {"MILK"}, set(),
    ),
    "a price": (lambda: products.set_price(builders.SYSTEM, sku="TEA", amount=1), {"TEA"}, set()),
    "a price to come": (lambda: scheduled(5), {"TEA"}, set()),
    "a price called off": (
        lambda: products.call_off_price(
            builders.SYSTEM, Price.objects.get(amount=5).pk, reason="no"
        ),
        {"TEA"}, set(),
    ),
    "a list that is drafted": (lambda: season("draft"), {"MILK"}, set()),
    "a list that is released": (
        lambda: PriceList.objects.filter(code="SEASON").update(
            status="released", starts_at=clock.now()
        ),
        {"MILK"}, set(),
    ),
    "a list that ends": (
        lambda: PriceList.objects.filter(code="SEASON").update(
            ends_at=clock.now() + timedelta(days=1)
        ),
        set(), set(),
    ),
    "a tax class": (
        lambda: Category.objects.filter(code="FOOD").update(tax_class=tax("FULL")), GOODS, set(),
    ),
    "a tax rate": (
        lambda: TaxRate.objects.create(
            tax_class=tax("FULL"), basis_points=1300, starts_on=date(2020, 1, 1)
        ),
        GOODS, set(),
    ),
    "a tax rate of nothing": (
        lambda: TaxRate.objects.create(
            tax_class=tax("NONE"), basis_points=0, starts_on=date(2020, 1, 1)
        ),
        set(), set(),
    ),
    "a tax class of its own": (
        lambda: Sku.objects.filter(code="RICE").update(tax_class=tax("NONE")), {"RICE"}, set(),
    ),
    "its rate": (
        lambda: TaxRate.objects.filter(tax_class=tax("NONE")).update(basis_points=100),
        {"RICE"}, set(),
    ),
    "its rate gone": (
        lambda: TaxRate.objects.filter(tax_class=tax("NONE")).delete(), {"RICE"}, set(),
    ),
    "a category above": (
        lambda: Category.objects.filter(code="FOOD").update(
            parent=Category.objects.create(code="ALL", name="全部")
        ),
        GOODS, set(),
    ),
    "a category's name": (
        lambda: Category.objects.filter(code="FOOD").update(name="粮食"), set(), set(),
    ),
    "off sale": (
        lambda: Sku.objects.filter(code="TEA").update(is_active=False), {"TEA"}, {"TEA"},
    ),
    "on sale": (lambda: Sku.objects.filter(code="TEA").update(is_active=True), {"TEA"}, set()),
    "retired": (
        lambda: Product.objects.filter(code="TEA").update(status="retired"), {"TEA"}, {"TEA"},
    ),
    "active": (
        lambda: Product.objects.filter(code="TEA").update(status="active"), {"TEA"}, set(),
    ),
    "a new SKU": (
        lambda: Sku.objects.create(product=Product.objects.get(code="TEA"), code="NEW", option="新"),
        {"NEW"}, set(),
    ),
    "a code": (lambda: rename("NEW", "NEWER"), {"NEW", "NEWER"}, {"NEW"}),
    "a SKU less": (lambda: Sku.objects.filter(code="NEWER").delete(), {"NEWER"}, {"NEWER"}),
}  # fmt: skip
"""One after another: what is done, the SKUs that are told of, and those of them that are gone."""


@pytest.fixture
def cast(committed_db: str) -> Brand:
    return builders.build_brand()


@pytest.fixture
def actor(cast: Brand) -> Actor:
    return builders.clerk_at(cast.a1)


def test_each_change_is_told_once_and_nothing_else(actor: Actor) -> None:
    for name, (change, told, gone) in CHANGES.items():
        mark = settled(actor)
        change()
        found, _mark = read(actor, feed.read_since(actor, mark))
        assert set(found) == told, name
        assert {code for code, now in found.items() if now is None} == gone, name


def test_a_reading_begins_where_an_instant_was_surely_seen(actor: Actor) -> None:
    settled(actor)
    products.set_price(builders.SYSTEM, sku="RICE", amount=900)
    settled(actor)
    between = clock.now()
    products.set_price(builders.SYSTEM, sku="MILK", amount=310)

    found, _mark = read(actor, feed.read_since_instant(actor, between))
    assert "MILK" in found
    everything, _mark = read(actor, feed.read_since_instant(actor, clock.days_ago(400)))
    assert set(everything) == GOODS


def test_pages_tell_each_change_once_in_order(actor: Actor) -> None:
    mark = settled(actor)
    for code in ("MILK", "TEA", "RICE"):
        products.set_price(builders.SYSTEM, sku=code, amount=77)

    for limit in (1, 2, 3, 4):
        found, _mark = read(actor, feed.read_since(actor, mark), limit=limit)
        assert list(found) == ["MILK", "TEA", "RICE"]


def test_what_changes_during_a_reading_comes_with_the_next(actor: Actor) -> None:
    settled(actor)
    reading = feed.read_all(actor)
    page, following = feed.changes(actor, reading, 1, at=clock.now())
    products.set_price(builders.SYSTEM, sku=page[0].code, amount=42)
    assert following is not None
    read(actor, following)

    found, _mark = read(actor, feed.read_since(actor, reading.done))
    assert found[page[0].code].base_prices[-1].amount == 42


def test_a_mark_of_another_life_is_refused(actor: Actor) -> None:
    done = feed.read_all(actor).done
    for wrong in (Mark("1-1-1", done.xid), Mark(done.life, done.xid + 10**9)):
        with pytest.raises(feed.FeedTokenOutdated):
            feed.read_since(actor, wrong)


def test_rows_of_another_life_come_once(actor: Actor) -> None:
    """A backup that is read into a new server brings transactions that are yet to come there."""
    CatalogueChange.objects.filter(sku_code="TEA").update(xid=2**62)
    everything, _mark = read(actor, feed.read_all(actor))
    assert set(everything) == GOODS
    mark = settled(actor)

    products.set_price(builders.SYSTEM, sku="TEA", amount=43)
    found, _mark = read(actor, feed.read_since(actor, mark))
    assert set(found) == {"TEA"}


def test_members_read_no_feed(cast: Brand) -> None:
    member = builders.member_actor(cast.zhang)
    for ask in (feed.read_all, feed.price_lists_to_know):
        with pytest.raises(feed.ActionNotPermitted):
            ask(member)


@pytest.mark.django_db
def test_an_import_notes_each_sku_once() -> None:
    Category.objects.create(code="FOOD", name="食品")
    given = [
        products.ImportedSku(f"K{n}", "货", "", "FOOD", "", "each", f"K{n}", 100) for n in range(50)
    ]
    with CaptureQueriesContext(connection) as few:
        products.import_skus(builders.SYSTEM, given[:1])
    with CaptureQueriesContext(connection) as many:
        products.import_skus(builders.SYSTEM, given[1:])
    assert len(many) <= len(few)
    assert CatalogueChange.objects.count() == 50


@pytest.mark.django_db
def test_a_page_takes_one_statement_whatever_its_length() -> None:
    brand = builders.build_brand()
    actor = builders.staff_actor("reader", roles.CLERK, store=brand.a1)
    for limit in (1, 3):
        with CaptureQueriesContext(connection) as asked:
            page, _following = feed.changes(actor, feed.read_all(actor), limit, at=clock.now())
        assert (len(page), len(asked)) == (limit, 2)
