"""What can be configured at head office, and the audit line of every change."""

import re

import pytest
from django.test import Client

from apps.accounts.models import AuditLine
from apps.flows.place_order import place_order
from apps.inventory.models import Location
from apps.org import rules as roles
from apps.org.models import Franchisee, Region, Store, Warehouse
from apps.org.offices.sites import head_office, portal
from apps.products.models import Barcode, Category, Price, PriceList, Product, Sku
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def last_line() -> AuditLine:
    return AuditLine.objects.latest("id")


def lines_of(key: str) -> AuditLine:
    return AuditLine.objects.filter(object_key=key).latest("id")


def store_data(brand: Brand, **changes: object) -> dict[str, object]:
    return {
        "code": "A9",
        "name": "九号店",
        "name_en": "Nine",
        "region": brand.east.pk,
        "franchisee": brand.anhe.pk,
        "time_zone": "Asia/Shanghai",
        "hours-TOTAL_FORMS": "0",
        "hours-INITIAL_FORMS": "0",
    } | changes


def test_a_new_store_gets_its_location_through_the_flow(brand: Brand, client: Client) -> None:
    assert client.post("/admin/org/store/add/", store_data(brand)).status_code == 302

    store = Store.objects.get(code="A9")
    assert Location.objects.get(store=store).code == "A9"
    lines = AuditLine.objects.filter(object_key="A9")
    assert [line.action for line in lines] == ["org.open_store"]


def test_an_unknown_time_zone_is_refused(brand: Brand, client: Client) -> None:
    answer = client.post("/admin/org/store/add/", store_data(brand, time_zone="Mars/Base"))

    assert answer.status_code == 200
    assert not Store.objects.filter(code="A9").exists()


def test_a_change_is_audited_from_what_to_what(brand: Brand, client: Client) -> None:
    data = store_data(brand, code="A1", name="A1店", name_en="One", address="安和路 1 号")

    assert client.post(f"/admin/org/store/{brand.a1.pk}/change/", data).status_code == 302

    brand.a1.refresh_from_db()
    assert (brand.a1.name_en, brand.a1.address) == ("One", "安和路 1 号")
    line = last_line()
    assert (line.action, line.object_type, line.object_key) == ("org.change_store", "store", "A1")
    assert line.changes == {"name_en": ["A1", "One"], "address": ["", "安和路 1 号"]}
    assert line.actor_label == "admin"


def test_a_form_saved_unchanged_leaves_no_line(brand: Brand, client: Client) -> None:
    before = AuditLine.objects.count()

    data = {"code": "EAST", "name": "华东", "name_en": "East"}
    client.post(f"/admin/org/region/{brand.east.pk}/change/", data)

    assert AuditLine.objects.count() == before


def test_a_new_warehouse_gets_its_location(brand: Brand, client: Client) -> None:
    data = {"code": "W1", "name": "中心仓", "name_en": "Hub", "region": brand.east.pk}

    client.post("/admin/org/warehouse/add/", data)

    location = Location.objects.get(warehouse=Warehouse.objects.get(code="W1"))
    assert (location.kind, last_line().action) == ("warehouse", "org.open_warehouse")


DELETION = {"post": "yes", "reason": "opened twice"}
INSTEAD = {
    "org.region": ("Stores", "Give its stores and warehouses to another region"),
    "org.franchisee": ("Stores", "Hand its stores over to another franchisee"),
    "org.channel": ("Orders", "Take the mark off “active” on its page"),
    "products.category": ("Products", "Put what stands in it into another category"),
    "products.product": ("SKUs", "Retire it: it is not sold any more"),
    "products.sku": ("Stock", "Take it off sale: it is not sold any more"),
    "products.pricelist": ("Prices", "Leave it a draft: it holds for nobody"),
}
"""What keeps a row that was used, and what to do instead."""


