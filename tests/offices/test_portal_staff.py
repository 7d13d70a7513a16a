"""Owners and the staff of own stores: who sees whom, who may do what, and what stays untouched."""

import html
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings

from apps.accounts import services as accounts
from apps.accounts.models import Approval, AuditLine, StaffSession, User
from apps.common import clock
from apps.common.idempotency import KeyReused
from apps.common.models import IdempotencyRecord
from apps.flows import decide_approval
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import RoleAssignment, Store
from apps.org.offices.sites import portal
from tests import builders
from tests.builders import once
from tests.offices.pages import Browser, list_of, page_of, signed_in

pytestmark = pytest.mark.django_db

FIRST = "a first password to change"
REASON = {"_form_submitted": "on", "reason": "left the company"}
ACTS = {
    "end_sign_ins": REASON,
    "new_password": REASON | {"password1": FIRST, "password2": FIRST},
    "switch_off": REASON,
}


@dataclass(frozen=True)
class Case:
    """ANHE's people at A1, and one of everybody else."""

    brand: builders.Brand
    owner: User
    partner: User
    manager: User
    clerk: User
    foreign: User
    admin: User


@pytest.fixture
def case() -> Case:
    brand = builders.build_brand()
    anhe = {"franchisee": brand.anhe}
    return Case(
        brand,
        owner=builders.build_staff("owner", roles.FRANCHISE_OWNER, **anhe),
        partner=builders.build_staff("partner", roles.FRANCHISE_OWNER, **anhe),
        manager=builders.build_staff("manager", roles.STORE_MANAGER, store=brand.a1),
        clerk=builders.build_staff("clerk", roles.CLERK, store=brand.a1),
        foreign=builders.build_staff("foreign", roles.CLERK, store=brand.b1),
        admin=builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
    )


def act(client: Browser, user: User, name: str, **changes: str) -> int:
    url = page_of(portal, user).replace("/change/", f"/{name}/")
    return int(client.post(url, ACTS.get(name, REASON) | changes).status_code)


def state_of(*users: User) -> list[Any]:
    """Everything about them that an act could change."""
    people = User.objects.filter(pk__in=[user.pk for user in users]).order_by("pk")
    held = RoleAssignment.objects.filter(user__in=users).order_by("pk")
    open_ones = StaffSession.objects.filter(user__in=users, ended_at=None)
    fields = ("pk", "password", "is_active", "must_change_password")
    return [
        *people.values_list(*fields),
        *held.values_list("pk", "role", "store", "ends_at"),
        open_ones.count(),
    ]


def names_on(client: Browser) -> set[str]:
    answer: Any = client.get(list_of(portal, User))
    assert answer.status_code == 200
    return {user.username for user in answer.context["cl"].result_list}


def test_an_owner_sees_the_people_of_own_stores_and_a_manager_those_of_the_store(
    case: Case,
) -> None:
    builders.build_staff("other", roles.CLERK, store=case.brand.a2)

    assert names_on(signed_in(case.owner)) == {"owner", "partner", "manager", "clerk", "other"}
    assert names_on(signed_in(case.manager)) == {"manager", "clerk"}
    assert signed_in(case.clerk).get(list_of(portal, User)).status_code == 403


def test_the_filter_by_store_keeps_to_own_stores_and_to_roles_that_hold(case: Case) -> None:
    client = signed_in(case.owner)
    held = RoleAssignment.objects.get(user=case.manager)
    org_services.end_assignment(builders.SYSTEM, held)

    def shown(code: str) -> set[str]:
        answer: Any = client.get(f"{list_of(portal, User)}?store={code}")
        return {user.username for user in answer.context["cl"].result_list}

    assert shown("A1") == {"clerk"}
    assert shown("B1") == set()


