"""Two hands on one order: whoever comes first wins, and the books add up either way.

Each race is run many times, and once without its lock to show that it is the lock that decides.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from apps.accounts.actor import Actor
from apps.common import clock, idempotency
from apps.common.idempotency import KeyInUse
from apps.flows.cancel_order import cancel_order, cancel_overdue
from apps.flows.pay_order import pay_at_counter, pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.receive_notice import receive_notice
from apps.loyalty.models import PointsEntry
from apps.members import services as members
from apps.members.models import Identity, Member
from apps.orders import services as order_services
from apps.orders.models import Order
from apps.orders.services import OrderCancelled, OrderPaid
from apps.payments.models import Payment, PaymentEvent
from apps.payments.rules import TenderDraft
from apps.payments.services import CaptureNotice
from tests import books, builders
from tests.builders import Brand
from tests.threads import run_in_threads

ROUNDS = 10


@pytest.fixture
def manager(brand: Brand) -> Actor:
    return builders.staff_actor("manager", "store_manager", store=brand.a1)


def unpaid(brand: Brand, manager: Actor) -> str:
    request = builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    return str(place_order(manager, request, builders.once(manager))["number"])


def cash(manager: Actor, number: str) -> Callable[[], Any]:
    tenders = [TenderDraft("cash", 1999)]
    return lambda: pay_at_counter(manager, number, tenders, builders.once(manager))


def cancel(manager: Actor, number: str) -> Callable[[], Any]:
    return lambda: cancel_order(manager, number, reason="race", once=builders.once(manager))


def notice(payment: str, reference: str) -> Callable[[], None]:
    return lambda: receive_notice(CaptureNotice("sandbox", reference, payment, 1999))


def open_payment(manager: Actor, number: str) -> str:
    return str(pay_with_provider(manager, number, builders.once(manager))["number"])


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_the_same_key_at_once_has_one_effect(brand: Brand, manager: Actor) -> None:
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    for count in range(1, ROUNDS + 1):
        once = builders.once(manager, key=secrets.token_hex(8))
        results = run_in_threads([partial(place_order, manager, request, once)] * 8)

        placed = [result for result in results if type(result) is dict]
        assert len(placed) == 1
        for other in results:
            assert other == placed[0] if isinstance(other, dict) else isinstance(other, KeyInUse)
        assert Order.objects.count() == count
    assert PointsEntry.objects.count() == ROUNDS
    assert books.differences() == {}


def test_a_twin_that_commits_between_snapshot_and_lock_is_answered_as_a_replay(
    brand: Brand, manager: Actor
) -> None:
    """Staggered starts, so that some begin while the first is committing."""
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    once = builders.once(manager, key="till-7-0001")

    def insist() -> Any:
        while True:
            try:
                return place_order(manager, request, once)
            except KeyInUse:
                continue

    results = run_in_threads([insist] * 6)
    assert kinds(results) == ["Stored"] * 5 + ["dict"]
    assert len({result["number"] for result in results}) == 1
    assert Order.objects.count() == 1


def test_without_the_advisory_lock_twins_queue_up_behind_the_first(
    brand: Brand, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unique key still lets one effect through; but each twin holds a worker until it ends."""
    unlocked = idempotency.BEGIN.replace("pg_try_advisory_xact_lock(%(lock)s::bigint)", "true")
    assert unlocked != idempotency.BEGIN
    monkeypatch.setattr(idempotency, "BEGIN", unlocked + "WHERE %(lock)s IS NOT NULL")
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    once = builders.once(manager, key="till-7-0001")
    results = run_in_threads([partial(place_order, manager, request, once)] * 8)
    assert kinds(results) == ["Stored"] * 7 + ["dict"]
    assert Order.objects.count() == 1


def test_pay_and_cancel_at_once(brand: Brand, manager: Actor) -> None:
    seen: Counter[str] = Counter()
    for _round in range(ROUNDS):
        number = unpaid(brand, manager)
        paid, cancelled = run_in_threads([cash(manager, number), cancel(manager, number)])
        status = Order.objects.get(number=number).status
        seen[status] += 1
        if status == "completed":
            assert isinstance(paid, dict)
            assert isinstance(cancelled, OrderPaid)
        else:
            assert status == "cancelled"
            assert isinstance(paid, OrderCancelled)
            assert isinstance(cancelled, dict)
    assert Payment.objects.count() == PointsEntry.objects.count() == seen["completed"]
    assert books.differences() == {}


