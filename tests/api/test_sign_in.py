"""Sign-in of staff, sign-out, and "who am I"."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from apps.accounts import rules as sign_in_rules
from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, StaffSession, StaffToken, User
from apps.accounts.services import signing_in
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from tests import builders
from tests.api import caller
from tests.api.caller import Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db


def sign_in(username: str, password: str = builders.PASSWORD) -> caller.Answer:
    return Caller().post("staff/tokens", {"username": username, "password": password}, key=None)


def test_a_staff_user_signs_in_and_out(brand: Brand) -> None:
    builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    issued = sign_in("clerk")

    assert issued.status == 201
    assert issued.body["token"].startswith("qs_")
    assert issued.body["roles"] == ["clerk"]
    assert issued.body["expires_at"].endswith("Z")
    assert issued.body["token"] not in StaffToken.objects.get().token_hash
    signed_in = Caller(issued.body["token"])
    assert signed_in.get("me").status == 200
    out = signed_in.delete("staff/tokens/current")
    assert (out.status, out.raw) == (204, b"")
    assert signed_in.get("me").refusal == (401, "invalid_token")


def test_wrong_names_and_passwords_look_alike(brand: Brand) -> None:
    builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    User.objects.filter(pk=builders.build_staff("gone", rules.CLERK, store=brand.a1).pk).update(
        is_active=False
    )
    for username, password in (("clerk", "wrong"), ("nobody", "x"), ("gone", builders.PASSWORD)):
        answer = sign_in(username, password)
        assert answer.refusal == (401, "sign_in_refused")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="quanyu"'
        assert answer.body["fields"] == {}
    assert not StaffToken.objects.exists()


def test_a_sign_out_ends_one_token_only(brand: Brand) -> None:
    user = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    till, office = Caller(builders.staff_token(user)), Caller(builders.staff_token(user))
    till.delete("staff/tokens/current")
    assert office.get("me").status == 200


def test_a_clerk_is_told_their_store(clerk: Caller) -> None:
    assert clerk.get("me").body == {
        "kind": "staff",
        "name": "clerk",
        "grants": [
            {
                "role": "clerk",
                "scope": "store",
                "codes": ["A1"],
                "actions": sorted(rules.ROLE_ACTIONS[rules.CLERK]),
            }
        ],
        "stores": ["A1"],
    }


def test_two_assignments_are_two_grants(brand: Brand) -> None:
    user = builders.build_staff("both", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    org_services.assign_role(builders.SYSTEM, user, rules.CLERK, store=brand.b1)
    body = Caller(builders.staff_token(user)).get("me").body
    grants = {grant["role"]: (grant["scope"], grant["codes"]) for grant in body["grants"]}
    assert grants == {
        "franchise_owner": ("franchisee", ["ANHE"]),
        "clerk": ("store", ["B1"]),
    }
    assert body["stores"] == ["A1", "A2", "B1"]


def test_a_regional_manager_head_office_a_member_and_an_application(
    brand: Brand, head_office: Caller, zhang: Caller
) -> None:
    east = caller.staff("east", rules.REGIONAL_MANAGER, region=brand.east).get("me").body
    assert (east["grants"][0]["codes"], east["stores"]) == (["EAST"], ["A1", "A2", "D1"])
    office = head_office.get("me").body
    assert (office["grants"][0]["scope"], office["grants"][0]["codes"]) == ("all", [])
    assert office["stores"] is None
    member = zhang.get("me").body
    assert (member["kind"], member["name"], member["stores"]) == ("member", brand.zhang.number, [])
    bound = caller.app("orders.see", "org.see", "not.a.scope", stores=(brand.a1,)).get("me").body
    assert bound["grants"] == [
        {"role": "app", "scope": "store", "codes": ["A1"], "actions": ["orders.see", "org.see"]}
    ]
    assert bound["stores"] == ["A1"]


NOON = (datetime.now(UTC) + timedelta(days=1)).replace(hour=4, minute=0, second=0, microsecond=0)
"""A moment when the roles that are given now hold, early in a time step."""


def code_of(secret: str, at: datetime) -> str:
    step = int(at.timestamp()) // sign_in_rules.STEP_SECONDS
    return sign_in_rules.code_at(base64.b32decode(secret), step)


def enrolled(user: User) -> tuple[str, list[str]]:
    """Secret and recovery codes of a second factor set up ten minutes ago."""
    secret, before = accounts.second_factor.new_secret(), NOON - timedelta(minutes=10)
    with time_machine.travel(before, tick=False):
        codes = accounts.second_factor.enrol(
            org.actor_of_user(user), user, secret=secret, code=code_of(secret, before)
        )
    return secret, codes


def give(username: str, **given: str) -> caller.Answer:
    body = {"username": username, "password": builders.PASSWORD} | given
    return Caller().post("staff/tokens", body, key=None)


@time_machine.travel(NOON, tick=False)
def test_a_second_factor_is_wanted_checked_and_used_once(brand: Brand) -> None:
    secret, codes = enrolled(builders.build_staff("clerk", rules.CLERK, store=brand.a1))
    code = code_of(secret, NOON)

    assert give("clerk").refusal == (401, "second_factor_wanted")
    assert give("clerk", code="12").refusal == (401, "second_factor_wrong")
    assert give("clerk", code="AAAA-AAAA-AAAA-AAAA").refusal == (401, "second_factor_wrong")
    assert not StaffToken.objects.exists()
    assert give("clerk", code=code).status == 201
    assert give("clerk", code=code).refusal == (401, "second_factor_wrong")
    assert give("clerk", code=codes[0]).status == 201
    assert give("clerk", code=codes[0]).refusal == (401, "recovery_code_used")
    assert StaffToken.objects.count() == 2
    wrong = give("clerk", code=code_of(secret, NOON + timedelta(seconds=30)), password="wrong")
    assert wrong.refusal == (401, "sign_in_refused")
    signed_in = AuditLine.objects.filter(action="staff.sign_in").order_by("id")
    assert [line.changes["second_factor"] for line in signed_in] == ["code", "recovery_code"]


@time_machine.travel(NOON, tick=False)
def test_codes_are_not_guessed_through_the_api(brand: Brand) -> None:
    secret, _codes = enrolled(builders.build_staff("clerk", rules.CLERK, store=brand.a1))
    for _attempt in range(5):
        assert give("clerk", code="AAAA-AAAA-AAAA-AAAA").refusal == (401, "second_factor_wrong")

    stopped = give("clerk", code=code_of(secret, NOON))

    assert stopped.refusal == (429, "too_many_attempts")
    assert stopped.headers["Retry-After"] == "180"
    assert not StaffToken.objects.exists()


def test_who_owes_a_second_factor_sets_it_up_at_the_site_first(brand: Brand, settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = frozenset({rules.FINANCE})
    builders.build_staff("finance", rules.FINANCE)
    builders.build_staff("clerk", rules.CLERK, store=brand.a1)

    assert give("finance").refusal == (401, "second_factor_not_enrolled")
    assert give("finance", code="000000").refusal == (401, "second_factor_not_enrolled")
    assert give("clerk").status == 201
    assert StaffToken.objects.get().user.username == "clerk"


def test_a_token_from_before_a_role_that_demands_a_second_factor_is_refused(
    brand: Brand, settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = frozenset({rules.FINANCE})
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    till = Caller(builders.staff_token(clerk))
    assert till.get("me").status == 200

    org_services.assign_role(builders.SYSTEM, clerk, rules.FINANCE)

    assert till.get("me").refusal == (401, "second_factor_not_enrolled")
    assert till.get("orders").refusal == (401, "second_factor_not_enrolled")


def test_a_password_that_somebody_else_chose_gives_no_token(brand: Brand) -> None:
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    User.objects.filter(pk=clerk.pk).update(must_change_password=True)

    assert give("clerk").refusal == (401, "password_change_wanted")
    assert not StaffToken.objects.exists()


def test_a_guesser_is_stopped_and_the_account_lives_on_elsewhere(brand: Brand) -> None:
    builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    guesser = Caller(client=Client(REMOTE_ADDR="10.0.0.66"))
    body = {"username": "clerk", "password": "wrong"}
    told = [guesser.post("staff/tokens", body, key=None).refusal for _attempt in range(7)]

    assert told == [(401, "sign_in_refused")] * 5 + [(429, "too_many_attempts")] * 2
    right = guesser.post("staff/tokens", body | {"password": builders.PASSWORD}, key=None)
    assert right.refusal == (429, "too_many_attempts")
    assert 170 <= int(right.headers["Retry-After"]) <= 180
    assert give("clerk").status == 201
    assert StaffToken.objects.count() == 1


def test_a_token_says_where_it_was_given_out(brand: Brand) -> None:
    builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    till = Caller(client=Client(REMOTE_ADDR="10.3.0.9"))
    body = {"username": "clerk", "password": builders.PASSWORD}

    till.post("staff/tokens", body, key=None, **{"User-Agent": "QuanyuPOS/2.4"})

    row = StaffToken.objects.get()
    assert (row.device, row.address) == ("QuanyuPOS/2.4", "10.3.0.9")


def full_disk(*_given: object, **_named: object) -> None:
    raise OperationalError("no space left on device")


def test_no_token_is_given_out_without_its_line(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    monkeypatch.setattr(signing_in, "record", full_disk)

    assert sign_in("clerk").refusal == (503, "unavailable")
    assert not StaffToken.objects.filter(user=person).exists()


def test_no_browser_is_signed_in_without_its_line(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    browser = Client(raise_request_exception=False)
    monkeypatch.setattr(signing_in, "record", full_disk)

    given = {"username": "clerk", "password": builders.PASSWORD}
    assert browser.post("/portal/login/?next=/portal/", given).status_code == 500
    assert not StaffSession.objects.exists()