def test_deleting_is_refused_where_rows_hang_on_it(brand: Brand, client: Client) -> None:
    url = f"/admin/org/region/{brand.east.pk}/delete/"

    assert (
        "Stores" in client.get(url).content.decode() or "stores" in client.get(url).content.decode()
    )
    client.post(url, DELETION)
    assert client.post(f"/admin/org/store/{brand.a2.pk}/delete/", DELETION).status_code == 403
    client.post(f"/admin/products/sku/{brand.tea.pk}/delete/", DELETION)

    assert Region.objects.filter(pk=brand.east.pk).exists()
    assert Store.objects.filter(pk=brand.a2.pk).exists()
    assert Sku.objects.filter(pk=brand.tea.pk).exists()
    assert not AuditLine.objects.filter(action__contains="delete").exists()


def test_an_unused_row_is_deleted_with_a_line(client: Client) -> None:
    unused = Franchisee.objects.create(code="NONE", name="无", name_en="None")

    client.post(f"/admin/org/franchisee/{unused.pk}/delete/", DELETION)

    assert not Franchisee.objects.filter(code="NONE").exists()
    assert (last_line().action, last_line().object_key) == ("org.delete_franchisee", "NONE")
    assert last_line().reason == "opened twice"


@pytest.mark.parametrize("reason", [None, "", " ", "x", "a\nb", "x" * 256])
def test_nothing_is_deleted_without_a_reason(client: Client, reason: str | None) -> None:
    unused = Franchisee.objects.create(code="NONE", name="无", name_en="None")
    url, lines = f"/admin/org/franchisee/{unused.pk}/delete/", AuditLine.objects.count()

    sent = {"post": "yes"} if reason is None else {"post": "yes", "reason": reason}
    answer = client.post(url, sent, follow=True)

    assert answer.redirect_chain == [(url, 302)]
    page = answer.content.decode()
    assert "Say why it is deleted, in 2 to 255 characters." in page
    assert re.search(r'<input[^>]* name="reason"[^>]* required', page)
    assert Franchisee.objects.filter(code="NONE").exists()
    assert AuditLine.objects.count() == lines


@pytest.mark.parametrize("label", sorted(INSTEAD))
def test_a_row_that_was_used_says_what_keeps_it_and_what_to_do(
    brand: Brand, client: Client, label: str
) -> None:
    row = {
        "org.region": brand.east, "org.franchisee": brand.anhe, "org.channel": brand.pos,
        "products.category": brand.tea.product.category, "products.product": brand.tea.product,
        "products.sku": brand.tea,
        "products.pricelist": PriceList.objects.create(code="VIP", name="会员价"),
    }[label]  # fmt: skip
    if label == "products.pricelist":
        builders.price_on(row, brand.tea, 1800)
    if label == "org.channel":
        seller = builders.clerk_at(brand.a1, "seller")
        place_order(seller, builders.sale_of(brand.a1, {"TEA": "1"}, 1999), builders.once(seller))
    url = f"/admin/{label.replace('.', '/')}/{row.pk}/"

    page = client.get(f"{url}delete/").content.decode()

    keeps, instead = INSTEAD[label]
    assert f"<li>{keeps}</li>" in page
    assert instead in page
    assert f'href="{url}change/"' in page
    assert 'name="post"' not in page
    assert client.post(f"{url}delete/", DELETION).status_code == 200
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_no_list_deletes_many_at_once(brand: Brand, client: Client) -> None:
    for site in (head_office, portal):
        assert "delete_selected" not in dict(site.actions)
    unused = Franchisee.objects.create(code="NONE", name="无", name_en="None")

    bulk = {"action": "delete_selected", "_selected_action": [unused.pk]} | DELETION
    client.post("/admin/org/franchisee/", bulk)

    assert Franchisee.objects.filter(code="NONE").exists()


@pytest.mark.parametrize("role", [roles.FINANCE, roles.AUDITOR, roles.CUSTOMER_SERVICE])
def test_roles_that_only_look_cannot_configure(brand: Brand, role: str) -> None:
    client = signed_in(builders.build_staff("person", role))
    url = f"/admin/org/store/{brand.a1.pk}/change/"

    assert client.get(url).status_code == 200
    data = store_data(brand, code="A1", status="closed")
    assert client.post(url, data).status_code == 403
    assert client.post("/admin/org/store/add/", store_data(brand)).status_code == 403
    assert client.post("/admin/products/price/add/", {}).status_code == 403

    brand.a1.refresh_from_db()
    assert (brand.a1.status, Store.objects.count()) == ("open", 4)