def test_an_owner_switches_a_clerk_off_and_on_again(case: Case) -> None:
    client, till = signed_in(case.owner), signed_in(case.clerk)
    assert till.get("/portal/").status_code == 200

    assert act(client, case.clerk, "switch_off") == 302

    case.clerk.refresh_from_db()
    assert case.clerk.is_active is False
    assert till.get("/portal/").status_code == 302
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key, line.reason) == (
        "staff.switch_off",
        "clerk",
        "left the company",
    )
    assert act(client, case.clerk, "switch_off") == 403

    assert act(client, case.clerk, "switch_on", reason="came back") == 302

    case.clerk.refresh_from_db()
    assert case.clerk.is_active is True
    line = AuditLine.objects.latest("id")
    assert (line.action, line.reason) == ("staff.switch_on", "came back")


def test_an_owner_signs_a_clerk_out_and_gives_a_new_first_password(case: Case) -> None:
    client, till = signed_in(case.owner), signed_in(case.clerk)

    assert act(client, case.clerk, "end_sign_ins") == 302
    assert till.get("/portal/").status_code == 302
    line = AuditLine.objects.latest("id")
    assert (line.action, line.reason) == ("staff.end_sign_ins", "left the company")

    assert act(client, case.clerk, "new_password", reason="forgot it") == 302

    case.clerk.refresh_from_db()
    assert case.clerk.check_password(FIRST)
    assert case.clerk.must_change_password
    line = AuditLine.objects.latest("id")
    assert (line.action, line.reason) == ("staff.set_password", "forgot it")
    assert FIRST not in str(line.changes)


@pytest.mark.parametrize("name", ACTS)
def test_without_a_reason_nothing_is_done(case: Case, name: str) -> None:
    client, before = signed_in(case.owner), state_of(case.clerk)

    assert act(client, case.clerk, name, reason="") == 200  # the dialog comes again

    assert state_of(case.clerk) == before


def test_a_first_password_is_judged_and_typed_twice(case: Case) -> None:
    client, before = signed_in(case.owner), state_of(case.clerk)

    for first, second in (("12345678", "12345678"), (FIRST, FIRST + "?")):
        sent = {"password1": first, "password2": second}
        assert act(client, case.clerk, "new_password", **sent) == 200

    assert state_of(case.clerk) == before


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 403), ("partner", 403), ("foreign", 404), ("admin", 404)],
)
def test_an_owner_changes_nobody_but_store_staff_of_own_stores(
    case: Case, who: str, status: int, name: str
) -> None:
    target: User = getattr(case, who)
    client = signed_in(case.owner)
    before, lines = state_of(target), AuditLine.objects.count()

    assert act(client, target, name) == status

    assert state_of(target) == before
    assert AuditLine.objects.count() == lines


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(("who", "status"), [("manager", 403), ("clerk", 404)])
def test_a_manager_and_a_clerk_change_nobody(case: Case, who: str, status: int, name: str) -> None:
    mate = builders.build_staff("mate", roles.CLERK, store=case.brand.a1)
    client, before = signed_in(getattr(case, who)), state_of(mate)

    assert act(client, mate, name) == status

    assert state_of(mate) == before


@pytest.mark.parametrize("name", ACTS)
def test_a_clerk_who_is_more_elsewhere_is_left_alone(case: Case, name: str) -> None:
    """Another owner's clerk, somebody of head office: their sign-in is not this owner's alone."""
    org_services.assign_role(builders.SYSTEM, case.clerk, roles.CLERK, store=case.brand.b1)
    hq = builders.build_staff("helper", roles.AUDITOR)
    org_services.assign_role(builders.SYSTEM, hq, roles.CLERK, store=case.brand.a1)
    staff = builders.build_staff("marked", roles.CLERK, store=case.brand.a1)
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    client, before = signed_in(case.owner), state_of(case.clerk, hq, staff)

    for user in (case.clerk, hq, staff):
        assert act(client, user, name) == 403

    assert state_of(case.clerk, hq, staff) == before


def end(client: Browser, held: RoleAssignment) -> int:
    url = page_of(portal, held).replace("/change/", "/end/")
    return int(client.post(url, REASON).status_code)


