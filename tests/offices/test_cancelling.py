"""Cancelling an order, at head office and at own stores: the one thing a document allows."""

import pytest
from django.test import Client

from apps.accounts.models import AuditLine
from apps.flows.pay_order import pay_with_provider
from apps.flows.place_order import place_order
from apps.inventory.models import Stock
from apps.orders.models import Order, OrderEvent
from apps.org import rules as roles
from apps.payments import services as payments
from apps.payments.models import Payment
from apps.payments.services import CaptureNotice
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


def last_line() -> AuditLine:
    return AuditLine.objects.latest("id")


def waiting_order(brand: Brand) -> Order:
    clerk = builders.clerk_at(brand.a1)
    wanted = unpaid_order_of(brand.a1, {"TEA": "3"}, 5997, member=brand.zhang)
    return Order.objects.get(number=place_order(clerk, wanted, once(clerk))["number"])


def cancel(client: Client, order: Order, site: str = "admin", **data: str) -> int:
    sent = {"_form_submitted": "on", "reason": "shopper rang", "key": "k" * 32} | data
    return client.post(f"/{site}/orders/order/{order.pk}/cancel/", sent).status_code


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

    assert cancel(client, order) == 404  # not there, for them

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("pending_payment", 3)


def test_a_paid_order_offers_no_cancellation(brand: Brand, client: Client) -> None:
    clerk = builders.clerk_at(brand.a1)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    order = Order.objects.get(number=place_order(clerk, sale, once(clerk))["number"])

    assert cancel(client, order) == 403

    order.refresh_from_db()
    assert order.status == "completed"


def test_the_dialog_says_what_becomes_of_goods_money_and_points(
    brand: Brand, client: Client
) -> None:
    clerk = builders.clerk_at(brand.a1)
    goods = {"TEA": "3", "MILK": "2", "RICE": "1.5"}
    wanted = unpaid_order_of(brand.a1, goods, 7872, member=brand.zhang)
    order = Order.objects.get(number=place_order(clerk, wanted, once(clerk))["number"])
    payment = pay_with_provider(clerk, order.number, once(clerk))["number"]

    dialog = text_of(client, order)

    assert "5 each of 2 SKUs are free again at A1." in dialog
    assert "1.5 kilogram of 1 SKU are free again at A1." in dialog
    assert f"Payment {payment} of ¥78.72 is not waited for any more" in dialog
    assert "It has given no points" in dialog
    assert reserved(brand) == 3  # nothing has happened yet


def test_the_dialog_without_a_payment_says_that_no_money_goes_back(
    brand: Brand, client: Client
) -> None:
    order = waiting_order(brand)

    dialog = text_of(client, order)

    assert "3 each of 1 SKU are free again at A1." in dialog
    assert "no money goes back" in dialog


def test_an_order_whose_money_has_arrived_is_not_cancelled(brand: Brand, client: Client) -> None:
    order = waiting_order(brand)
    clerk = builders.clerk_at(brand.a1, "till")
    number = pay_with_provider(clerk, order.number, once(clerk))["number"]
    payments.record_capture(CaptureNotice("sandbox", "sb-1", str(number), 5997))

    page = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "/cancel/" not in page
    assert "has arrived and is being settled" in page
    assert cancel(client, order) == 403

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("pending_payment", 3)


WAITS, CLOSED = (
    '<span class="qy-state qy-warning">Pending</span>',
    '<span class="qy-state qy-plain">Closed with the order</span>',
)


