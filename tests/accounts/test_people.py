"""The services of people: names that are taken, what is not about the name, and changes."""

import pytest
from django.db import IntegrityError

from apps.accounts.models import AuditLine, User
from apps.accounts.models.history import versions_of
from apps.accounts.services import people
from apps.common.errors import DomainError
from apps.org import rules as roles
from apps.org.selectors import ActionNotPermitted
from apps.org.services import PersonOutranksYou, staff
from tests import builders
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db

PASSWORD = "a first password to change"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def clerk(brand: Brand) -> User:
    return builders.build_staff("clerk", roles.CLERK, store=brand.a1)


def last_line() -> tuple[str, str, object]:
    line = AuditLine.objects.latest("id")
    return (line.action, line.object_key, line.changes)


@pytest.mark.parametrize("name", ["clerk", "Clerk", "CLERK"])
def test_a_name_is_taken_in_any_case_of_its_letters(clerk: User, name: str) -> None:
    lines = AuditLine.objects.count()

    with pytest.raises(people.UserNameTaken) as refused:
        people.create_user(SYSTEM, User(username=name), password=PASSWORD)

    assert refused.value.fields == {"username": name}
    assert User.objects.get() == clerk
    assert AuditLine.objects.count() == lines


def test_what_else_the_database_refuses_is_not_called_a_name_that_is_taken(clerk: User) -> None:
    """Who is taken on and active breaks another constraint: the name is free."""
    newcomer = User(username="wang", is_active=True, hired_by=clerk)
    lines = AuditLine.objects.count()

    with pytest.raises(IntegrityError, match="user_off_before_first_role"):
        people.create_user(SYSTEM, newcomer, password=PASSWORD)

    assert User.objects.get() == clerk
    assert AuditLine.objects.count() == lines


def test_a_person_is_changed_with_one_line_and_one_version(clerk: User) -> None:
    kept = versions_of(User)
    assert kept is not None
    versions, lines = kept._default_manager.count(), AuditLine.objects.count()

    people.change_person(SYSTEM, clerk, username="wang", display_name="王芳", is_staff=True)

    now = User.objects.get(pk=clerk.pk)
    assert (now.username, now.display_name, now.is_staff) == ("wang", "王芳", True)
    changes = {"username": ["clerk", "wang"], "display_name": "***", "is_staff": [False, True]}
    assert last_line() == ("accounts.change_user", "wang", changes)
    assert kept._default_manager.count() == versions + 1

    people.change_person(SYSTEM, now, username="wang", display_name="王芳", is_staff=True)

    assert AuditLine.objects.count() == lines + 1


@pytest.mark.parametrize(
    ("name", "code"), [("OWNER", "user_name_taken"), ("оwner", "user_name_not_allowed")]
)
def test_a_name_that_is_taken_or_looks_like_another_is_not_given(
    brand: Brand, clerk: User, name: str, code: str
) -> None:
    builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    lines = AuditLine.objects.count()

    with pytest.raises(DomainError) as refused:
        people.change_person(SYSTEM, clerk, username=name, is_staff=True)

    assert refused.value.code == code
    now = User.objects.get(pk=clerk.pk)
    assert (now.username, now.is_staff) == ("clerk", False)
    assert AuditLine.objects.count() == lines


def test_an_older_name_may_stay_as_it_is(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(username="王芳")

    people.change_person(SYSTEM, clerk, username="王芳", display_name="Wang Fang")

    now = User.objects.get(pk=clerk.pk)
    assert (now.username, now.display_name) == ("王芳", "Wang Fang")


def test_a_person_is_changed_by_those_who_may_and_hold_as_much(brand: Brand, clerk: User) -> None:
    admin = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    auditor = builders.staff_actor("auditor", roles.AUDITOR)
    lines = AuditLine.objects.count()

    with pytest.raises(PersonOutranksYou):
        staff.change_person(owner, admin, display_name="Somebody")
    with pytest.raises(ActionNotPermitted):
        staff.change_person(auditor, clerk, display_name="Somebody")

    assert not User.objects.filter(display_name="Somebody").exists()
    assert AuditLine.objects.count() == lines
