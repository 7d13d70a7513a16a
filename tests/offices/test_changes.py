"""What can be changed at head office, and the audit line of every change."""

import re

import pytest
from django.test import Client

from apps.accounts.models import ApiClient, AuditLine, User
from apps.flows.place_order import place_order
from apps.inventory.models import Location, Stock
from apps.orders.models import Order, OrderEvent
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org.models import ClientBinding, Franchisee, Region, RoleAssignment, Store, Warehouse
from apps.products.models import Barcode, Category, Price, PriceList, Product, Sku
from tests import builders
from tests.builders import Brand, once, unpaid_order_of
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


NO_ROLES = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}


def last_line() -> AuditLine:
    return AuditLine.objects.latest("id")


def waiting_order(brand: Brand) -> Order:
    clerk = builders.clerk_at(brand.a1)
    wanted = unpaid_order_of(brand.a1, {"TEA": "3"}, 5997, member=brand.zhang)
    return Order.objects.get(number=place_order(clerk, wanted, once(clerk))["number"])


def cancel(client: Client, order: Order, **data: str) -> int:
    sent = {"_form_submitted": "on", "reason": "shopper rang", "key": "k" * 32} | data
    return client.post(f"/admin/orders/order/{order.pk}/cancel/", sent).status_code


def reserved(brand: Brand) -> int:
    return int(Stock.objects.get(sku=brand.tea, location__store=brand.a1).reserved)


def test_an_unpaid_order_is_cancelled_with_its_reason(brand: Brand, client: Client) -> None:
    order = waiting_order(brand)
    assert reserved(brand) == 3
    assert "cancel/" in client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    assert cancel(client, order) == 302

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("cancelled", 0)
    event = OrderEvent.objects.get(order=order, to_status="cancelled")
    assert event.reason == "shopper rang"
    line = last_line()
    assert (line.action, line.object_key, line.reason) == (
        "orders.cancel",
        order.number,
        "shopper rang",
    )
    assert (line.actor_kind, line.actor_label) == ("staff", "admin")
    assert "cancel/" not in client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()


def test_a_cancellation_sent_twice_happens_once(brand: Brand, client: Client) -> None:
    order = waiting_order(brand)

    cancel(client, order)
    lines = AuditLine.objects.count()
    assert cancel(client, order) == 403  # the order no longer waits

    assert AuditLine.objects.count() == lines
    assert OrderEvent.objects.filter(order=order, to_status="cancelled").count() == 1


def test_a_cancellation_needs_a_reason_and_a_post(brand: Brand, client: Client) -> None:
    order = waiting_order(brand)

    assert cancel(client, order, reason="") == 200
    assert client.get(f"/admin/orders/order/{order.pk}/cancel/").status_code == 200

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("pending_payment", 3)


@pytest.mark.parametrize("role", [roles.FINANCE, roles.AUDITOR])
def test_roles_without_the_right_cannot_cancel(brand: Brand, role: str) -> None:
    order = waiting_order(brand)
    client = signed_in(builders.build_staff("person", role))

    page = client.get(f"/admin/orders/order/{order.pk}/change/")
    assert page.status_code == 200
    assert "cancel/" not in page.content.decode()
    assert cancel(client, order) == 403

    order.refresh_from_db()
    assert order.status == "pending_payment"


def test_a_regional_manager_cannot_cancel_elsewhere(brand: Brand) -> None:
    order = waiting_order(brand)
    client = signed_in(builders.build_staff("north", roles.REGIONAL_MANAGER, region=brand.north))

    assert cancel(client, order) == 403

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("pending_payment", 3)


def test_a_paid_order_offers_no_cancellation(brand: Brand, client: Client) -> None:
    clerk = builders.clerk_at(brand.a1)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    order = Order.objects.get(number=place_order(clerk, sale, once(clerk))["number"])

    assert cancel(client, order) == 403

    order.refresh_from_db()
    assert order.status == "completed"