def test_no_payment_is_waited_for_once_its_order_is_cancelled(brand: Brand, client: Client) -> None:
    """On its own page, on the order's and in both lists; what stands in the table stays."""
    order = waiting_order(brand)
    clerk = builders.clerk_at(brand.a1, "till")
    pay_with_provider(clerk, order.number, once(clerk))
    other = place_order(clerk, unpaid_order_of(brand.a1, {"TEA": "1"}, 1999), once(clerk))
    pay_with_provider(clerk, str(other["number"]), once(clerk))
    payment = Payment.objects.get(order=order)
    owner = signed_in(builders.build_staff("o", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    pages = [
        (reader, f"/{site}/{path}", waiting)
        for site, reader in (("admin", client), ("portal", owner))
        for path, waiting in (
            ("payments/payment/", 2),
            (f"payments/payment/{payment.pk}/change/", 1),
            (f"orders/order/{order.pk}/change/", 1),
        )
    ]
    for reader, url, waiting in pages:
        page = reader.get(url).content.decode()
        assert (page.count(WAITS), page.count(CLOSED)) == (waiting, 0), url

    assert cancel(client, order) == 302

    for reader, url, waiting in pages:
        page = reader.get(url).content.decode()
        assert (page.count(WAITS), page.count(CLOSED)) == (waiting - 1, 1), url
    payment.refresh_from_db()
    assert payment.status == "pending"


@pytest.mark.parametrize("who", ["manager", "owner"])
def test_a_store_cancels_its_own_order_in_the_portal(brand: Brand, who: str) -> None:
    order = waiting_order(brand)
    user = {
        "manager": lambda: builders.build_staff("lead", roles.STORE_MANAGER, store=brand.a1),
        "owner": lambda: builders.build_staff("lead", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }[who]()
    client = signed_in(user)
    page = client.get(f"/portal/orders/order/{order.pk}/change/").content.decode()
    assert f"/portal/orders/order/{order.pk}/cancel/" in page
    assert "3 each of 1 SKU are free again at A1." in text_of(client, order, "portal")
    assert reserved(brand) == 3  # nothing has happened yet

    assert cancel(client, order, "portal") == 302

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("cancelled", 0)
    line = last_line()
    assert (line.action, line.object_key, line.reason, line.actor_label) == (
        "orders.cancel",
        order.number,
        "shopper rang",
        "lead",
    )
    assert cancel(client, order, "portal") == 403  # sent twice: it no longer waits
    assert OrderEvent.objects.filter(order=order, to_status="cancelled").count() == 1


def test_a_manager_cancels_no_order_of_another_store(brand: Brand) -> None:
    order = waiting_order(brand)
    for code in ("a2", "b1"):
        store = getattr(brand, code)
        client = signed_in(builders.build_staff(code, roles.STORE_MANAGER, store=store))

        assert cancel(client, order, "portal") == 404
        assert client.get(f"/portal/orders/order/{order.pk}/cancel/").status_code == 404

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("pending_payment", 3)


def test_a_clerk_cancels_nothing_and_is_offered_nothing(brand: Brand) -> None:
    order = waiting_order(brand)
    client = signed_in(builders.build_staff("counter", roles.CLERK, store=brand.a1))

    page = client.get(f"/portal/orders/order/{order.pk}/change/")
    assert page.status_code == 200
    assert "/cancel/" not in page.content.decode()
    assert cancel(client, order, "portal") == 403

    order.refresh_from_db()
    assert (order.status, reserved(brand)) == ("pending_payment", 3)


def test_the_portal_says_why_an_order_is_not_cancelled(brand: Brand) -> None:
    clerk = builders.clerk_at(brand.a1)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    order = Order.objects.get(number=place_order(clerk, sale, once(clerk))["number"])
    path = f"/portal/orders/order/{order.pk}/change/"
    why = "This order is paid, so it is not cancelled"

    lead = signed_in(builders.build_staff("lead", roles.STORE_MANAGER, store=brand.a1))
    assert why in lead.get(path).content.decode()
    assert cancel(lead, order, "portal") == 403
    counter = signed_in(builders.build_staff("counter", roles.CLERK, store=brand.a1))
    assert why not in counter.get(path).content.decode()


def text_of(client: Client, order: Order, site: str = "admin") -> str:
    """The words of the dialog, one blank between them."""
    dialog = client.get(f"/{site}/orders/order/{order.pk}/cancel/").content.decode()
    return " ".join(dialog.split())