def test_a_released_price_list_is_not_deleted(brand: Brand, client: Client) -> None:
    row = PriceList.objects.create(code="VIP", name="会员价")
    PriceList.objects.filter(pk=row.pk).update(status="released", priority=1)
    url = f"/admin/products/pricelist/{row.pk}/delete/"

    assert client.get(url).status_code == 403
    assert client.post(url, DELETION).status_code == 403

    assert PriceList.objects.filter(pk=row.pk).exists()
    assert not AuditLine.objects.filter(action="products.delete_pricelist").exists()


def priced(brand: Brand, **given: object) -> dict[str, object]:
    """What the form of a price is sent with."""
    base = PriceList.objects.get(is_base=True)
    return {"price_list": base.pk, "sku": brand.tea.pk, "reason": ""} | given


def test_a_base_price_is_set_through_the_service(brand: Brand, client: Client) -> None:
    price = Price.objects.get(sku=brand.tea)

    page = client.get(f"/admin/products/price/{price.pk}/change/").content.decode()
    assert "¥19.99" in page
    assert 'name="amount"' not in page
    said = priced(brand, amount="21.50", reason="new crop")
    assert client.post("/admin/products/price/add/", said).status_code == 302

    price.refresh_from_db()
    assert price.amount == 1999
    assert builders.amounts_now()["TEA", "BASE"] == 2150
    assert Price.objects.latest("id").reason == lines_of("TEA").reason == "new crop"
    lines = AuditLine.objects.filter(object_key="TEA").order_by("id")
    assert lines.last().action == "products.set_price"  # type: ignore[union-attr]
    assert lines.last().changes == {"base_price": [1999, 2150]}  # type: ignore[union-attr]
    assert not AuditLine.objects.filter(action="products.change_price").exists()


def test_another_list_has_prices_of_its_own(brand: Brand, client: Client) -> None:
    members_only = PriceList.objects.create(code="VIP", name="会员价", name_en="Members")

    data = priced(brand, price_list=members_only.pk, amount="18")
    client.post("/admin/products/price/add/", data)

    assert Price.objects.get(price_list=members_only).amount == 1800
    assert Price.objects.get(sku=brand.tea, price_list__is_base=True).amount == 1999
    assert (last_line().action, last_line().object_key) == ("products.set_price", "TEA")
    assert last_line().changes == {"price_list": "VIP", "amount": [None, 1800]}
    url = f"/admin/accounts/auditline/{last_line().pk}/change/"
    assert "Amount: – → ¥18.00" in client.get(url).content.decode()


@pytest.mark.parametrize("amount", ["-1", "1.999", "NaN", "10000000000.01", "x"])
def test_an_impossible_price_is_refused(brand: Brand, client: Client, amount: str) -> None:
    answer = client.post("/admin/products/price/add/", priced(brand, amount=amount))

    assert answer.status_code == 200
    assert Price.objects.get(sku=brand.tea).amount == 1999


def test_a_sku_is_taken_off_a_list_with_a_reason(brand: Brand, client: Client) -> None:
    url = "/admin/products/price/add/"
    answer = client.post(url, priced(brand, amount=""))
    assert "Say why it ends." in answer.content.decode()
    assert builders.amounts_now()["TEA", "BASE"] == 1999

    assert client.post(url, priced(brand, amount="", reason="recall")).status_code == 302

    assert ("TEA", "BASE") not in builders.amounts_now()
    assert last_line().changes == {"base_price": [1999, None]}
    assert last_line().reason == "recall"