def store_data(brand: Brand, **changes: object) -> dict[str, object]:
    return {
        "code": "A9",
        "name": "九号店",
        "name_en": "Nine",
        "region": brand.east.pk,
        "franchisee": brand.anhe.pk,
        "time_zone": "Asia/Shanghai",
        "status": "open",
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
    data = store_data(brand, code="A1", name="A1店", name_en="A1", franchisee="", status="closed")

    assert client.post(f"/admin/org/store/{brand.a1.pk}/change/", data).status_code == 302

    brand.a1.refresh_from_db()
    assert (brand.a1.status, brand.a1.franchisee) == ("closed", None)
    line = last_line()
    assert (line.action, line.object_type, line.object_key) == ("org.change_store", "store", "A1")
    assert line.changes == {"franchisee": ["ANHE", None], "status": ["open", "closed"]}
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


def test_deleting_is_refused_where_rows_hang_on_it(brand: Brand, client: Client) -> None:
    url = f"/admin/org/region/{brand.east.pk}/delete/"

    assert (
        "Stores" in client.get(url).content.decode() or "stores" in client.get(url).content.decode()
    )
    client.post(url, {"post": "yes"})
    assert (
        client.post(f"/admin/org/store/{brand.a2.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    client.post(f"/admin/products/sku/{brand.tea.pk}/delete/", {"post": "yes"})

    assert Region.objects.filter(pk=brand.east.pk).exists()
    assert Store.objects.filter(pk=brand.a2.pk).exists()
    assert Sku.objects.filter(pk=brand.tea.pk).exists()
    assert not AuditLine.objects.filter(action__contains="delete").exists()


def test_an_unused_row_is_deleted_with_a_line(client: Client) -> None:
    unused = Franchisee.objects.create(code="NONE", name="无", name_en="None")

    client.post(f"/admin/org/franchisee/{unused.pk}/delete/", {"post": "yes"})

    assert not Franchisee.objects.filter(code="NONE").exists()
    assert (last_line().action, last_line().object_key) == ("org.delete_franchisee", "NONE")


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


def test_a_base_price_is_set_through_the_service(brand: Brand, client: Client) -> None:
    price = Price.objects.get(sku=brand.tea)

    page = client.get(f"/admin/products/price/{price.pk}/change/").content.decode()
    assert 'value="19.99"' in page
    client.post(f"/admin/products/price/{price.pk}/change/", {"amount": "21.50"})

    price.refresh_from_db()
    assert price.amount == 2150
    lines = AuditLine.objects.filter(object_key="TEA").order_by("id")
    assert lines.last().action == "products.set_price"  # type: ignore[union-attr]
    assert lines.last().changes == {"base_price": [1999, 2150]}  # type: ignore[union-attr]
    assert not AuditLine.objects.filter(action="products.change_price").exists()


def test_another_list_has_prices_of_its_own(brand: Brand, client: Client) -> None:
    members_only = PriceList.objects.create(code="VIP", name="会员价", name_en="Members")
    data = {"price_list": members_only.pk, "sku": brand.tea.pk, "amount": "18"}

    client.post("/admin/products/price/add/", data)

    assert Price.objects.get(price_list=members_only).amount == 1800
    assert Price.objects.get(sku=brand.tea, price_list__is_base=True).amount == 1999
    assert last_line().action == "products.create_price"
    assert last_line().object_key == "TEA VIP"
    assert last_line().changes["amount"] == 1800


@pytest.mark.parametrize("amount", ["-1", "1.999", "NaN", "10000000000.01", "x"])
def test_an_impossible_price_is_refused(brand: Brand, client: Client, amount: str) -> None:
    price = Price.objects.get(sku=brand.tea)

    answer = client.post(f"/admin/products/price/{price.pk}/change/", {"amount": amount})

    price.refresh_from_db()
    assert (answer.status_code, price.amount) == (200, 1999)


def test_barcodes_are_kept_on_the_page_of_their_sku(brand: Brand, client: Client) -> None:
    data = {
        "product": brand.milk.product_id,
        "code": "MILK",
        "option": "",
        "unit": "each",
        "is_active": "on",
        "barcodes-TOTAL_FORMS": "1",
        "barcodes-INITIAL_FORMS": "0",
        "barcodes-0-code": "6900000000017",
        "prices-TOTAL_FORMS": "0",
        "prices-INITIAL_FORMS": "0",
    }

    answer = client.post(f"/admin/products/sku/{brand.milk.pk}/change/", data)

    assert answer.status_code == 302
    assert Barcode.objects.get(code="6900000000017").sku == brand.milk
    assert last_line().changes == {"barcode": {"added": ["6900000000017"]}}


def test_a_category_cannot_stand_below_itself(brand: Brand, client: Client) -> None:
    food = Category.objects.get(code="FOOD")
    tea = Category.objects.create(code="TEAS", name="茶", parent=food)

    data = {"code": "FOOD", "name": "食品", "name_en": "Food", "parent": tea.pk}
    answer = client.post(f"/admin/products/category/{food.pk}/change/", data)

    food.refresh_from_db()
    assert (answer.status_code, food.parent) == (200, None)


def test_a_new_product_is_audited(brand: Brand, client: Client) -> None:
    food = Category.objects.get(code="FOOD")
    data = {"code": "OIL", "name": "油", "name_en": "Oil", "category": food.pk, "brand": ""}

    client.post("/admin/products/product/add/", data)

    assert Product.objects.filter(code="OIL").exists()
    line = last_line()
    assert (line.action, line.object_key) == ("products.create_product", "OIL")
    assert line.changes == {"code": "OIL", "name": "油", "name_en": "Oil", "category": "FOOD"}


def test_the_key_of_an_application_is_shown_once(brand: Brand, client: Client) -> None:
    data = {"name": "小程序", "scopes": ["orders.place", "products.see"]}

    page = client.post("/admin/accounts/apiclient/add/", data)

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    key = re.search(r"qk_\w{12}_[\w-]+", page.content.decode())
    assert key is not None
    actor = org.client_by_key(key.group())
    assert actor is not None
    assert actor.may("orders.place")
    made = ApiClient.objects.get()
    secret = key.group().split("_", 2)[2]
    for url in (
        "/admin/accounts/apiclient/",
        f"/admin/accounts/apiclient/{made.pk}/change/",
        "/admin/",
    ):
        later = client.get(url).content.decode()
        assert secret not in later
        assert made.secret_hash not in later
    line = last_line()
    assert (line.action, line.object_key) == ("accounts.create_apiclient", made.key_id)
    assert secret not in str(line.changes)
    assert not any(secret in str(value) for value in client.session.values())


def test_a_key_is_revoked_for_good(brand: Brand, client: Client) -> None:
    client.post("/admin/accounts/apiclient/add/", {"name": "ERP", "scopes": ["products.see"]})
    made = ApiClient.objects.get()
    url = f"/admin/accounts/apiclient/{made.pk}/revoke/"
    assert client.get(url).status_code == 200
    made.refresh_from_db()
    assert made.revoked_at is None

    client.post(url, {"_form_submitted": "on"})

    made.refresh_from_db()
    assert made.revoked_at is not None
    assert (last_line().action, last_line().object_key) == (
        "accounts.revoke_apiclient",
        made.key_id,
    )
    assert client.post(url, {"_form_submitted": "on"}).status_code == 403
    auditor = signed_in(builders.build_staff("auditor", roles.AUDITOR))
    assert auditor.post(url, {"_form_submitted": "on"}).status_code == 403


def test_an_application_is_bound_to_a_store(brand: Brand, client: Client) -> None:
    client.post("/admin/accounts/apiclient/add/", {"name": "POS", "scopes": ["orders.place"]})
    made = ApiClient.objects.get()

    client.post("/admin/org/clientbinding/add/", {"client": made.pk, "store": brand.a1.pk})

    assert ClientBinding.objects.get().store == brand.a1
    assert (last_line().action, last_line().object_key) == (
        "org.create_clientbinding",
        f"{made.key_id} A1",
    )


def test_people_are_created_changed_and_never_deleted(brand: Brand, client: Client) -> None:
    password = "correct horse battery"
    data = {
        "username": "wang",
        "display_name": "王芳",
        "password1": password,
        "password2": password,
    }

    client.post("/admin/accounts/user/add/", data | {"usable_password": "true"})

    made = User.objects.get(username="wang")
    assert made.check_password(password)
    line = last_line()
    assert (line.action, line.object_key) == ("accounts.create_user", "wang")
    assert password not in str(line.changes)
    assert "王芳" not in str(line.changes)
    url = f"/admin/accounts/user/{made.pk}"
    edited = {"username": "wang", "display_name": "王芳芳", "is_active": "on", "is_staff": "on"}
    client.post(f"{url}/change/", edited | NO_ROLES)
    line = last_line()
    assert line.changes == {"display_name": "***", "is_staff": [False, True]}
    new = "another long passphrase"
    client.post(f"{url}/password/", {"password1": new, "password2": new, "usable_password": "true"})
    made.refresh_from_db()
    assert made.check_password(new)
    assert (last_line().action, new in str(last_line().changes)) == ("accounts.change_user", False)
    assert client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403


def test_django_permissions_cannot_be_given(brand: Brand, client: Client) -> None:
    user = builders.build_staff("wang", roles.CLERK, store=brand.a1)

    data = {"username": "wang", "is_active": "on", "is_superuser": "on", "user_permissions": ["1"]}
    answer = client.post(f"/admin/accounts/user/{user.pk}/change/", data | NO_ROLES)
    assert answer.status_code == 302

    user.refresh_from_db()
    assert (user.is_superuser, user.user_permissions.count()) == (False, 0)


def test_a_role_is_given_and_taken_with_lines(brand: Brand, client: Client) -> None:
    user = builders.build_staff("wang", roles.CLERK, store=brand.a1)
    data = {"user": user.pk, "role": roles.STORE_MANAGER, "store": brand.a2.pk}

    assert client.post("/admin/org/roleassignment/add/", data).status_code == 302

    given = RoleAssignment.objects.get(role=roles.STORE_MANAGER)
    line = last_line()
    assert (line.action, line.changes) == (
        "staff.assign_role",
        {"role": "store_manager", "scope": "A2"},
    )
    assert not AuditLine.objects.filter(action="org.create_roleassignment").exists()
    client.post(f"/admin/org/roleassignment/{given.pk}/delete/", {"post": "yes"})
    assert not RoleAssignment.objects.filter(pk=given.pk).exists()
    assert (last_line().action, last_line().object_key) == (
        "org.delete_roleassignment",
        "wang store_manager A2",
    )


def test_a_role_with_the_wrong_scope_is_refused(brand: Brand, client: Client) -> None:
    user = builders.build_staff("wang", roles.CLERK, store=brand.a1)
    data = {"user": user.pk, "role": roles.FINANCE, "store": brand.a2.pk}

    assert client.post("/admin/org/roleassignment/add/", data).status_code == 200

    assert not RoleAssignment.objects.filter(role=roles.FINANCE).exists()


def test_nobody_takes_their_own_role_away(client: Client) -> None:
    own = RoleAssignment.objects.get(user__username="admin")

    url = f"/admin/org/roleassignment/{own.pk}/delete/"
    assert client.post(url, {"post": "yes"}).status_code == 403

    assert RoleAssignment.objects.filter(pk=own.pk).exists()


def test_the_history_of_a_row_is_its_audit_trail(brand: Brand, client: Client) -> None:
    answer = client.get(f"/admin/org/store/{brand.a1.pk}/history/")

    assert answer["Location"] == "/admin/accounts/auditline/?q=A1"
    assert "org.open_store" in client.get(answer["Location"]).content.decode()
    finance = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    assert finance.get("/admin/accounts/auditline/?q=A1").status_code == 403