def test_two_payments_at_once(brand: Brand, manager: Actor) -> None:
    for count in range(1, ROUNDS + 1):
        number = unpaid(brand, manager)
        results = run_in_threads([cash(manager, number)] * 4)
        assert kinds(results) == ["OrderPaid"] * 3 + ["dict"]
        assert Payment.objects.count() == PointsEntry.objects.count() == count
    assert books.differences() == {}


def test_without_the_order_lock_only_the_constraints_stop_the_second(
    brand: Brand, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a refusal a person can read, but nothing is paid twice either."""
    monkeypatch.setattr(order_services, "lock_order", lambda pk: Order.objects.get(pk=pk))
    seen: Counter[str] = Counter()
    for _round in range(ROUNDS):
        number = unpaid(brand, manager)
        seen.update(kinds(run_in_threads([cash(manager, number)] * 4)))
    assert seen["dict"] == ROUNDS
    assert seen["IntegrityError"] > 0
    assert books.differences() == {}


def test_one_capture_notice_many_times_at_once(brand: Brand, manager: Actor) -> None:
    for count in range(1, ROUNDS + 1):
        number = unpaid(brand, manager)
        payment = open_payment(manager, number)
        results = run_in_threads([notice(payment, f"sb-{count}")] * 4)
        assert results == [None] * 4
        assert Order.objects.get(number=number).status == "paid"
        assert Payment.objects.count() == PointsEntry.objects.count() == count
    assert PaymentEvent.objects.filter(kind="captured").count() == ROUNDS
    assert books.differences() == {}


def test_an_unmatched_notice_many_times_at_once(brand: Brand) -> None:
    assert run_in_threads([notice("P-unknown", "sb-1")] * 8) == [None] * 8
    assert PaymentEvent.objects.count() == 1


def test_two_captures_of_one_payment_at_once(brand: Brand, manager: Actor) -> None:
    for count in range(1, ROUNDS + 1):
        payment = open_payment(manager, unpaid(brand, manager))
        results = run_in_threads([notice(payment, f"sb-{count}-{n}") for n in range(3)])
        assert results == [None] * 3
        assert Counter(Payment.objects.values_list("status", flat=True)) == {
            "captured": count,
            "refund_due": 2 * count,
        }
    assert PointsEntry.objects.count() == ROUNDS
    assert books.differences() == {}


def test_one_reference_under_two_payments_at_once(brand: Brand, manager: Actor) -> None:
    for count in range(1, ROUNDS + 1):
        payments = [open_payment(manager, unpaid(brand, manager)) for _ in range(2)]
        results = run_in_threads([notice(payment, f"sb-{count}") for payment in payments])
        assert results == [None] * 2
        assert Payment.objects.filter(status="captured").count() == count
    assert books.differences() == {}


def test_a_capture_and_the_overdue_sweep_at_once(brand: Brand, manager: Actor) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    later = clock.now() + timedelta(hours=1)
    for count in range(ROUNDS):
        number = unpaid(brand, manager)
        payment = open_payment(manager, number)
        order_id = Order.objects.get(number=number).pk
        results = run_in_threads(
            [notice(payment, f"sb-{count}"), partial(cancel_overdue, order_id, now=later)]
        )
        assert not any(isinstance(result, Exception) for result in results)
        order, paid = Order.objects.get(number=number), Payment.objects.get(number=payment)
        seen[order.status, paid.status] += 1
        assert results[1] is (order.status == "cancelled")
    assert set(seen) <= {("paid", "captured"), ("cancelled", "refund_due")}
    assert PointsEntry.objects.count() == seen["paid", "captured"]
    assert books.differences() == {}


def test_one_phone_enrols_one_member(brand: Brand, manager: Actor) -> None:
    before = Member.objects.count()
    for count in range(1, ROUNDS + 1):
        identities = {"phone": f"137{count:08}", "card": f"CARD-{count}"}
        reverse = dict(reversed(identities.items()))
        results = run_in_threads(
            [
                partial(members.enrol_member, manager, identities=given)
                for given in (identities, reverse) * 2
            ]
        )
        assert kinds(results) == ["IdentityTaken"] * 3 + ["Member"]
        assert Member.objects.count() == before + count
        assert Identity.objects.filter(kind="card").count() == count
    assert books.differences() == {}