def test_a_price_is_neither_edited_nor_deleted(brand: Brand, client: Client) -> None:
    price, lines = Price.objects.get(sku=brand.tea), AuditLine.objects.count()
    url = f"/admin/products/price/{price.pk}/"

    assert client.post(f"{url}change/", priced(brand, amount="5")).status_code == 403
    assert client.post(f"{url}delete/", DELETION).status_code == 403

    price.refresh_from_db()
    assert (price.amount, AuditLine.objects.count()) == (1999, lines)


def test_a_price_that_waits_is_called_off(brand: Brand, client: Client) -> None:
    waiting = builders.price_on(PriceList.objects.get(is_base=True), brand.tea, 2500, days=3)
    url = f"/admin/products/price/{waiting.pk}/"
    assert f"{url}call_off/" in client.get(f"{url}change/").content.decode()

    said = {"_form_submitted": "on", "reason": "typed the wrong day"}
    answer = client.post(f"{url}call_off/", said)

    assert answer["Location"] == "/admin/products/price/"
    assert [one.amount for one in Price.objects.filter(sku=brand.tea)] == [1999]
    line = last_line()
    assert (line.action, line.reason) == ("products.call_off_price", "typed the wrong day")
    assert line.changes["base_price"] == [2500, None]


def test_two_prices_at_one_instant_are_refused(brand: Brand, client: Client) -> None:
    said = priced(brand, starts_at_0="2126-11-11", starts_at_1="00:00", amount="25")
    assert client.post("/admin/products/price/add/", said).status_code == 302

    answer = client.post("/admin/products/price/add/", said | {"amount": "26"}, follow=True)

    assert "Another price begins at the same instant" in answer.content.decode()
    assert Price.objects.filter(sku=brand.tea).count() == 2


def test_barcodes_are_kept_on_the_page_of_their_sku(brand: Brand, client: Client) -> None:
    data = {
        "product": brand.milk.product_id,
        "code": "MILK",
        "option": "",
        "unit": "each",
        "kind": "goods",
        "is_active": "on",
        "barcodes-TOTAL_FORMS": "1",
        "barcodes-INITIAL_FORMS": "0",
        "barcodes-0-code": "6900000000014",
        "packs-TOTAL_FORMS": "0",
        "packs-INITIAL_FORMS": "0",
        "references-TOTAL_FORMS": "0",
        "references-INITIAL_FORMS": "0",
    }

    answer = client.post(f"/admin/products/sku/{brand.milk.pk}/change/", data)

    assert answer.status_code == 302
    assert Barcode.objects.get(code="6900000000014").sku == brand.milk
    assert last_line().changes == {"barcode": {"added": ["6900000000014"]}}


def test_a_category_cannot_stand_below_itself(brand: Brand, client: Client) -> None:
    food = Category.objects.get(code="FOOD")
    tea = Category.objects.create(code="TEAS", name="茶", parent=food)

    data = {"code": "FOOD", "name": "食品", "name_en": "Food", "parent": tea.pk}
    answer = client.post(f"/admin/products/category/{food.pk}/change/", data)

    food.refresh_from_db()
    assert (answer.status_code, food.parent) == (200, None)


def test_a_new_product_is_audited(brand: Brand, client: Client) -> None:
    food = Category.objects.get(code="FOOD")
    data = {
        "code": "OIL",
        "name": "油",
        "name_en": "Oil",
        "category": food.pk,
        "brand": "",
        "listing": "everywhere",
    }

    client.post("/admin/products/product/add/", data)

    assert Product.objects.filter(code="OIL").exists()
    line = last_line()
    assert (line.action, line.object_key) == ("products.create_product", "OIL")
    assert line.changes == {"code": "OIL", "name": "油", "name_en": "Oil", "category": "FOOD"}


def test_the_history_of_a_row_without_versions_is_its_audit_trail(
    brand: Brand, client: Client
) -> None:
    answer = client.get(f"/admin/members/member/{brand.zhang.pk}/history/")

    assert answer["Location"] == f"/admin/accounts/auditline/?q={brand.zhang.number}"
    assert "Enrol a member" in client.get(answer["Location"]).content.decode()
    operations = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    assert operations.get(answer["Location"]).status_code == 403
