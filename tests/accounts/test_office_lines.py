"""Whatever can be changed on a page of an office leaves one audit line that names the assignment."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApiClient, AuditLine, User
from apps.org import rules as roles
from apps.org.models import Channel, ClientBinding, ClientChannel, StoreGroup, Warehouse
from apps.org.offices.sites import head_office, portal
from apps.products.models import (
    Attribute,
    Audience,
    Category,
    PriceGuard,
    PriceList,
    Supplier,
    TaxClass,
    WeighedPrefix,
)
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in
from tests.offices.typing import page_data

pytestmark = pytest.mark.django_db

Made = Callable[[Brand], Model]


def app_client() -> ApiClient:
    return ApiClient.objects.create(
        key_id="app", name="App", created_at="2026-11-11T00:00:00Z", scopes=["orders.see"]
    )


def scale() -> WeighedPrefix:
    return WeighedPrefix.objects.create(
        prefix="22", item_digits=5, value="weight", value_digits=5, decimals=3
    )


CHANGES: dict[str, tuple[Made, dict[str, Any]]] = {
    "accounts.ApiClient": (lambda brand: app_client(), {"name": "Renamed"}),
    "accounts.User": (
        lambda brand: builders.build_staff("clerk", roles.CLERK, store=brand.a1),
        {"display_name": "Somebody"},
    ),
    "org.Channel": (lambda brand: brand.pos, {"name": "柜台"}),
    "org.Franchisee": (lambda brand: brand.anhe, {"name": "安和贸易"}),
    "org.Region": (lambda brand: brand.east, {"name": "东部"}),
    "org.StoreGroup": (
        lambda brand: StoreGroup.objects.create(code="MALL", name="商场店"),
        {"name": "购物中心店"},
    ),
    "org.Store": (lambda brand: brand.a1, {"name": "一号店"}),
    "org.Warehouse": (
        lambda brand: Warehouse.objects.create(code="W1", name="仓", region=brand.east),
        {"name": "大仓"},
    ),
    "products.Audience": (
        lambda brand: Audience.objects.create(code="VIP", name="贵宾", kind="segment"),
        {"name": "贵宾客户"},
    ),
    "products.Attribute": (
        lambda brand: Attribute.objects.create(code="origin", name="产地"),
        {"name": "原产地"},
    ),
    "products.Category": (lambda brand: Category.objects.get(code="FOOD"), {"name": "吃的"}),
    "products.PriceGuard": (
        lambda brand: PriceGuard.objects.create(sku=brand.tea, floor=100),
        {"floor": "5"},
    ),
    "products.PriceList": (lambda brand: PriceList.objects.get(is_base=True), {"name": "牌价"}),
    "products.Product": (lambda brand: brand.tea.product, {"brand": "Longjing"}),
    "products.Sku": (lambda brand: brand.tea, {"option": "50 g"}),
    "products.Supplier": (
        lambda brand: Supplier.objects.create(code="FARM", name="农场"),
        {"name": "大农场"},
    ),
    "products.WeighedPrefix": (lambda brand: scale(), {"decimals": "2"}),
    "products.TaxClass": (
        lambda brand: TaxClass.objects.create(code="FOOD", name="食品"),
        {"name": "食品类"},
    ),
}
NAMES = {"code": "NEW", "name": "新", "name_en": "New"}
BIRTHS: dict[str, Callable[[Brand], dict[str, Any]]] = {
    "accounts.ApiClient": lambda brand: {"name": "Pos", "scopes": ["orders.see"]},
    "accounts.User": lambda brand: {
        "username": "newcomer",
        "display_name": "Newcomer",
        "password1": builders.PASSWORD,
        "password2": builders.PASSWORD,
    },
    "org.Channel": lambda brand: NAMES | {"kind": "pos"},
    "org.ClientBinding": lambda brand: {"client": app_client().pk, "store": brand.a1.pk},
    "org.ClientChannel": lambda brand: {"client": app_client().pk, "channel": brand.pos.pk},
    "org.Franchisee": lambda brand: NAMES,
    "org.Region": lambda brand: NAMES,
    "org.Store": lambda brand: NAMES | {"region": brand.east.pk},
    "org.StoreGroup": lambda brand: NAMES,
    "org.Warehouse": lambda brand: NAMES | {"region": brand.east.pk},
    "products.Audience": lambda brand: NAMES | {"kind": "segment"},
    "products.Attribute": lambda brand: NAMES | {"type": "text"},
    "products.Category": lambda brand: NAMES,
    "products.Price": lambda brand: {
        "price_list": PriceList.objects.create(code="VIP", name="贵").pk,
        "sku": brand.tea.pk,
        "amount": "18",
    },
    "products.PriceGuard": lambda brand: {"sku": brand.tea.pk, "floor": "5"},
    "products.PriceList": lambda brand: NAMES,
    "products.Product": lambda brand: (
        NAMES | {"category": Category.objects.get().pk, "listing": "everywhere"}
    ),
    "products.Sku": lambda brand: {"product": brand.tea.product_id, "code": "NEW", "unit": "each"},
    "products.Supplier": lambda brand: NAMES,
    "products.SupplierCost": lambda brand: {
        "supplier": Supplier.objects.create(code="FARM", name="农场").pk,
        "sku": brand.tea.pk,
        "amount": "9",
    },
    "products.TaxClass": lambda brand: NAMES,
    "products.AssortmentRule": lambda brand: {
        "action": "exclude",
        "sku": brand.tea.pk,
        "reason": "out of season",
    },
    "products.WeighedPrefix": lambda brand: {
        "prefix": "21",
        "item_digits": "5",
        "value": "weight",
        "value_digits": "5",
        "decimals": "3",
    },
}
DEATHS: dict[str, Made] = {
    "org.Channel": lambda brand: Channel.objects.create(code="old", name="旧", kind="pos"),
    "org.ClientBinding": lambda brand: ClientBinding.objects.create(
        client=app_client(), store=brand.a1
    ),
    "org.ClientChannel": lambda brand: ClientChannel.objects.create(
        client=app_client(), channel=brand.pos
    ),
    "org.Franchisee": lambda brand: type(brand.anhe).objects.create(code="OLD", name="旧"),
    "org.Region": lambda brand: type(brand.east).objects.create(code="OLD", name="旧"),
    "products.Audience": lambda brand: Audience.objects.create(code="O", name="旧", kind="tier"),
    "products.Attribute": lambda brand: Attribute.objects.create(code="OLD", name="旧"),
    "products.Category": lambda brand: Category.objects.create(code="OLD", name="旧"),
    "products.PriceGuard": lambda brand: PriceGuard.objects.create(sku=brand.tea, floor=100),
    "products.PriceList": lambda brand: PriceList.objects.create(code="OLD", name="旧"),
    "products.Product": lambda brand: type(brand.tea.product).objects.create(
        code="OLD", name="旧", category=Category.objects.get()
    ),
    "products.Sku": lambda brand: type(brand.tea).objects.create(
        code="OLD", product=brand.tea.product
    ),
    "products.Supplier": lambda brand: Supplier.objects.create(code="OLD", name="旧"),
    "products.TaxClass": lambda brand: TaxClass.objects.create(code="OLD", name="旧"),
    "org.StoreGroup": lambda brand: StoreGroup.objects.create(code="OLD", name="旧"),
    "products.WeighedPrefix": lambda brand: scale(),
}
BY_FLOW = {"accounts.Approval"}
"""A request is written by its flow, with its line; tests/flows shows it."""

MANAGED = {
    model._meta.label: admin
    for model, admin in head_office._registry.items()
    if admin.manage_action
}


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def boss(brand: Brand) -> User:
    return builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)


@pytest.fixture
def client(boss: User) -> Client:
    return signed_in(boss)


def address(label: str, page: str, *keys: Any) -> str:
    return reverse(f"admin:{label.lower().replace('.', '_')}_{page}", args=keys)


def one_line_since(last: int, boss: User) -> AuditLine:
    (line,) = AuditLine.objects.filter(id__gt=last)
    assert (line.actor_label, line.assignment_id) == ("admin", boss.assignments.get().pk)
    assert line.role == roles.HEAD_OFFICE_ADMIN
    return line


def last_line() -> int:
    return AuditLine.objects.latest("id").pk


@pytest.mark.parametrize("label", sorted(CHANGES))
def test_a_change_leaves_one_line_under_its_assignment(
    label: str, brand: Brand, boss: User, client: Client
) -> None:
    make, changes = CHANGES[label]
    row = make(brand)
    url = address(label, "change", row.pk)
    data, last = page_data(client, url, **changes), last_line()

    assert client.post(url, data).status_code == 302

    line = one_line_since(last, boss)
    assert set(line.changes) == {next(iter(changes))}
    private = MANAGED[label].private_fields
    assert all(line.changes[name] == "***" for name in private & set(line.changes))


@pytest.mark.parametrize("label", sorted(BIRTHS))
def test_a_new_row_leaves_one_line_under_its_assignment(
    label: str, brand: Brand, boss: User, client: Client
) -> None:
    url, changes = address(label, "add"), BIRTHS[label](brand)
    data, last = page_data(client, url, **changes), last_line()

    assert client.post(url, data).status_code in (200, 302)

    line = one_line_since(last, boss)
    assert builders.PASSWORD not in str(line.changes)
    assert "Newcomer" not in str(line.changes)


@pytest.mark.parametrize("label", sorted(DEATHS))
def test_a_deleted_row_leaves_one_line_under_its_assignment(
    label: str, brand: Brand, boss: User, client: Client
) -> None:
    row, last = DEATHS[label](brand), last_line()

    sent = {"post": "yes", "reason": "made by mistake"}
    assert client.post(address(label, "delete", row.pk), sent).status_code == 302

    assert not type(row)._default_manager.filter(pk=row.pk).exists()
    assert one_line_since(last, boss).reason == "made by mistake"


def test_every_page_that_changes_something_is_among_them(boss: User, rf: Any) -> None:
    request = rf.get("/")
    request.user = boss
    asked = {
        "change": {n for n, a in MANAGED.items() if a.has_change_permission(request)},
        "add": {n for n, a in MANAGED.items() if a.has_add_permission(request)},
        "delete": {n for n, a in MANAGED.items() if a.has_delete_permission(request)},
    }
    assert asked == {"change": set(CHANGES), "add": set(BIRTHS), "delete": set(DEATHS)}
    for site in (head_office, portal):
        others = [
            admin
            for model, admin in site._registry.items()
            if not admin.manage_action and model._meta.label not in BY_FLOW
        ]
        for admin in others:
            may = (admin.has_change_permission, admin.has_add_permission)
            assert not any(ask(request) for ask in may), admin
