"""Payments over HTTP, and the sandbox provider's notices: facts that must be kept."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import AuditLine
from apps.inventory.models import Stock
from apps.loyalty.models import PointsAccount
from apps.orders.models import Order
from apps.payments.models import Payment, PaymentEvent
from apps.payments.providers import sandbox
from tests import books
from tests.api import bodies
from tests.api.caller import Answer, Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

PATH = "payments/notices/sandbox"
RECEIVED = (200, {"received": True})


def notify(payment: str, *, reference: str = "sb-1", amount: int = bodies.TOTAL) -> Answer:
    """A genuine notice."""
    return send(json.dumps({"payment": payment, "reference": reference, "amount": amount}).encode())


def send(body: bytes, **changes: Any) -> Answer:
    at = int(changes.get("at", time.time()))
    headers = {
        "X-Sandbox-Timestamp": changes.get("timestamp", str(at)),
        "X-Sandbox-Signature": changes.get("signature", sandbox.sign(body, timestamp=at)),
    }
    return Caller().post(PATH, body, key=None, **headers)


@pytest.fixture
def order(brand: Brand, zhang: Caller) -> str:
    """Zhang's unpaid order."""
    return str(zhang.post("orders", bodies.unpaid()).body["number"])


@pytest.fixture
def payment(order: str, zhang: Caller) -> str:
    """The payment that waits for the sandbox."""
    opened = zhang.post(f"orders/{order}/payments", {"provider": "sandbox"})
    return str(opened.body["number"])


def test_a_notice_pays_the_order(brand: Brand, order: str, payment: str, zhang: Caller) -> None:
    answer = notify(payment)

    assert (answer.status, answer.body) == RECEIVED
    assert zhang.get(f"orders/{order}").body["status"] == "paid"
    assert zhang.get(f"payments/{payment}").body["status"] == "captured"
    assert PointsAccount.objects.get(member=brand.zhang).balance == 52
    tea = Stock.objects.get(sku=brand.tea, location__store=brand.a1)
    assert (tea.on_hand, tea.reserved) == (Decimal(98), Decimal(0))
    assert books.differences() == {}


def test_the_lines_of_a_payment_say_before_and_after(payment: str) -> None:
    notify(payment)

    lines = AuditLine.objects.filter(object_key=payment).order_by("id")
    found = {line.action: line.changes for line in lines}
    assert found["payments.capture"] == {
        "status": ["pending", "captured"],
        "captured_amount": [None, 5273],
    }
    assert found["payments.settle"]["status"] == ["captured", "captured"]

    notify(payment, reference="sb-2")
    again = AuditLine.objects.filter(action="payments.settle").latest("id")
    assert (again.changes["status"], again.reason) == (["captured", "refund_due"], "order_paid")


def test_the_same_notice_again_changes_nothing(payment: str) -> None:
    notify(payment)
    with books.unchanged():
        answer = notify(payment)
        assert (answer.status, answer.body) == RECEIVED


def test_a_second_capture_becomes_due_for_refund(payment: str, head_office: Caller) -> None:
    notify(payment)
    answer = notify(payment, reference="sb-2")
    assert (answer.status, answer.body) == RECEIVED
    due = head_office.get("payments", status="refund_due").body["results"]
    assert [(row["amount"], row["captured_amount"]) for row in due] == [(5273, 5273)]
    assert due[0]["number"] != payment
    assert PointsAccount.objects.get().balance == 52
    assert books.differences() == {}


def test_money_for_a_cancelled_order_is_due_for_refund(
    order: str, payment: str, zhang: Caller
) -> None:
    zhang.post(f"orders/{order}/cancel", {"reason": "changed_mind"})
    answer = notify(payment)

    assert (answer.status, answer.body) == RECEIVED
    kept = Payment.objects.get()
    assert (kept.status, kept.captured_amount) == ("refund_due", 5273)
    assert kept.events.get(kind="refund_due").reason == "order_cancelled"
    assert Order.objects.get().status == "cancelled"
    assert not PointsAccount.objects.exists()
    assert books.differences() == {}


@pytest.mark.parametrize("amount", [1, 5272, 5274, 10**12])
def test_another_amount_is_due_for_refund(payment: str, amount: int) -> None:
    answer = notify(payment, amount=amount)
    assert (answer.status, answer.body) == RECEIVED
    kept = Payment.objects.get()
    assert (kept.status, kept.captured_amount) == ("refund_due", amount)
    assert kept.events.get(kind="refund_due").reason == "amount_differs"
    assert Order.objects.get().status == "pending_payment"
    assert books.differences() == {}


def test_money_for_an_order_paid_otherwise_is_due_for_refund(
    order: str, payment: str, clerk: Caller
) -> None:
    clerk.post(f"orders/{order}/payments", {"tenders": bodies.cash()})
    answer = notify(payment)
    assert (answer.status, answer.body) == RECEIVED
    statuses = Payment.objects.order_by("id").values_list("provider", "status")
    assert list(statuses) == [("sandbox", "refund_due"), ("counter", "captured")]
    assert PointsAccount.objects.get().balance == 52
    assert books.differences() == {}


def test_a_notice_about_nothing_of_ours_is_kept_once(brand: Brand) -> None:
    for _time in range(2):
        answer = notify("P-unknown", reference="sb-9")
        assert (answer.status, answer.body) == RECEIVED
    kept = PaymentEvent.objects.get()
    assert (kept.kind, kept.payment, kept.reason) == ("unmatched", None, "P-unknown")


GENUINE = b'{"payment": "P1", "reference": "sb-1", "amount": 1}'


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "签名"},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "9" * 5000},
        {"timestamp": "-1"},
        {"at": time.time() - 600},
        {"at": time.time() + 600},
    ],
)
def test_a_notice_that_is_not_signed_as_it_should_be(brand: Brand, changes: dict[str, Any]) -> None:
    with books.unchanged():
        assert send(GENUINE, **changes).refusal == (400, "notice_invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\xff",
        b'{"payment": "P1", "reference": "", "amount": 1}',
        b'{"payment": "P1", "reference": "\\u0000", "amount": 1}',
        b'{"payment": "\\u0000", "reference": "sb-1", "amount": 1}',
        b'{"payment": "P1", "reference": "sb-1", "amount": 0}',
        b'{"payment": "P1", "reference": "sb-1", "amount": -1}',
        b'{"payment": "P1", "reference": "sb-1", "amount": 1000000000001}',
        b'{"payment": "P1", "reference": "sb-1", "amount": 1.5}',
        b'{"payment": "P1", "reference": "sb-1", "amount": 1, "more": 1}',
    ],
)
def test_a_signed_notice_of_another_shape(brand: Brand, body: bytes) -> None:
    with books.unchanged():
        assert send(body).refusal == (400, "notice_invalid")


def test_payments_are_listed_and_filtered(order: str, payment: str, head_office: Caller) -> None:
    notify(payment)
    found = head_office.get("payments").body["results"]
    assert [(row["number"], row["order"], row["store"]) for row in found] == [
        (payment, order, "A1")
    ]
    assert found[0]["tenders"] == [{"kind": "sandbox", "amount": 5273}]
    assert head_office.get("payments", status="pending").body["results"] == []
    assert len(head_office.get("payments", order=order).body["results"]) == 1
