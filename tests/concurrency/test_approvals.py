"""Sixteen approvers at once, grants that would close a cycle, and points changed from all sides."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import Approval, User
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.approvals import withdraw
from apps.flows.decide_approval import approve, reject
from apps.flows.place_order import place_order
from apps.loyalty import services as loyalty
from apps.loyalty.models import LotDraw, PointsAccount, PointsEntry, PointsLot
from apps.members.models import Member
from apps.org import rules
from apps.org.models import RoleAssignment
from tests import books, builders
from tests.builders import Brand, ask_for_points, ask_for_role, once
from tests.threads import run_in_threads

APPROVERS = 16
ROUNDS = 6


def admins(count: int, name: str = "admin") -> list[Actor]:
    return [
        builders.staff_actor(f"{name}{number}", rules.HEAD_OFFICE_ADMIN) for number in range(count)
    ]


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else type(result).__name__


def test_sixteen_approvers_carry_it_out_once(brand: Brand) -> None:
    asker, *others = admins(APPROVERS + 1)
    number = ask_for_points(asker, brand.zhang, 5000)

    results = run_in_threads(
        [lambda who=who: approve(who, number, reason="", once=once(who)) for who in others]  # type: ignore[misc]
    )

    assert Counter(map(outcome, results)) == {"dict": 1, "approval_decided": APPROVERS - 1}
    assert PointsEntry.objects.get().points == 5000
    assert PointsAccount.objects.get().balance == 5000
    assert books.differences() == {}
    connection.close()


def test_without_the_lock_the_ledgers_own_key_stops_the_second(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The effect is unique by the number of its approval: the second line of exactly once."""
    asker, *others = admins(9)
    number = ask_for_points(asker, brand.zhang, 50)

    def unlocked(approval_id: int) -> Approval:
        return Approval.objects.select_related("requester", "beneficiary").get(pk=approval_id)

    monkeypatch.setattr(accounts, "lock_approval", unlocked)
    monkeypatch.setattr(
        accounts, "mark_executed", lambda *_args, **_named: None
    )  # so that no approval is decided, and only the ledger is left to refuse
    results = run_in_threads(
        [lambda who=who: approve(who, number, reason="", once=once(who)) for who in others]  # type: ignore[misc]
    )

    done = [result for result in results if isinstance(result, dict)]
    failed = [result for result in results if isinstance(result, IntegrityError)]
    assert (len(done), len(failed)) == (1, 7)
    assert all("points_entry_once" in str(failure) for failure in failed)
    assert PointsAccount.objects.get().balance == 50
    connection.close()


def decided_at_once(asker: Actor, others: list[Actor], number: str) -> list[object]:
    """Half of the others approve, half reject, and the requester withdraws."""
    half = len(others) // 2
    return run_in_threads(
        [
            *[
                lambda who=who: approve(who, number, reason="", once=once(who))  # type: ignore[misc]
                for who in others[:half]
            ],
            *[
                lambda who=who: reject(who, number, reason="no", once=once(who))  # type: ignore[misc]
                for who in others[half:]
            ],
            lambda: withdraw(asker, number, reason="no", once=once(asker)),
        ]
    )


def test_approving_rejecting_and_withdrawing_at_once(brand: Brand) -> None:
    asker, *others = admins(7)
    for _round in range(ROUNDS):
        before = PointsEntry.objects.count()
        number = ask_for_points(asker, brand.zhang, 10)
        results = decided_at_once(asker, others, number)
        assert Counter(map(outcome, results)) == {"dict": 1, "approval_decided": 6}
        executed = Approval.objects.get(number=number).state == "executed"
        assert PointsEntry.objects.count() == before + executed
    assert books.differences() == {}
    connection.close()


def test_one_request_of_many_asked_at_once(brand: Brand) -> None:
    people = admins(8)
    results = run_in_threads(
        [lambda who=who: ask_for_points(who, brand.zhang, 5) for who in people]  # type: ignore[misc]
    )
    assert Counter(map(outcome, results)) == {"str": 1, "approval_open_already": 7}
    assert Approval.objects.count() == 1
    connection.close()


def cross(asker: Actor, left: Actor, right: Actor, role: str) -> list[object]:
    """Left approves a role for right while right approves one for left."""
    for_right = ask_for_role(asker, User.objects.get(pk=right.id), role)
    for_left = ask_for_role(asker, User.objects.get(pk=left.id), role)
    return run_in_threads(
        [
            lambda: approve(left, for_right, reason="", once=once(left)),
            lambda: approve(right, for_left, reason="", once=once(right)),
        ]
    )


def test_two_who_approve_each_other_at_once(brand: Brand) -> None:
    asker = admins(1, "asker")[0]
    for number in range(ROUNDS):
        left, right = admins(2, f"pair{number}-")
        results = cross(asker, left, right, rules.AUDITOR)
        assert Counter(map(outcome, results)) == {"dict": 1, "approval_cycle": 1}
    assert RoleAssignment.objects.filter(role=rules.AUDITOR).count() == ROUNDS
    connection.close()


def test_adjusting_earning_and_expiring_at_once(brand: Brand) -> None:
    """Whatever the order, balance, lots and ledger stay one and nothing goes below zero."""
    clerk = builders.clerk_at(brand.a1)
    asker, *others = admins(5)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    place_order(clerk, sale, once(clerk))
    member = brand.zhang

    def adjust(who: Actor, points: int) -> object:
        return act(who, member, points)

    def expire() -> int:
        return loyalty.expire_lots(member.pk, now=clock.now(), time_zone="Asia/Shanghai")

    for round_no in range(ROUNDS):
        oldest = PointsLot.objects.filter(remaining__gt=0).order_by("id").first()
        if oldest is not None and round_no % 2:
            PointsLot.objects.filter(pk=oldest.pk).update(
                expires_at=clock.now() - timedelta(days=1)
            )
        results = run_in_threads(
            [
                lambda: adjust(others[0], -15),
                lambda: adjust(others[1], -15),
                lambda: adjust(others[2], 7),
                lambda: place_order(clerk, sale, once(clerk)),
                expire,
                expire,
            ]
        )
        assert not [
            one
            for one in results
            if isinstance(one, Exception) and outcome(one) != "insufficient_points"
        ]
        account = PointsAccount.objects.get()
        left = sum(PointsLot.objects.values_list("remaining", flat=True))
        entered = sum(PointsEntry.objects.values_list("points", flat=True))
        assert account.balance == left == entered >= 0
    assert LotDraw.objects.exists()
    assert asker.id
    connection.close()


def act(who: Actor, member: Member, points: int) -> object:
    """The step alone, under a reference of its own: requests would wait for each other."""
    adjustment = loyalty.Adjustment(member.pk, points, f"approval:{once(who).key}", "race")
    with transaction.atomic():
        return loyalty.adjust_points(adjustment, at=clock.now(), time_zone="Asia/Shanghai")


def test_two_takers_never_share_a_point(brand: Brand) -> None:
    (who,) = admins(1)
    for round_no in range(ROUNDS):
        act(who, brand.li, 100)
        results = run_in_threads([lambda: act(who, brand.li, -30)] * 6)
        assert Counter(map(outcome, results)) == {"int": 3, "insufficient_points": 3}, round_no
        assert act(who, brand.li, -10) == 0
    assert PointsAccount.objects.get().balance == 0
    connection.close()
