"""Sign-in of staff, sign-out, and "who am I"."""

import pytest

from apps.accounts.models import StaffToken, User
from apps.org import rules
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
