"""What the form of a role request offers and refuses; and every other day that people enter."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from apps.accounts.models import Approval, User
from apps.common import clock
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services
from apps.org.admin.store_dialogs import HandOverForm
from apps.org.admin.stores import StoreForm
from apps.org.models import RIGHTS
from apps.org.offices.days import AROUND_NOW
from apps.org.offices.role_request import RoleRequestForm
from apps.org.services import Rows
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

ADD = "/portal/accounts/approval/add/"
FAR = ["0001-01-01T00:00", "9999-12-31T23:59"]


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def asked(**given: str) -> dict[str, str]:
    said = {"user": "hand", "role": roles.CLERK, "code": "A1", "reason": "new", "evidence": "call"}
    return said | {"key": "0" * 32} | given


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
@pytest.mark.parametrize("value", FAR)
def test_an_instant_that_no_clock_holds_is_an_error_of_the_form(
    brand: Brand, field: str, value: str
) -> None:
    User.objects.create_user("hand", builders.PASSWORD)
    user = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)

    answer: Any = signed_in(user).post(ADD, asked(**{field: value}))

    assert answer.status_code == 200
    assert "Enter a day from" in str(answer.context["form"].errors[field])
    assert Approval.objects.count() == 0


@pytest.mark.parametrize("value", [value[:10] for value in FAR])
def test_a_day_that_no_clock_holds_is_an_error_of_the_form(value: str) -> None:
    for form, name in ((HandOverForm, "on"), (StoreForm, "opened_on")):
        with pytest.raises(ValidationError, match="Enter a day from"):
            form.base_fields[name].clean(value)


def test_days_around_now_are_taken() -> None:
    now = clock.now()
    for days in (-365, 0, 365 * 20):
        AROUND_NOW(now + timedelta(days=days))
        AROUND_NOW((now + timedelta(days=days)).date())
    for days in (-368, 365 * 20 + 3):
        with pytest.raises(ValidationError):
            AROUND_NOW(now + timedelta(days=days))


@pytest.mark.parametrize(
    ("role", "scope", "offered"),
    [
        (roles.FRANCHISE_OWNER, "anhe", [roles.FRANCHISE_OWNER, roles.STORE_MANAGER, roles.CLERK]),
        (roles.STORE_MANAGER, "a1", []),
        (roles.HEAD_OFFICE_ADMIN, "", list(roles.ROLE_ACTIONS)),
        (roles.OPERATIONS, "", []),
    ],
)
def test_only_roles_that_may_be_given_are_offered(
    brand: Brand, role: str, scope: str, offered: list[str]
) -> None:
    name = {"anhe": "franchisee", "a1": "store"}.get(scope)
    actor = builders.staff_actor("person", role, **({name: getattr(brand, scope)} if name else {}))

    form = RoleRequestForm(actor)

    choices = [code for code, _label in form.fields["role"].choices]  # type: ignore[attr-defined]
    assert choices == ["", *offered]


def test_what_is_offered_is_what_is_granted_somewhere(brand: Brand) -> None:
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    rows = [Rows(), Rows(region=brand.east), Rows(franchisee=brand.anhe), Rows(store=brand.a1)]

    def granted(role: str) -> bool:
        fit = {"all": 0, "region": 1, "franchisee": 2, "store": 3}[roles.ROLE_SCOPE[role].value]
        try:
            services.require_may_grant(owner, role, rows[fit])
        except services.GrantExceedsOwn:
            return False
        return True

    assert {role: services.grants_somewhere(owner, role) for role in roles.ROLE_ACTIONS} == {
        role: granted(role) for role in roles.ROLE_ACTIONS
    }


@pytest.mark.parametrize(
    ("starts", "ends", "held"), [(0, None, True), (0, 5, True), (10, None, False), (-5, 10, True)]
)
def test_a_role_that_is_held_already_is_not_asked_for(
    brand: Brand, starts: int, ends: int | None, held: bool
) -> None:
    """The role is held from now on for ten days."""
    hand = User.objects.create_user("hand", builders.PASSWORD)
    now = clock.now()
    services.assign_role(
        builders.SYSTEM, hand, roles.CLERK, store=brand.a1, ends_at=now + timedelta(days=10)
    )
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    payload = {"store": "A1", "starts_at": clock.rfc3339(now + timedelta(days=starts, minutes=1))}
    if ends is not None:
        payload["ends_at"] = clock.rfc3339(now + timedelta(days=ends))

    if held:
        with pytest.raises(services.RoleHeldAlready):
            builders.ask_for_role(owner, hand, roles.CLERK, **payload)
    else:
        builders.ask_for_role(owner, hand, roles.CLERK, **payload)
    assert Approval.objects.count() == (0 if held else 1)
    builders.ask_for_role(owner, hand, roles.CLERK, store="A2")


def test_rights_that_are_lacking_are_named_in_words(brand: Brand) -> None:
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)

    with translation.override("en"), pytest.raises(services.GrantExceedsOwn) as refused:
        services.require_may_grant(owner, roles.AUDITOR, Rows())

    assert "see the audit trail" in refused.value.detail
    assert "." not in refused.value.detail.rstrip(".")


def test_every_right_has_a_name() -> None:
    assert set(RIGHTS) == roles.ALL_ACTIONS
    assert org.reach_of(builders.SYSTEM, "org.see").everything
