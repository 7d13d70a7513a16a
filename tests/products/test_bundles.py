"""Bundles: what they may be made of, when a kind may change, and how many there are to sell."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common.errors import ActionNotPermitted
from apps.flows.place_order import place_order
from apps.flows.set_kind import set_kind
from apps.inventory import selectors as inventory
from apps.inventory.models import Stock
from apps.org import rules as roles
from apps.products import selectors
from apps.products import services as products
from apps.products.models import BundleComponent, Sku
from apps.products.packing import (
    BundleComponentNotGoods,
    Component,
    ComponentFraction,
    bundles_in,
)
from apps.products.services import NotABundle, SkuKindStays
from tests import books, builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import signed_in


@pytest.fixture
def brand(db: None) -> Brand:
    return builders.build_brand()


@pytest.fixture
def actor(brand: Brand) -> Actor:
    return builders.staff_actor("operator", roles.OPERATIONS)


@pytest.fixture
def gift(brand: Brand) -> Sku:
    """2 TEA and 1.5 kg RICE for ¥45."""
    return build_bundle(brand, "GIFT", {brand.tea: "2", brand.rice: "1.5"}, 4500)


def build_bundle(brand: Brand, code: str, inside: dict[Sku, str], amount: int) -> Sku:
    sku = builders.build_sku(code, "礼盒", brand.tea.product.category, amount)
    Sku.objects.filter(pk=sku.pk).update(kind="bundle")
    sku.refresh_from_db()
    given = {one: Decimal(quantity) for one, quantity in inside.items()}
    products.set_components(SYSTEM, bundle=sku, components=given)
    return sku


def inside(bundle: Sku) -> dict[str, Decimal]:
    return dict(bundle.components.values_list("component__code", "quantity"))


# ----- what is in it


def test_a_bundle_is_made_of_what_is_said_last(brand: Brand, actor: Actor, gift: Sku) -> None:
    products.set_components(actor, bundle=gift, components={brand.milk: Decimal(6)})
    assert inside(gift) == {"MILK": 6}
    line = AuditLine.objects.filter(action="products.set_components").latest("id")
    before = {"RICE": "1.500", "TEA": "2.000"}
    assert line.changes == {"components": [before, {"MILK": "6"}]}
    (only,) = selectors.recipe_of(gift.pk)
    assert only == Component(brand.milk.pk, "MILK", "each", Decimal(6))


@pytest.mark.parametrize("kind", ["bundle", "virtual"])
def test_a_component_is_goods(brand: Brand, actor: Actor, gift: Sku, kind: str) -> None:
    other = builders.build_sku("OTHER", "其他", brand.tea.product.category, 100)
    set_kind(actor, "OTHER", kind)
    other.refresh_from_db()
    with books.unchanged(), pytest.raises(BundleComponentNotGoods) as refusal:
        products.set_components(actor, bundle=gift, components={other: Decimal(1)})
    assert refusal.value.fields == {"components": ["OTHER"]}
    with pytest.raises(BundleComponentNotGoods):
        products.set_components(actor, bundle=gift, components={gift: Decimal(1)})
    with pytest.raises(IntegrityError, match="component_is_goods"), transaction.atomic():
        BundleComponent.objects.create(bundle=gift, component=other, quantity=1)


def test_only_a_bundle_has_components(brand: Brand, actor: Actor) -> None:
    with books.unchanged(), pytest.raises(NotABundle):
        products.set_components(actor, bundle=brand.tea, components={brand.milk: Decimal(1)})


def test_pieces_are_whole(brand: Brand, actor: Actor, gift: Sku) -> None:
    with books.unchanged(), pytest.raises(ComponentFraction):
        products.set_components(actor, bundle=gift, components={brand.milk: Decimal("0.5")})


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"quantity": 0}, "component_in_range"),
        ({"component_kind": "bundle"}, "component_kinds_fixed"),
        ({"bundle_kind": "goods"}, "component_kinds_fixed"),
    ],
)
def test_what_the_database_refuses(brand: Brand, gift: Sku, wrong: Any, constraint: str) -> None:
    given = {"bundle": gift, "component": brand.milk, "quantity": 1} | wrong
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BundleComponent.objects.create(**given)


# ----- kinds


@pytest.mark.parametrize("sku", ["TEA", "GIFT"])
def test_what_has_components_or_is_one_stays_what_it_is(
    brand: Brand, actor: Actor, gift: Sku, sku: str
) -> None:
    with books.unchanged(), pytest.raises(SkuKindStays):
        set_kind(actor, sku, "virtual")
    with pytest.raises(IntegrityError, match="component"), transaction.atomic():
        Sku.objects.filter(code=sku).update(kind="virtual")


def test_what_moved_or_was_sold_stays_what_it_is(brand: Brand, actor: Actor) -> None:
    with books.unchanged(), pytest.raises(SkuKindStays):
        set_kind(actor, "MILK", "virtual")
    card = builders.build_sku("CARD", "卡", brand.tea.product.category, 100)
    set_kind(actor, "CARD", "virtual")
    clerk = builders.clerk_at(brand.a1)
    place_order(clerk, builders.unpaid_order_of(brand.a1, {"CARD": "1"}, 100), builders.once(clerk))
    with books.unchanged(), pytest.raises(SkuKindStays):
        set_kind(actor, card.code, "goods")


def test_a_new_sku_becomes_a_bundle_and_goods_again(brand: Brand, actor: Actor) -> None:
    new = builders.build_sku("NEW", "新", brand.tea.product.category, 100)
    set_kind(actor, "NEW", "bundle")
    set_kind(actor, "NEW", "bundle")
    products.set_components(actor, bundle=new, components={brand.tea: Decimal(1)})
    products.set_components(actor, bundle=new, components={})
    set_kind(actor, "NEW", "goods")
    lines = AuditLine.objects.filter(action="products.set_kind").order_by("id")
    assert [line.changes for line in lines] == [
        {"kind": ["goods", "bundle"]},
        {"kind": ["bundle", "goods"]},
    ]


def test_only_who_manages_the_catalogue_changes_a_kind(brand: Brand) -> None:
    builders.build_sku("NEW", "新", brand.tea.product.category, 100)
    clerk = builders.clerk_at(brand.a1)
    with books.unchanged(), pytest.raises(ActionNotPermitted):
        set_kind(clerk, "NEW", "bundle")


def posted(client: Client, sku: Sku, **given: str) -> Any:
    none = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    parts = ("barcodes", "packs", "references", "components")
    data = {f"{part}-{name}": n for part in parts for name, n in none.items()}
    data |= {"product": str(sku.product_id), "code": sku.code, "unit": "each", "option": ""}
    data |= {"kind": sku.kind, "is_active": "on", "tax_class": ""}
    return client.post(f"/admin/products/sku/{sku.pk}/change/", data | given)


def test_the_page_asks_the_same(brand: Brand, gift: Sku) -> None:
    client = signed_in(builders.build_staff("boss", roles.HEAD_OFFICE_ADMIN))
    assert posted(client, brand.milk, kind="virtual").status_code == 200
    assert posted(client, gift, kind="goods").status_code == 200
    new = {"components-TOTAL_FORMS": "1", "components-0-quantity": "1"}
    for code in ("GIFT", "NOBODY"):
        assert posted(client, gift, **new, **{"components-0-sku": code}).status_code == 200
    half = new | {"components-0-sku": "MILK", "components-0-quantity": "0.5"}
    assert posted(client, gift, **half).status_code == 200
    assert inside(gift) == {"TEA": 2, "RICE": Decimal("1.5")}
    assert posted(client, gift, **new, **{"components-0-sku": "MILK"}).status_code == 302
    assert inside(gift) == {"TEA": 2, "RICE": Decimal("1.5"), "MILK": 1}
    line = AuditLine.objects.filter(action="products.change_sku").latest("id")
    assert line.changes == {"bundlecomponent": {"added": ["MILK"]}}


# ----- how many there are


@given(
    st.dictionaries(st.integers(1, 4), st.integers(1, 5_000), max_size=4),
    st.dictionaries(st.integers(1, 4), st.integers(-3, 50_000), max_size=4),
)
def test_as_many_bundles_as_can_be_taken_one_by_one(
    recipe: dict[int, int], lying: dict[int, int]
) -> None:
    parts = [Component(n, str(n), "kg", Decimal(q) / 1000) for n, q in recipe.items()]
    left = {n: Decimal(q) / 1000 for n, q in lying.items()}
    made = int(bundles_in(parts, left))
    if not recipe:
        assert made == 0
        return
    assert all(made * one.quantity <= max(left.get(one.sku_id, Decimal(0)), 0) for one in parts)
    assert any((made + 1) * one.quantity > left.get(one.sku_id, Decimal(0)) for one in parts)


def test_a_bundle_is_there_as_often_as_its_scarcest_component(
    brand: Brand, actor: Actor, gift: Sku
) -> None:
    def left(who: Actor) -> Decimal:
        return inventory.assembled_from(inventory.stock_visible_to(who), gift.pk)

    at_a1 = builders.staff_actor("manager", roles.STORE_MANAGER, store=brand.a1)
    everywhere = builders.staff_actor("boss", roles.HEAD_OFFICE_ADMIN)
    assert (left(at_a1), left(everywhere)) == (50, 200)  # 100 TEA at each of four stores
    Stock.objects.filter(sku=brand.rice, location__store=brand.a1).update(on_hand=10, reserved=3)
    assert (left(at_a1), left(everywhere)) == (4, 154)
    Stock.objects.filter(sku=brand.rice, location__store=brand.a1).delete()
    with CaptureQueriesContext(connection) as asked:
        assert (left(at_a1), left(everywhere)) == (0, 150), "one component is not there at all"
    assert len(asked) == 2
    products.set_components(actor, bundle=gift, components={})
    assert left(everywhere) == 0
