"""Sign-ins at the same moment: nothing is used twice, and no attempt slips past a limit."""

import base64
from collections import Counter

import pytest

from apps.accounts import rules
from apps.accounts import services as accounts
from apps.accounts.models import RecoveryCode, SecondFactor, StaffToken, User
from apps.common import clock, context
from apps.common.errors import DomainError
from apps.org import rules as roles
from apps.org import selectors as org
from tests import builders
from tests.builders import Brand
from tests.threads import run_in_threads

ROUNDS = 5


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else "in"


def code_now(secret: str, drift: int = 0) -> str:
    step = int(clock.now().timestamp()) // rules.STEP_SECONDS + drift
    return rules.code_at(base64.b32decode(secret), step)


@pytest.fixture(autouse=True)
def _one_address() -> None:
    """Threads know no request, and neither does this test: both call from no address."""
    context.address.set("")


@pytest.fixture
def clerk(brand: Brand) -> User:
    return builders.build_staff("clerk", roles.CLERK, store=brand.a1)


@pytest.fixture
def secret(clerk: User) -> str:
    """Set up with the code of the step before this one, so that the present one is unused."""
    made = accounts.second_factor.new_secret()
    actor = org.actor_of_user(clerk)
    accounts.second_factor.enrol(actor, clerk, secret=made, code=code_now(made, -1))
    return made


def sign_in(code: str = "", password: str = builders.PASSWORD) -> None:
    accounts.sign_in(username="clerk", password=password, code=code, actor_of=org.actor_of_user)


def free_the_limits() -> None:
    clerk = User.objects.get(username="clerk")
    for name, _limit in (
        *accounts.attempts.at_password("clerk"),
        *accounts.attempts.at_code(clerk),
    ):
        accounts.attempts.limits.forget(name)


def test_one_code_lets_one_in(clerk: User, secret: str) -> None:
    for _round in range(ROUNDS):
        SecondFactor.objects.update(last_step=0)
        StaffToken.objects.all().delete()
        free_the_limits()
        code = code_now(secret)
        results = run_in_threads([lambda code=code: sign_in(code)] * 4)
        assert Counter(map(outcome, results)) == {"in": 1, "second_factor_wrong": 3}
        assert StaffToken.objects.count() == 1


def test_one_recovery_code_lets_one_in(clerk: User, secret: str) -> None:
    for _round in range(ROUNDS):
        free_the_limits()
        code = accounts.second_factor.renew_recovery_codes(org.actor_of_user(clerk), clerk)[0]
        results = run_in_threads([lambda code=code: accounts.second_factor.verify(clerk, code)] * 4)
        told = Counter(
            result.code if isinstance(result, DomainError) else result for result in results
        )
        assert told == {"recovery_code": 1, "recovery_code_used": 3}
        assert RecoveryCode.objects.exclude(used_at=None).count() == 1


def test_one_of_two_enrolments_wins(clerk: User) -> None:
    actor = org.actor_of_user(clerk)
    secrets = [accounts.second_factor.new_secret() for _number in range(4)]
    results = run_in_threads(
        [
            lambda made=made: accounts.second_factor.enrol(
                actor, clerk, secret=made, code=code_now(made)
            )
            for made in secrets
        ]
    )

    told = Counter(result.code if isinstance(result, DomainError) else "on" for result in results)
    assert told == {"on": 1, "second_factor_on": 3}
    assert SecondFactor.objects.count() == 1
    assert RecoveryCode.objects.count() == rules.RECOVERY_CODES


def test_parallel_guesses_do_not_slip_past_the_limit(clerk: User) -> None:
    """Sixteen at once: five are looked at, as if they had come one after the other."""
    results = run_in_threads([lambda: sign_in(password="guess")] * 16)

    told = Counter(map(outcome, results))
    assert told == {"sign_in_refused": 5, "too_many_attempts": 11}
    assert outcome_of_right_password() == "too_many_attempts"


def outcome_of_right_password() -> str:
    try:
        sign_in()
    except DomainError as refusal:
        return refusal.code
    return "in"
