"""The sweeps: what a lost message left undone is done, and one bad row holds up no other."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from apps.common import clock
from apps.flows import tasks
from apps.flows.cancel_order import cancel_order
from apps.flows.pay_order import pay_at_counter, pay_with_provider
from apps.flows.place_order import place_order
from apps.inventory.models import Reservation
from apps.loyalty.models import PointsAccount, PointsEntry, PointsLot
from apps.orders.models import Order
from apps.orders.services import OrderPaid
from apps.payments import services as payments
from apps.payments.models import Payment
from apps.payments.rules import TenderDraft
from apps.payments.services import CaptureNotice
from config.celery import app
from tests import builders

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=2)


def captured(brand: builders.Brand, reference: str) -> Payment:
    """A payment whose money is here and whose order does not know: the process died in between."""
    shopper = builders.member_actor(brand.zhang)
    request = builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999)
    number = place_order(shopper, request, builders.once(shopper))["number"]
    payment = pay_with_provider(shopper, number, builders.once(shopper))["number"]
    payments.record_capture(CaptureNotice("sandbox", reference, payment, 1999))
    Payment.objects.filter(number=payment).update(captured_at=clock.now() - LONG_AGO)
    return Payment.objects.select_related("order").get(number=payment)


def test_captured_money_reaches_its_order() -> None:
    payment = captured(builders.build_brand(), "one")

    tasks.settle_captured_payments()

    payment.refresh_from_db()
    payment.order.refresh_from_db()
    assert (payment.status, payment.order.status) == ("captured", "paid")
    assert payment.settled_at is not None


def test_a_capture_of_this_moment_is_left_to_its_own_request() -> None:
    payment = captured(builders.build_brand(), "one")
    Payment.objects.update(captured_at=clock.now())

    tasks.settle_captured_payments()

    payment.refresh_from_db()
    assert payment.settled_at is None


def test_one_payment_that_cannot_be_settled_holds_up_no_other() -> None:
    brand = builders.build_brand()
    stuck, other = captured(brand, "one"), captured(brand, "two")
    Payment.objects.filter(pk=stuck.pk).update(captured_at=clock.now() - 2 * LONG_AGO)
    place = payments.place_of(stuck.order)
    PointsEntry.objects.create(
        member=brand.zhang,
        kind="earn",
        points=1,
        reference=f"order:{stuck.order.number}",
        reason="in the way",
        at=clock.now(),
        business_day=place.business_day,
    )

    with pytest.raises(ExceptionGroup) as failed:
        tasks.settle_captured_payments()

    assert [type(error) for error in failed.value.exceptions] == [IntegrityError]
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.settled_at, other.settled_at is not None) == (None, True)


def test_more_than_a_page_is_drained_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = builders.build_brand()
    for reference in ("one", "two", "three"):
        captured(brand, reference)
    monkeypatch.setattr(tasks, "PAGE", 1)

    tasks.settle_captured_payments()

    assert Payment.objects.filter(settled_at=None).count() == 0


def test_what_is_done_is_not_read_again_and_what_is_left_is_stepped_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "PAGE", 2)
    waiting, asked, handled = list(range(9)), [], []

    def page(limit: int) -> list[int]:
        asked.append(limit)
        return waiting[:limit]

    def handle(key: int) -> None:
        handled.append(key)
        if key not in (0, 1, 2):
            waiting.remove(key)

    tasks._drain(page, handle)

    assert (handled, waiting) == (list(range(9)), [0, 1, 2])
    assert max(asked) == 5  # a page, and the three that stay


def test_an_order_that_was_not_paid_in_time_is_cancelled_and_its_goods_are_free() -> None:
    brand = builders.build_brand()
    shopper = builders.member_actor(brand.zhang)
    overdue, waiting = (
        place_order(
            shopper,
            builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999),
            builders.once(shopper),
        )["number"]
        for _ in range(2)
    )
    Order.objects.filter(number=overdue).update(pay_until=clock.now() - timedelta(seconds=1))

    tasks.cancel_overdue_orders()

    statuses = dict(Order.objects.values_list("number", "status"))
    assert statuses == {overdue: "cancelled", waiting: "pending_payment"}
    reservations = dict(Reservation.objects.values_list("order__number", "status"))
    assert reservations == {overdue: "released", waiting: "open"}


def test_an_order_whose_money_came_in_time_is_not_cancelled_before_it_is_settled() -> None:
    brand = builders.build_brand()
    payment = captured(brand, "one")
    Order.objects.update(pay_until=clock.now() - timedelta(seconds=1))
    shopper = builders.member_actor(brand.zhang)

    tasks.cancel_overdue_orders()
    with pytest.raises(OrderPaid):
        cancel_order(shopper, payment.order.number, reason="too late", once=builders.once(shopper))
    assert Order.objects.get().status == "pending_payment"

    tasks.settle_captured_payments()
    assert Order.objects.get().status == "paid"


def test_an_order_whose_money_is_here_is_not_paid_again_before_it_is_settled() -> None:
    brand = builders.build_brand()
    payment = captured(brand, "one")
    shopper, clerk = builders.member_actor(brand.zhang), builders.clerk_at(brand.a1)
    number, cash = payment.order.number, [TenderDraft("cash", 1999)]

    with pytest.raises(OrderPaid):
        pay_at_counter(clerk, number, cash, builders.once(clerk))
    with pytest.raises(OrderPaid):
        pay_with_provider(shopper, number, builders.once(shopper))

    tasks.settle_captured_payments()
    assert list(Payment.objects.values_list("number", "status")) == [(payment.number, "captured")]
    assert Order.objects.get().status == "paid"


def test_points_past_their_date_expire() -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.a1)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    place_order(clerk, sale, builders.once(clerk))
    place_order(clerk, sale, builders.once(clerk))
    lot = PointsLot.objects.order_by("id")[0]
    PointsLot.objects.filter(pk=lot.pk).update(expires_at=clock.now())

    tasks.expire_points()

    assert list(PointsLot.objects.order_by("id").values_list("remaining", flat=True)) == [0, 19]
    assert PointsAccount.objects.get(member=brand.zhang).balance == 19
    assert PointsEntry.objects.get(kind="expire").points == -19


def test_beat_runs_every_sweep() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    sweeps = {name for name in app.tasks if name.startswith("apps.flows.tasks.")}
    assert len(sweeps) == 5
    assert sweeps <= scheduled <= set(app.tasks)
