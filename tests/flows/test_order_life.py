"""An unpaid order's life: paid at the counter or by a provider, cancelled, or let lapse."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.idempotency import KeyReused, Once
from apps.flows import receive_notice as receive_notice_module
from apps.flows.cancel_order import cancel_order, cancel_overdue
from apps.flows.pay_order import pay_at_counter, pay_with_provider
from apps.flows.place_order import PAY_WITHIN, place_order
from apps.flows.receive_notice import receive_notice
from apps.flows.settle_payment import settle_payment
from apps.flows.tasks import settle_captured_payments
from apps.inventory.models import Movement, Reservation, Stock
from apps.loyalty.models import PointsAccount, PointsLot
from apps.orders.models import Order
from apps.orders.selectors import OrderNotFound
from apps.orders.services import OrderCancelled, OrderPaid
from apps.org.models import Store
from apps.org.selectors import ActionNotPermitted
from apps.payments.models import Payment, PaymentEvent
from apps.payments.rules import TenderDraft, TenderMismatch, UnknownTender
from apps.payments.services import CaptureNotice
from tests import books, builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db
CASH = [TenderDraft("cash", 5273)]


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def manager(brand: Brand) -> Actor:
    return builders.staff_actor("manager", "store_manager", store=brand.a1)


@pytest.fixture
def number(brand: Brand, manager: Actor) -> str:
    """Zhang's unpaid order of 2 TEA and 1.5 kg RICE."""
    request = builders.unpaid_order_of(
        brand.a1, {"TEA": "2", "RICE": "1.5"}, 5273, member=brand.zhang
    )
    return str(place_order(manager, request, builders.once(manager))["number"])


def tea_at(store: Store) -> tuple[Any, Any]:
    row = Stock.objects.get(sku__code="TEA", location__store=store)
    return row.on_hand, row.reserved


def states(number: str) -> list[str]:
    return list(
        Order.objects.get(number=number).events.order_by("id").values_list("to_status", flat=True)
    )


def test_placing_reserves_and_waits(brand: Brand, number: str) -> None:
    order = Order.objects.get()
    assert order.status == "pending_payment"
    assert order.pay_until == order.placed_at + PAY_WITHIN
    assert tea_at(brand.a1) == (100, 2)
    assert Reservation.objects.filter(order=order, status="open").count() == 2
    assert not Payment.objects.exists()
    assert not Movement.objects.filter(order=order).exists()
    assert books.differences() == {}


def test_paying_at_the_counter_hands_over_and_credits(
    brand: Brand, manager: Actor, number: str
) -> None:
    result = pay_at_counter(manager, number, CASH, builders.once(manager))

    payment = Payment.objects.get()
    assert result == {
        "number": payment.number,
        "order": number,
        "status": "captured",
        "parameters": {},
    }
    assert states(number) == ["pending_payment", "paid", "completed"]
    assert tea_at(brand.a1) == (98, 0)
    assert set(Reservation.objects.values_list("status", flat=True)) == {"committed"}
    assert Movement.objects.filter(kind="sale").count() == 2
    assert PointsAccount.objects.get().balance == 52
    lot = PointsLot.objects.get()
    assert lot.expires_at == clock.end_of_month_after(lot.entry.at, 24, "Asia/Shanghai")
    line = AuditLine.objects.get(action="payments.take")
    assert (line.object_key, line.changes) == (payment.number, {"order": number, "amount": 5273})
    assert books.differences() == {}


def test_paying_a_second_time_under_another_key_is_refused(manager: Actor, number: str) -> None:
    pay_at_counter(manager, number, CASH, builders.once(manager))
    with books.unchanged():
        with pytest.raises(OrderPaid):
            pay_at_counter(manager, number, CASH, builders.once(manager))
        with pytest.raises(OrderPaid):
            pay_with_provider(manager, number, builders.once(manager))
        with pytest.raises(OrderPaid):
            cancel_order(manager, number, reason="late", once=builders.once(manager))


def test_paying_refuses_and_writes_nothing(brand: Brand, manager: Actor, number: str) -> None:
    stranger = builders.staff_actor("stranger", "store_manager", store=brand.b1)
    auditor = builders.staff_actor("auditor", "auditor")
    shopper = builders.member_actor(brand.zhang)
    short, gold = [TenderDraft("cash", 5272)], [TenderDraft("gold", 5273)]
    with books.unchanged():
        for actor, order, tenders, refusal in (
            (manager, number, short, TenderMismatch),
            (manager, number, gold, UnknownTender),
            (manager, number, [], TenderMismatch),
            (manager, "S-missing", CASH, OrderNotFound),
            (stranger, number, CASH, OrderNotFound),
            (auditor, number, CASH, ActionNotPermitted),
            (shopper, number, CASH, ActionNotPermitted),
        ):
            with pytest.raises(refusal):
                pay_at_counter(actor, order, tenders, builders.once(actor))


