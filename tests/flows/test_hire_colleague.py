"""Taking somebody on: a sign-in and a request, or neither."""

import pytest

from apps.accounts.actor import Actor
from apps.accounts.models import Approval, AuditLine, User
from apps.accounts.services.people import UserNameTaken
from apps.common.errors import DomainError
from apps.common.models import IdempotencyRecord
from apps.flows.hire_colleague import Newcomer, hire_colleague
from apps.org import rules as roles
from apps.org.selectors import ActionNotPermitted, PlaceNotFound
from apps.org.services import ScopeNotFitting
from tests import builders
from tests.builders import once

pytestmark = pytest.mark.django_db

PASSWORD = "a first password to change"


def hire(
    actor: Actor, *, username: str = "xiaowang", role: str = roles.CLERK, store: str = "A1"
) -> dict[str, object]:
    newcomer = Newcomer(username, "王小", PASSWORD, role, store)
    return hire_colleague(actor, newcomer, builders.grounds(), once(actor))


def test_the_sign_in_and_the_request_come_together() -> None:
    brand = builders.build_brand()
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)

    asked = hire(owner)

    person = User.objects.get(username="xiaowang")
    assert (person.must_change_password, person.is_staff) == (True, False)
    approval = Approval.objects.get(number=asked["number"])
    assert (approval.beneficiary, approval.store_id) == (person, brand.a1.pk)
    assert PASSWORD not in repr(Newcomer("a", "b", PASSWORD, "c", "d"))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"store": "B1"}, PlaceNotFound),
        ({"store": "NOWHERE"}, PlaceNotFound),
        ({"role": roles.FRANCHISE_OWNER}, ScopeNotFitting),
        ({"role": roles.HEAD_OFFICE_ADMIN}, ScopeNotFitting),
        ({"username": "owner"}, UserNameTaken),
    ],
)
def test_a_refusal_leaves_nobody_behind(wrong: dict[str, str], refusal: type[DomainError]) -> None:
    brand = builders.build_brand()
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    people, lines = User.objects.count(), AuditLine.objects.count()

    with pytest.raises(refusal):
        hire(owner, **wrong)

    assert User.objects.count() == people
    assert AuditLine.objects.count() == lines
    assert not Approval.objects.exists()
    assert not IdempotencyRecord.objects.filter(caller=owner.caller).exists()


@pytest.mark.parametrize("role", [roles.STORE_MANAGER, roles.CLERK])
def test_who_manages_no_staff_takes_nobody_on(role: str) -> None:
    brand = builders.build_brand()
    person = builders.staff_actor("person", role, store=brand.a1)

    with pytest.raises(ActionNotPermitted):
        hire(person)

    assert not User.objects.filter(username="xiaowang").exists()
