"""What becomes of a sign-in that was made for a first role: it opens with the approval, or never."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.actor import Actor
from apps.accounts.models import Approval, AuditLine, User
from apps.accounts.services import SignInRefused, check_password
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows import approvals, decide_approval
from apps.flows.hire_colleague import Newcomer, hire_colleague
from apps.org import rules as roles
from apps.org.models import RoleAssignment
from apps.org.selectors import PersonNotFound
from apps.org.services import staff
from tests import builders
from tests.builders import Brand, once

pytestmark = pytest.mark.django_db

FIRST, SECOND = "a first password to change", "another password to change"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def owner(brand: Brand) -> Actor:
    return builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)


@pytest.fixture
def partner(brand: Brand) -> Actor:
    return builders.staff_actor("partner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)


def hire(
    actor: Actor, username: str = "xiaowang", password: str = FIRST, store: str = "A1"
) -> dict[str, Any]:
    newcomer = Newcomer(username, "王小", password, roles.CLERK, store)
    return hire_colleague(actor, newcomer, builders.grounds(), once(actor))


def person() -> User:
    return User.objects.get(username="xiaowang")


def may_sign_in(password: str = FIRST) -> bool:
    try:
        check_password(username="xiaowang", password=password)
    except SignInRefused:
        return False
    return True


def reject(number: str, owner: Actor, partner: Actor) -> None:
    decide_approval.reject(partner, number, reason="not agreed", once=once(partner))


def withdraw(number: str, owner: Actor, partner: Actor) -> None:
    approvals.withdraw(owner, number, reason="changed my mind", once=once(owner))


def expire(number: str, owner: Actor, partner: Actor) -> None:
    found = Approval.objects.get(number=number)
    assert approvals.expire_overdue(found.pk, now=clock.now() + timedelta(days=8))


ENDS = pytest.mark.parametrize("end", [reject, withdraw, expire])
End = Callable[[str, Actor, Actor], None]


def test_the_approval_opens_the_sign_in_together_with_the_role(
    owner: Actor, partner: Actor
) -> None:
    asked = hire(owner)
    assert (person().is_active, may_sign_in()) == (False, False)

    decide_approval.approve(partner, asked["number"], reason="", once=once(partner))

    assert (person().is_active, may_sign_in()) == (True, True)
    assert RoleAssignment.objects.get(user=person()).role == roles.CLERK
    line = AuditLine.objects.get(action="staff.switch_on")
    assert (line.object_key, line.actor_label) == ("xiaowang", "partner")


@ENDS
def test_a_request_that_comes_to_nothing_leaves_no_sign_in(
    owner: Actor, partner: Actor, end: End
) -> None:
    asked = hire(owner)

    end(asked["number"], owner, partner)

    assert (person().is_active, may_sign_in()) == (False, False)
    assert not RoleAssignment.objects.filter(user=person()).exists()


@ENDS
def test_whoever_asked_may_ask_for_the_same_person_again(
    owner: Actor, partner: Actor, end: End
) -> None:
    end(hire(owner)["number"], owner, partner)

    again = hire(owner, password=SECOND)

    assert User.objects.filter(username="xiaowang").count() == 1
    assert (person().is_active, person().must_change_password) == (False, True)
    decide_approval.approve(partner, again["number"], reason="", once=once(partner))
    assert (may_sign_in(FIRST), may_sign_in(SECOND)) == (False, True)


def test_while_the_request_waits_a_second_one_is_refused(owner: Actor) -> None:
    hire(owner)
    hashed, lines = person().password, AuditLine.objects.count()

    with pytest.raises(DomainError) as refused:
        hire(owner, password=SECOND, store="A2")

    assert refused.value.code == "hire_waits"
    assert person().password == hashed
    assert AuditLine.objects.count() == lines
    assert Approval.objects.count() == 1


@ENDS
def test_nobody_else_takes_over_a_name_whose_password_another_knows(
    brand: Brand, owner: Actor, partner: Actor, end: End
) -> None:
    end(hire(owner)["number"], owner, partner)
    other = builders.staff_actor("other", roles.FRANCHISE_OWNER, franchisee=brand.baichuan)
    hashed = person().password

    for actor, store in ((partner, "A1"), (other, "B1")):
        with pytest.raises(DomainError) as refused:
            hire(actor, password=SECOND, store=store)
        assert refused.value.code == "user_name_taken"
        wanted = {"user": "xiaowang", "role": roles.CLERK, "store": store}
        with pytest.raises(PersonNotFound):
            approvals.request_approval(
                actor, "staff.grant_role", wanted, builders.grounds(), once(actor)
            )

    assert person().password == hashed
    assert Approval.objects.filter(state=Approval.State.REQUESTED).count() == 0


def test_the_database_keeps_a_sign_in_off_until_a_role_is_approved(owner: Actor) -> None:
    hire(owner)

    with pytest.raises(IntegrityError, match="user_off_before_first_role"), transaction.atomic():
        User.objects.filter(username="xiaowang").update(is_active=True)


def test_head_office_may_open_the_sign_in_by_hand(owner: Actor) -> None:
    hire(owner)
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)

    staff.switch_on(admin, person(), reason="checked the contract")

    assert (person().is_active, person().hired_by, may_sign_in()) == (True, None, True)


def test_somebody_who_was_switched_off_is_not_taken_on_by_name(
    brand: Brand, owner: Actor, partner: Actor
) -> None:
    asked = hire(owner)
    decide_approval.approve(partner, asked["number"], reason="", once=once(partner))
    RoleAssignment.objects.filter(user=person()).update(ends_at=clock.now())
    User.objects.filter(username="xiaowang").update(is_active=False)

    with pytest.raises(DomainError) as refused:
        hire(owner, password=SECOND)

    assert refused.value.code == "user_name_taken"
    assert person().is_active is False


@pytest.mark.parametrize("taken", ["Owner", "OWNER"])
def test_names_that_differ_by_case_are_one_name(owner: Actor, taken: str) -> None:
    with pytest.raises(DomainError) as refused:
        hire(owner, taken)

    assert refused.value.code == "user_name_taken"
    assert User.objects.filter(username__iexact="owner").count() == 1


@pytest.mark.parametrize("lookalike", ["оwner", "ownеr", "王小", "a b", "Ａdmin", "", "x" * 65])
def test_names_that_only_look_like_others_are_refused(owner: Actor, lookalike: str) -> None:
    people = User.objects.count()

    with pytest.raises(DomainError) as refused:
        hire(owner, lookalike)

    assert refused.value.code == "user_name_not_allowed"
    assert User.objects.count() == people
    assert not Approval.objects.exists()