def test_an_owner_ends_the_role_of_a_clerk(case: Case) -> None:
    held = RoleAssignment.objects.get(user=case.clerk)
    client = signed_in(case.owner)

    assert end(client, held) == 302

    held.refresh_from_db()
    assert held.ends_at is not None
    assert held.ends_at <= clock.now()
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key, line.reason) == (
        "staff.end_role",
        "clerk",
        "left the company",
    )
    assert "clerk" not in names_on(client)
    assert end(client, held) == 403


@pytest.mark.parametrize(
    ("by", "of", "status"),
    [
        ("owner", "owner", 403),
        ("owner", "partner", 403),
        ("owner", "foreign", 404),
        ("owner", "admin", 404),
        ("manager", "clerk", 403),
        ("clerk", "manager", 404),
    ],
)
def test_no_other_role_is_ended(case: Case, by: str, of: str, status: int) -> None:
    target: User = getattr(case, of)
    client = signed_in(getattr(case, by))
    held, before = RoleAssignment.objects.get(user=target), state_of(target)

    assert end(client, held) == status

    assert state_of(target) == before


def hired(**changes: str) -> dict[str, str]:
    """The form as a browser sends it."""
    said = {
        "key": "k" * 32,
        "username": "xiaowang",
        "display_name": "王小",
        "role": roles.CLERK,
        "store": "A1",
        "password1": FIRST,
        "password2": FIRST,
        "reason": "a colleague left",
        "evidence": "contract of 1 December",
    }
    return said | changes


def hire(client: Browser, **changes: str) -> Any:
    return client.post("/portal/accounts/user/add/", hired(**changes))


def test_taking_somebody_on_makes_a_sign_in_that_opens_nothing_before_a_second_person(
    case: Case,
) -> None:
    answer = hire(signed_in(case.owner))

    assert answer.status_code == 302
    person = User.objects.get(username="xiaowang")
    assert (person.display_name, person.is_active, person.is_staff) == ("王小", False, False)
    assert person.check_password(FIRST)
    assert person.must_change_password
    assert not RoleAssignment.objects.filter(user=person).exists()
    assert org.actor_of_user(person).grants == ()
    asked = Approval.objects.get()
    assert (asked.requester, asked.beneficiary, asked.state) == (case.owner, person, "requested")
    assert asked.payload == {"user": "xiaowang", "role": "clerk", "store": "A1"}
    made = AuditLine.objects.get(action="staff.create_user")
    assert (made.object_key, made.reason) == ("xiaowang", "a colleague left")

    partner = org.actor_of_user(case.partner)
    decide_approval.approve(partner, asked.number, reason="", once=once(partner))

    held = RoleAssignment.objects.get(user=person)
    assert (held.role, held.store) == (roles.CLERK, case.brand.a1)
    person.refresh_from_db()
    assert signed_in(person).get("/portal/").status_code == 200
    assert "xiaowang" in names_on(signed_in(case.owner))


def test_taking_somebody_on_counts_once_and_keeps_no_trace_of_the_password(case: Case) -> None:
    client = signed_in(case.owner)
    hire(client)
    record = IdempotencyRecord.objects.get()

    assert hire(client).status_code == 302

    assert User.objects.filter(username="xiaowang").count() == 1
    assert Approval.objects.count() == 1
    assert User.objects.get(username="xiaowang").check_password(FIRST)
    assert IdempotencyRecord.objects.get().body_hash == record.body_hash
    with override_settings(BLIND_INDEX_KEYS=["other:" + "k" * 44]):  # no hash without our key
        assert hire(client).status_code == 200


def test_the_same_form_with_another_password_is_not_taken_for_the_first(case: Case) -> None:
    client = signed_in(case.owner)
    hire(client)

    other = FIRST + " and more"
    again = hire(client, password1=other, password2=other)

    assert again.status_code == 200
    assert KeyReused().detail in html.unescape(again.content.decode())
    assert User.objects.get(username="xiaowang").check_password(FIRST)
    assert Approval.objects.count() == 1