def test_the_same_key_pays_once_and_another_body_is_refused(manager: Actor, number: str) -> None:
    once = Once(manager.caller, "till-7-0001", "a" * 64)
    first = pay_at_counter(manager, number, CASH, once)
    with books.unchanged():
        assert pay_at_counter(manager, number, CASH, once) == first
        with pytest.raises(KeyReused):
            pay_at_counter(manager, number, CASH, Once(manager.caller, "till-7-0001", "b" * 64))


def test_a_member_pays_and_cancels_only_their_own(brand: Brand, number: str) -> None:
    zhang, li = builders.member_actor(brand.zhang), builders.member_actor(brand.li)
    with books.unchanged():
        with pytest.raises(OrderNotFound):
            pay_with_provider(li, number, builders.once(li))
        with pytest.raises(OrderNotFound):
            cancel_order(li, number, reason="spite", once=builders.once(li))
    assert pay_with_provider(zhang, number, builders.once(zhang))["status"] == "pending"
    assert cancel_order(zhang, number, reason="mine", once=builders.once(zhang))["number"] == number


def test_cancelling_frees_the_goods(brand: Brand, manager: Actor, number: str) -> None:
    result = cancel_order(manager, number, reason="changed_mind", once=builders.once(manager))

    assert result == {"number": number, "status": "cancelled"}
    assert states(number) == ["pending_payment", "cancelled"]
    assert tea_at(brand.a1) == (100, 0)
    assert set(Reservation.objects.values_list("status", flat=True)) == {"released"}
    assert AuditLine.objects.get(action="orders.cancel").reason == "changed_mind"
    with books.unchanged():
        with pytest.raises(OrderCancelled):
            cancel_order(manager, number, reason="again", once=builders.once(manager))
        with pytest.raises(OrderCancelled):
            pay_at_counter(manager, number, CASH, builders.once(manager))
    assert books.differences() == {}


def test_an_order_lapses_when_its_time_is_over_and_not_before(brand: Brand, number: str) -> None:
    order = Order.objects.get()
    assert order.pay_until is not None
    with books.unchanged():
        assert cancel_overdue(order.pk, now=order.pay_until) is False
    assert cancel_overdue(order.pk, now=order.pay_until + timedelta(seconds=1)) is True
    assert states(number)[-1] == "cancelled"
    assert tea_at(brand.a1) == (100, 0)
    with books.unchanged():
        assert cancel_overdue(order.pk, now=order.pay_until + timedelta(days=1)) is False


def test_a_capture_settles_the_order_once(brand: Brand, manager: Actor, number: str) -> None:
    payment = pay_with_provider(manager, number, builders.once(manager))["number"]
    notice = CaptureNotice("sandbox", "sb-1", payment, 5273)

    receive_notice(notice)

    assert states(number) == ["pending_payment", "paid"]
    assert PointsAccount.objects.get().balance == 52
    row = Payment.objects.get()
    events = row.events.order_by("id").values_list("kind", flat=True)
    assert list(events) == ["opened", "captured", "settled"]
    with books.unchanged():
        receive_notice(notice)
        settle_payment(builders.SYSTEM, row.pk)


def test_the_fact_is_kept_when_settling_fails_and_the_sweep_settles_it(
    manager: Actor, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = pay_with_provider(manager, number, builders.once(manager))["number"]

    def no_lock(_actor: Actor, _payment_id: int) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    with monkeypatch.context() as patch:
        patch.setattr(receive_notice_module, "settle_payment", no_lock)
        receive_notice(CaptureNotice("sandbox", "sb-1", payment, 5273))
    row = Payment.objects.get()
    assert (row.status, row.captured_amount, row.settled_at) == ("captured", 5273, None)
    assert states(number) == ["pending_payment"]

    Payment.objects.update(captured_at=clock.days_ago(1))
    settle_captured_payments()

    assert states(number) == ["pending_payment", "paid"]
    assert PaymentEvent.objects.filter(kind="captured").count() == 1
    assert books.differences() == {}


def test_an_uncaptured_payment_is_not_settled(manager: Actor, number: str) -> None:
    pay_with_provider(manager, number, builders.once(manager))
    with books.unchanged():
        settle_payment(builders.SYSTEM, Payment.objects.get().pk)


def test_an_order_without_a_member_earns_nothing(brand: Brand, manager: Actor) -> None:
    request = builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999)
    number = place_order(manager, request, builders.once(manager))["number"]
    pay_at_counter(manager, number, [TenderDraft("cash", 1999)], builders.once(manager))
    assert not PointsAccount.objects.exists()
    assert books.differences() == {}
