"""Versions of configuration rows: kept whoever writes, told with who and why, and restored."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from pghistory.models import Event

from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, User
from apps.accounts.models.history import versions_of
from apps.org import rules as roles
from apps.org.models import Channel, Franchisee, Region, RoleAssignment, Store
from apps.org.offices import history
from apps.products import services as products
from apps.products.models import Barcode, Category, PriceGuard, PriceList, Product
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import counted, signed_in
from tests.offices.typing import page_data

pytestmark = pytest.mark.django_db

TRACKED = {
    "accounts.ApiClient",
    "accounts.User",
    "org.Channel",
    "org.ChannelStore",
    "org.ClientBinding",
    "org.ClientChannel",
    "org.Franchisee",
    "org.Region",
    "org.RoleAssignment",
    "org.Store",
    "org.StoreGroup",
    "org.StoreGroupMember",
    "org.StoreHours",
    "org.Tenure",
    "org.Warehouse",
    "products.Attribute",
    "products.Audience",
    "products.Barcode",
    "products.BundleComponent",
    "products.Category",
    "products.CategoryAttribute",
    "products.OptionValue",
    "products.ExternalReference",
    "products.PackSize",
    "products.PriceGuard",
    "products.PriceList",
    "products.Product",
    "products.ProductOption",
    "products.Sku",
    "products.WeighedPrefix",
    "products.Supplier",
    "products.TaxClass",
    "products.TaxRate",
}
SECRET = ("password", "last_login", "display_name", "secret", "phone", "token")


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def boss(brand: Brand) -> User:
    return builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)


@pytest.fixture
def client(boss: User) -> Client:
    return signed_in(boss)


def versions(model: Any) -> Any:
    kept = versions_of(model)
    assert kept is not None
    return kept._default_manager.order_by("pgh_id")


def page(client: Client, row: Any, rest: str = "") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{rest}"


def spaced(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def rename(client: Client, region: Region, name: str) -> None:
    url = page(client, region, "change/")
    assert client.post(url, page_data(client, url, name=name)).status_code == 302


# ----- kept


def test_what_is_configured_is_tracked() -> None:
    kept = {m for m in apps.get_models() if issubclass(m, Event)}
    assert {m.pgh_tracked_model._meta.label for m in kept} == TRACKED
    for model in kept:
        names = [field.name for field in model._meta.fields]
        assert not [name for name in names for word in SECRET if word in name], names


def test_an_update_keeps_what_was_before(brand: Brand) -> None:
    Region.objects.filter(pk=brand.east.pk).update(name="东部")

    born, changed = versions(Region).filter(pgh_obj=brand.east.pk)
    assert (born.pgh_label, born.name, changed.pgh_label, changed.name) == (
        "insert",
        "华东",
        "update",
        "华东",
    )
    assert changed.pgh_context is None


def test_bulk_and_raw_statements_are_kept_row_by_row(brand: Brand) -> None:
    Channel.objects.bulk_create([Channel(code=f"c{n}", name="x", kind="pos") for n in range(3)])
    Product.objects.all().update(brand="Quanyu")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_store SET status = 'frozen' WHERE code LIKE 'A%'")
        cursor.execute("DELETE FROM products_barcode")

    assert versions(Channel).filter(code__startswith="c", pgh_label="insert").count() == 3
    before = versions(Product).filter(pgh_label="update").values_list("code", "brand")
    assert sorted(before) == [("MILK", ""), ("RICE", ""), ("TEA", "")]
    stores = versions(Store).filter(pgh_label="update")
    assert [(v.code, v.status) for v in stores] == [("A1", "open"), ("A2", "open")]
    (gone,) = versions(Barcode)
    assert (gone.pgh_label, gone.code) == ("delete", "6901234567892")


def test_an_update_that_changes_nothing_kept_leaves_no_version(brand: Brand, boss: User) -> None:
    before = versions(User).count()
    User.objects.filter(pk=boss.pk).update(
        last_login="2026-11-11T00:00:00Z", password="x", display_name="Someone"
    )
    Region.objects.all().update(name_en="East")
    Region.objects.all().update(name_en="East")

    assert versions(User).count() == before
    assert versions(Region).filter(pgh_label="update").count() == 1  # NORTH


def test_versions_are_append_only(brand: Brand) -> None:
    for harm in (versions(Region).all().delete, lambda: versions(Region).update(name="x")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            harm()


# ----- who and why


def test_an_edit_in_the_office_notes_who_under_which_right_and_in_which_request(
    brand: Brand, boss: User, client: Client
) -> None:
    url = page(client, brand.east, "change/")
    client.post(url, page_data(client, url, name="东部"), headers={"x-request-id": "request-0001"})

    assert versions(Region).last().pgh_context == {
        "actor": "admin",
        "kind": "staff",
        "id": boss.pk,
        "assignment": boss.assignments.get().pk,
        "role": "head_office_admin",
        "request": "request-0001",
    }


def test_what_comes_after_in_the_same_transaction_is_not_ascribed(brand: Brand) -> None:
    with accounts.noting(SYSTEM, reason="tidy"):
        Region.objects.filter(pk=brand.east.pk).update(name="一")
        with accounts.noting(builders.clerk_at(brand.a1), reason="inner"):
            Region.objects.filter(pk=brand.east.pk).update(name="二")
        Region.objects.filter(pk=brand.east.pk).update(name="三")
    Region.objects.filter(pk=brand.east.pk).update(name="四")

    notes = [v.pgh_context for v in versions(Region).filter(pgh_label="update")]
    told = [note and (note["actor"], note["reason"]) for note in notes]
    assert told == [("tests", "tidy"), ("clerk", "inner"), ("tests", "tidy"), None]


def test_nothing_is_left_of_it_after_an_error(brand: Brand) -> None:
    with pytest.raises(ZeroDivisionError), accounts.noting(SYSTEM):
        raise ZeroDivisionError
    with CaptureQueriesContext(connection) as statements:
        Region.objects.filter(pk=brand.east.pk).update(name="一")
    assert len(statements) == 1
    assert versions(Region).last().pgh_context is None


# ----- told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Changed", "Name:", "华东 → 东部", "admin", "head-office administrator"]),
        ("zh-hans", ["名称:", "华东 → 东部", "admin", "总部管理员"]),
    ],
)
def test_the_page_tells_when_who_why_and_from_what_to_what(
    brand: Brand, boss: User, language: str, words: list[str]
) -> None:
    client = signed_in(boss, language)
    rename(client, brand.east, "东部")

    text = spaced(client.get(page(client, brand.east, "history/")))

    for word in words:
        assert word in text, word
    assert "/admin/accounts/auditline/?q=EAST" in text


def test_relations_are_named_by_their_keys_where_the_reader_sees_them(
    brand: Brand, client: Client
) -> None:
    Store.objects.filter(pk=brand.a1.pk).update(franchisee=brand.baichuan, status="frozen")
    text = spaced(client.get(page(client, brand.a1, "history/")))
    for word in ("Franchisee: ANHE → BAICHUAN", "Status: open → frozen"):
        assert word in text, word

    manager = builders.build_staff("manager", roles.REGIONAL_MANAGER, region=brand.east)
    seen = spaced(signed_in(manager).get(page(client, brand.a1, "history/")))
    assert "Franchisee: ANHE → BAICHUAN" in seen  # today's owner, so he sees him
    assert "Restore the version" not in seen
    Store.objects.filter(pk=brand.a1.pk).update(franchisee=brand.anhe)
    seen = spaced(signed_in(manager).get(page(client, brand.a1, "history/")))
    assert f"Franchisee: {history.UNSEEN} → ANHE" in seen
    assert "BAICHUAN" not in seen


def test_rows_below_are_told_on_the_page_they_stand_on(brand: Brand, client: Client) -> None:
    Barcode.objects.filter(sku=brand.tea).update(code="6900000000017")
    products.set_base_price(SYSTEM, sku=brand.tea, amount=2100)

    text = client.get(page(client, brand.tea, "history/")).content.decode()

    for word in ("6901234567892", "6900000000017", "¥19.99", "¥21.00"):
        assert word in text, word


def test_a_foreign_row_is_missing(brand: Brand) -> None:
    manager = signed_in(builders.build_staff("manager", roles.REGIONAL_MANAGER, region=brand.east))
    born = versions(Store).filter(pgh_obj=brand.b1.pk).first()

    for rest in ("history/", f"history/{born.pk}/restore/"):
        foreign = manager.get(page(manager, brand.b1, rest))
        missing = manager.get(f"/admin/org/store/999999/{rest}")
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert brand.b1.name not in foreign.content.decode()
    assert manager.get(page(manager, brand.a1, "history/")).status_code == 200
    other = versions(Store).filter(pgh_obj=brand.a1.pk).first()
    assert manager.get(page(manager, brand.b1, f"history/{other.pk}/restore/")).status_code == 404


def test_a_version_of_another_row_is_missing(brand: Brand, client: Client) -> None:
    other = versions(Region).filter(pgh_obj=brand.north.pk).first()
    assert client.get(page(client, brand.east, f"history/{other.pk}/restore/")).status_code == 404


def test_a_long_history_has_pages_and_a_bounded_number_of_statements(
    brand: Brand, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 3)
    url = page(client, brand.a1, "history/")
    Store.objects.filter(pk=brand.a1.pk).update(name="0", franchisee=brand.baichuan)
    _answer, few = counted(client, url)
    for turn in range(5):
        owner = Franchisee.objects.create(code=f"F{turn}", name="x")
        with connection.cursor() as cursor:  # one instant for all in a test's transaction
            cursor.execute(
                "UPDATE org_store SET name = %s, franchisee_id = %s WHERE id = %s",
                [str(turn + 1), owner.pk, brand.a1.pk],
            )
    answer, many = counted(client, url)

    assert many <= few + 1
    assert many <= 16
    assert answer.content.decode().count('class="qy-change"') <= 3 * 10


# ----- restored


def first_version(row: Any) -> Any:
    return versions(type(row)).filter(pgh_obj=row.pk).first()


def test_a_version_is_restored_through_the_page_with_a_reason_and_a_line(
    brand: Brand, boss: User, client: Client
) -> None:
    rename(client, brand.east, "东部")
    url = page(client, brand.east, f"history/{first_version(brand.east).pk}/restore/")

    asked = client.get(url).content.decode()
    assert "东部" in asked
    assert "华东" in asked
    lines = AuditLine.objects.count()
    assert client.post(url, {"reason": ""}).status_code == 200
    brand.east.refresh_from_db()
    assert (brand.east.name, AuditLine.objects.count()) == ("东部", lines)

    assert client.post(url, {"reason": "the old name stays"}).status_code == 302

    brand.east.refresh_from_db()
    assert brand.east.name == "华东"
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key, line.changes, line.reason, line.assignment_id) == (
        "org.restore_region",
        "EAST",
        {"name": ["东部", "华东"]},
        "the old name stays",
        boss.assignments.get().pk,
    )
    assert AuditLine.objects.count() == lines + 1
    told = versions(Region).last()
    assert (told.name, told.pgh_context["reason"]) == ("东部", "the old name stays")
    again = client.get(url).content.decode()
    assert "nothing to restore" in again


def test_a_guard_is_restored_through_its_service(brand: Brand, client: Client) -> None:
    guard = PriceGuard.objects.create(sku=brand.tea, floor=1500)
    client.post(page(client, guard, "change/"), {"floor": "19.50"})
    version = versions(PriceGuard).filter(pgh_obj=guard.pk).last()

    client.post(page(client, guard, f"history/{version.pk}/restore/"), {"reason": "wrong sticker"})

    guard.refresh_from_db()
    assert guard.floor == 1500
    lines = AuditLine.objects.order_by("-id").values_list("action", "reason", "changes")[:2]
    assert list(lines) == [
        ("products.restore_priceguard", "wrong sticker", {"floor": [1950, 1500]}),
        ("products.save_guard", "", {"floor": [1950, 1500]}),
    ]


def test_a_guard_that_prices_break_by_now_is_not_restored(brand: Brand, client: Client) -> None:
    guard = PriceGuard.objects.create(sku=brand.tea, floor=1999)
    client.post(page(client, guard, "change/"), {"floor": "15.00"})
    products.set_base_price(SYSTEM, sku=brand.tea, amount=1600)
    version, lines = versions(PriceGuard).last(), AuditLine.objects.count()
    url = page(client, guard, f"history/{version.pk}/restore/")

    answer = client.post(url, {"reason": "as before"}, follow=True)

    guard.refresh_from_db()
    assert guard.floor == 1500
    assert "Prices would leave what head office allows: TEA ¥16.00" in spaced(answer)
    assert AuditLine.objects.count() == lines


def test_every_kind_of_field_survives_being_typed(brand: Brand, client: Client) -> None:
    was = Channel.objects.create(code="app", name="旧", kind="mini_program", is_active=False)
    Channel.objects.filter(pk=was.pk).update(name="新", kind="pos", is_active=True)
    version = versions(Channel).filter(pgh_obj=was.pk).last()

    client.post(page(client, was, f"history/{version.pk}/restore/"), {"reason": "by mistake"})

    now = Channel.objects.get(pk=was.pk)
    assert (now.name, now.kind, now.is_active) == ("旧", "mini_program", False)


def test_what_the_page_does_not_change_is_not_restored(brand: Brand, client: Client) -> None:
    guard = PriceGuard.objects.create(sku=brand.tea, floor=100)
    PriceGuard.objects.filter(pk=guard.pk).update(sku=brand.rice, floor=5)
    url = page(client, guard, f"history/{versions(PriceGuard).last().pk}/restore/")
    lines = AuditLine.objects.count()

    assert "cannot be restored here: SKU" in " ".join(client.get(url).content.decode().split())
    assert client.post(url, {"reason": "try"}).status_code == 200

    guard.refresh_from_db()
    assert (guard.floor, guard.sku, AuditLine.objects.count()) == (5, brand.rice, lines)


def released(code: str) -> PriceList:
    row = PriceList.objects.create(code=code, name="旧价", priority=1)
    PriceList.objects.filter(pk=row.pk).update(status="released", priority=2, name="新价")
    row.refresh_from_db()
    return row


def test_a_released_price_list_does_not_go_back_to_its_draft(brand: Brand, client: Client) -> None:
    row = released("VIP")
    draft, lines = versions(PriceList).filter(pgh_obj=row.pk).last(), AuditLine.objects.count()
    url = page(client, row, f"history/{draft.pk}/restore/")

    asked = spaced(client.get(url))
    assert "cannot be restored here: Status, Priority" in asked
    assert client.post(url, {"reason": "try"}).status_code == 200

    row.refresh_from_db()
    assert (row.status, row.priority, row.name) == ("released", 2, "新价")
    assert AuditLine.objects.count() == lines


def test_the_name_of_a_released_price_list_is_restored(brand: Brand, client: Client) -> None:
    row = released("VIP")
    PriceList.objects.filter(pk=row.pk).update(name="错价")
    PriceList.objects.filter(pk=row.pk).update(name="对价")
    named = versions(PriceList).filter(pgh_obj=row.pk, name="错价").last()

    client.post(page(client, row, f"history/{named.pk}/restore/"), {"reason": "it was right"})

    row.refresh_from_db()
    assert (row.status, row.priority, row.name) == ("released", 2, "错价")


def test_a_frozen_field_that_is_sent_all_the_same_changes_nothing(
    brand: Brand, client: Client
) -> None:
    row = released("VIP")
    url = page(client, row, "change/")
    sent = page_data(client, url, name="贵宾价", priority="9", status="draft", store=brand.a1.pk)

    assert client.post(url, sent | {"code": "OTHER", "is_base": "on"}).status_code == 302

    row.refresh_from_db()
    assert (row.name, row.code, row.status) == ("贵宾价", "VIP", "released")
    assert (row.priority, row.store, row.is_base) == (2, None, False)


def test_a_draft_that_is_released_meanwhile_is_not_saved(brand: Brand, client: Client) -> None:
    row = PriceList.objects.create(code="VIP", name="旧价", priority=1)
    url = page(client, row, "change/")
    sent = page_data(client, url, priority="9") | client.hidden(url)  # type: ignore[attr-defined]
    PriceList.objects.filter(pk=row.pk).update(status="released")

    answer = client.post(url, sent)

    row.refresh_from_db()
    assert (answer.status_code, row.priority) == (200, 1)
    assert "Somebody changed this while you had it open." in spaced(answer)


def test_a_stores_owner_comes_back_by_its_flow_alone(brand: Brand, client: Client) -> None:
    Store.objects.filter(pk=brand.a1.pk).update(name="错", name_en="Wrong")
    spelling = versions(Store).filter(pgh_obj=brand.a1.pk).last()
    owned = page(client, brand.a1, f"history/{spelling.pk}/restore/")
    assert client.post(owned, {"reason": "spelling"}).status_code == 302
    brand.a1.refresh_from_db()
    assert (brand.a1.name, brand.a1.name_en) == ("A1店", "A1")

    Store.objects.filter(pk=brand.a1.pk).update(franchisee=brand.baichuan, name="错")
    version = versions(Store).filter(pgh_obj=brand.a1.pk).last()
    url = page(client, brand.a1, f"history/{version.pk}/restore/")
    lines = AuditLine.objects.count()

    assert "Franchisee is changed by an act of its own" in spaced(client.get(url))
    assert client.post(url, {"reason": "try"}).status_code == 200

    brand.a1.refresh_from_db()
    assert (brand.a1.franchisee, brand.a1.name) == (brand.baichuan, "错")
    assert AuditLine.objects.count() == lines


def test_a_version_that_breaks_todays_rules_is_refused(brand: Brand, client: Client) -> None:
    food = Category.objects.get(code="FOOD")
    teas = Category.objects.create(code="TEAS", name="茶")
    Category.objects.filter(pk=food.pk).update(parent=teas)
    Category.objects.filter(pk=food.pk).update(parent=None)
    Category.objects.filter(pk=teas.pk).update(parent=food)
    version = versions(Category).filter(pgh_obj=food.pk, parent=teas.pk).last()

    answer = client.post(page(client, food, f"history/{version.pk}/restore/"), {"reason": "try"})

    food.refresh_from_db()
    assert (answer.status_code, food.parent) == (200, None)
    assert "A category cannot stand below itself." in answer.content.decode()
    assert not AuditLine.objects.filter(action="products.restore_category").exists()


@pytest.mark.parametrize("role", [roles.FINANCE, roles.AUDITOR])
def test_who_only_looks_restores_nothing(brand: Brand, role: str) -> None:
    client = signed_in(builders.build_staff("person", role))
    Region.objects.filter(pk=brand.east.pk).update(name="东部")
    url = page(client, brand.east, f"history/{first_version(brand.east).pk}/restore/")

    assert client.get(page(client, brand.east, "history/")).status_code == 200
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "try"}).status_code == 403
    brand.east.refresh_from_db()
    assert brand.east.name == "东部"


def test_a_row_that_is_not_edited_is_not_restored(brand: Brand, boss: User, client: Client) -> None:
    held = RoleAssignment.objects.get(user=boss)
    url = page(client, held, f"history/{first_version(held).pk}/restore/")

    assert client.get(page(client, held, "history/")).status_code == 200
    assert client.post(url, {"reason": "try"}).status_code == 403


def test_ledgers_have_no_versions_and_no_way_back() -> None:
    ledgers = ("inventory.Stock", "inventory.Movement", "payments.Payment", "orders.Order")
    for label in (*ledgers, "products.Price", "products.SupplierCost"):
        assert versions_of(apps.get_model(label)) is None
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{label.lower().replace('.', '_')}_restore", args=[1, 1])