def test_a_refusal_says_what_to_do_and_the_request_number(case: Case) -> None:
    client = signed_in(case.owner)
    hire(client)

    again = client.post(
        "/portal/accounts/user/add/",
        hired(key="j" * 32),
        headers={"x-request-id": "request-0409"},
    )

    assert again.status_code == 200
    assert (
        "You asked for this person already; withdraw that request to ask for something else. "
        "Nothing was changed. Look at how things stand now and decide again. "
        "Request number: request-0409"
    ) in html.unescape(again.content.decode())


@pytest.mark.parametrize(
    "wrong",
    [
        {"store": "B1"},
        {"store": "D1"},
        {"store": "NOWHERE"},
        {"role": roles.FRANCHISE_OWNER},
        {"role": roles.HEAD_OFFICE_ADMIN},
        {"role": "nonsense"},
        {"username": "clerk"},
        {"username": "Clerk"},
        {"username": "сlerk"},  # a Cyrillic first letter
        {"username": "a b"},
        {"password1": "12345678", "password2": "12345678"},
        {"password2": FIRST + "?"},
        {"reason": ""},
        {"evidence": ""},
    ],
)
def test_a_form_that_asks_for_too_much_leaves_nothing_behind(
    case: Case, wrong: dict[str, str]
) -> None:
    people, lines = User.objects.count(), AuditLine.objects.count()

    answer = hire(signed_in(case.owner), **wrong)

    assert answer.status_code == 200
    assert User.objects.count() == people
    assert AuditLine.objects.count() == lines
    assert not Approval.objects.exists()


@pytest.mark.parametrize("who", ["manager", "clerk"])
def test_only_those_who_manage_staff_take_people_on(case: Case, who: str) -> None:
    client, people = signed_in(getattr(case, who)), User.objects.count()

    assert client.get("/portal/accounts/user/add/").status_code == 403
    assert hire(client).status_code == 403

    assert User.objects.count() == people


def test_the_form_offers_own_open_stores_and_store_roles_only(case: Case) -> None:
    Store.objects.filter(pk=case.brand.a2.pk).update(status="closed")

    page: Any = signed_in(case.owner).get("/portal/accounts/user/add/")

    fields = page.context["form"].fields
    assert [store.code for store in fields["store"].queryset] == ["A1"]
    assert {code for code, _label in fields["role"].choices} == {"", "clerk", "store_manager"}


def test_a_phone_reads_what_each_time_of_a_sign_in_is(case: Case) -> None:
    accounts.sessions.begin(case.clerk, site="portal", device="", factor="none")

    page = signed_in(case.owner).get(page_of(portal, case.clerk)).content.decode()

    assert '<span class="qy-cell-name">Signed in at</span>' in page
    assert '<span class="qy-cell-name">Last seen</span>' in page


def test_buttons_are_for_those_whom_they_may_change(case: Case) -> None:
    client = signed_in(case.owner)

    own = client.get(page_of(portal, case.clerk)).content.decode()
    partner = client.get(page_of(portal, case.partner)).content.decode()
    as_manager = signed_in(case.manager).get(page_of(portal, case.clerk)).content.decode()

    assert "Switch off" in own
    assert "Switch on" not in own
    for page in (partner, as_manager):
        for text in ("Switch off", "Set a new password", "Sign out everywhere"):
            assert text not in page


def test_the_page_of_a_colleague_tells_nothing_of_what_they_are_elsewhere(case: Case) -> None:
    org_services.assign_role(builders.SYSTEM, case.clerk, roles.CLERK, store=case.brand.b1)
    accounts.sessions.begin(case.clerk, site="portal", device="", factor="none")

    client = signed_in(case.owner)
    page = client.get(page_of(portal, case.clerk)).content.decode()

    assert page.count(">clerk, A1</a>") == 1
    assert "B1" not in page
    for way in ("history", "delete"):
        url = page_of(portal, case.clerk).replace("change", way)
        assert client.get(url).status_code == 403
