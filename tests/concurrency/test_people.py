"""The same person taken on or changed from several windows at once: one counts, whoever is first."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from apps.accounts.actor import Actor
from apps.accounts.models import Approval, AuditLine, User
from apps.accounts.services import people
from apps.common.errors import DomainError
from apps.flows.approvals import withdraw
from apps.flows.hire_colleague import Newcomer, hire_colleague
from apps.org import rules as roles
from tests import builders
from tests.builders import SYSTEM, Brand, once
from tests.threads import run_in_threads

ROUNDS = 8
WINDOWS = 4


@pytest.fixture
def owner(brand: Brand) -> Actor:
    return builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)


def hire(actor: Actor, username: str, *, store: str, password: str) -> dict[str, Any]:
    newcomer = Newcomer(username, "王小", password, roles.CLERK, store)
    return hire_colleague(actor, newcomer, builders.grounds(), once(actor))


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else type(result).__name__


def waiting_for(username: str) -> list[Approval]:
    return list(Approval.objects.filter(beneficiary__username=username, state="requested"))


def assert_only_the_first_counts(
    username: str, results: list[Any], passwords: list[str], refusal: str
) -> None:
    """One request waits, for the store and under the password of the window that came first."""
    assert Counter(map(outcome, results)) == {"dict": 1, refusal: len(results) - 1}
    first = next(n for n, result in enumerate(results) if isinstance(result, dict))
    person = User.objects.get(username=username)
    assert [one.number for one in waiting_for(username)] == [results[first]["number"]]
    assert person.is_active is False
    assert person.check_password(passwords[first])


def test_two_owners_take_the_same_name_on_at_once(brand: Brand, owner: Actor) -> None:
    other = builders.staff_actor("other", roles.FRANCHISE_OWNER, franchisee=brand.baichuan)
    passwords = ["the password of the one", "the password of the other"]
    for number in range(ROUNDS):
        name = f"newcomer{number}"
        work: list[Callable[[], Any]] = [
            partial(hire, owner, name, store="A1", password=passwords[0]),
            partial(hire, other, name, store="B1", password=passwords[1]),
        ]

        results = run_in_threads(work)

        assert_only_the_first_counts(name, results, passwords, "user_name_taken")
        person = User.objects.get(username=name)
        first = (owner, other)[isinstance(results[1], dict)]
        assert person.hired_by_id == first.id
        assert AuditLine.objects.filter(action="staff.create_user", object_key=name).count() == 1


def test_one_owner_asks_again_from_several_windows_at_once(brand: Brand, owner: Actor) -> None:
    """Each for another store, so that the request of one does not stand in the way of the next."""
    stores = ["A1", "A2"] * (WINDOWS // 2)
    passwords = [f"the password of window {number}" for number in range(WINDOWS)]
    for number in range(ROUNDS):
        name = f"again{number}"
        asked = hire(owner, name, store="A1", password="the password of before")
        withdraw(owner, asked["number"], reason="not yet agreed", once=once(owner))
        lines = AuditLine.objects.filter(action="staff.set_password").count()

        results = run_in_threads(
            [
                partial(hire, owner, name, store=store, password=password)
                for store, password in zip(stores, passwords, strict=True)
            ]
        )

        assert_only_the_first_counts(name, results, passwords, "hire_waits")
        assert AuditLine.objects.filter(action="staff.set_password").count() == lines + 1


def test_one_change_from_several_windows_at_once_is_told_once(brand: Brand) -> None:
    clerk = builders.build_staff("clerk", roles.CLERK, store=brand.a1)
    for number in range(ROUNDS):
        name = f"王芳 {number}"
        lines = AuditLine.objects.filter(action="accounts.change_user").count()
        change = partial(people.change_person, SYSTEM, clerk, display_name=name)

        results = run_in_threads([change] * WINDOWS)

        assert [one.display_name for one in results] == [name] * WINDOWS
        assert AuditLine.objects.filter(action="accounts.change_user").count() == lines + 1
