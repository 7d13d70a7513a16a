"""The second factor: enrolled, asked for, used once, recovered, moved, switched off and reset."""

import base64
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.accounts import rules
from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, RecoveryCode, SecondFactor, StaffSession, User
from apps.common import ciphers, crypto
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services as org_services
from tests import builders
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

NOON = (datetime.now(UTC) + timedelta(days=1)).replace(hour=4, minute=0, second=0, microsecond=0)
"""A moment when the roles that are given now hold, early in a time step."""
KEY = re.compile(r'class="key">([A-Z2-7-]+)<')
CODES = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>")


def code_of(secret: str, at: datetime = NOON) -> str:
    key = base64.b32decode(secret)
    return rules.code_at(key, int(at.timestamp()) // rules.STEP_SECONDS)


def wrong_code_of(secret: str, at: datetime = NOON) -> str:
    """Six digits that no step near ``at`` has."""
    near = {code_of(secret, at + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
    return next(text for text in ("000000", "111111", "222222", "333333") if text not in near)


def enrolled(user: User, at: datetime = NOON) -> tuple[str, list[str]]:
    """Secret and recovery codes of a second factor that ``user`` set up a while before ``at``."""
    secret = accounts.second_factor.new_secret()
    before = at - timedelta(minutes=10)
    with time_machine.travel(before, tick=False):
        codes = accounts.second_factor.enrol(
            org.actor_of_user(user), user, secret=secret, code=code_of(secret, before)
        )
    return secret, codes


@pytest.fixture
def admin() -> User:
    builders.build_brand()
    return builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def give_password(browser: Client, username: str = "admin", base: str = "/admin/") -> str:
    answer = browser.post(
        f"{base}login/?next={base}", {"username": username, "password": builders.PASSWORD}
    )
    return answer["Location"] if answer.status_code == 302 else ""


def give_code(browser: Client, code: str, base: str = "/admin/") -> str:
    """Where the code leads to; what the page says where it leads nowhere."""
    answer = browser.post(f"{base}login/code/", {"code": code})
    if answer.status_code == 302:
        return str(answer["Location"])
    found = re.search(r'role="alert">(.*?)<', answer.content.decode())
    return found.group(1) if found else ""


@time_machine.travel(NOON, tick=False)
def test_a_code_is_asked_for_after_the_password_and_nothing_is_reached_without(
    admin: User, browser: Client
) -> None:
    secret, _codes = enrolled(admin)

    assert give_password(browser) == "/admin/login/code/"
    for url in ("/admin/", "/admin/security/", "/admin/orders/order/", "/portal/"):
        assert browser.get(url).status_code == 302
    assert not StaffSession.objects.exists()
    assert give_code(browser, wrong_code_of(secret)) == "The code is wrong, or was used before."
    assert browser.get("/admin/").status_code == 302

    assert give_code(browser, code_of(secret)) == "/admin/"
    assert browser.get("/admin/").status_code == 200
    assert StaffSession.objects.get().with_second_factor is True
    line = AuditLine.objects.get(action="staff.sign_in")
    assert line.changes == {"site": "admin", "second_factor": "code"}


@time_machine.travel(NOON, tick=False)
def test_a_code_is_good_once_and_for_one_step_either_way(admin: User, browser: Client) -> None:
    secret, _codes = enrolled(admin)

    came_in = {}
    for drift in (-2, 2, -1, 0, 1, 1, 0, -1):
        give_password(browser)
        at = NOON + timedelta(seconds=30 * drift)
        came_in.setdefault(drift, []).append(give_code(browser, code_of(secret, at)) == "/admin/")
        browser.cookies.pop("sessionid", None)

    assert came_in == {
        -2: [False],
        2: [False],
        -1: [True, False],
        0: [True, False],
        1: [True, False],
    }


@time_machine.travel(NOON, tick=False)
def test_spaces_in_a_code_do_no_harm(admin: User, browser: Client) -> None:
    secret, _codes = enrolled(admin)
    give_password(browser)

    code = code_of(secret)
    assert give_code(browser, f" {code[:3]} {code[3:]} ") == "/admin/"


@time_machine.travel(NOON, tick=False)
def test_a_recovery_code_opens_once(admin: User, browser: Client) -> None:
    _secret, codes = enrolled(admin)
    assert len(set(codes)) == 10
    assert not RecoveryCode.objects.filter(code_hash__in=codes).exists()
    give_password(browser)
    assert give_code(browser, codes[3].lower()) == "/admin/"

    again = Client()
    again.cookies["django_language"] = "en"
    give_password(again)
    assert give_code(again, codes[3]) == "This recovery code was used before."
    assert again.get("/admin/").status_code == 302
    assert give_code(again, codes[4]) == "/admin/"
    assert RecoveryCode.objects.filter(used_at=None).count() == 8


@time_machine.travel(NOON, tick=False)
def test_codes_are_not_guessed(admin: User, browser: Client) -> None:
    secret, codes = enrolled(admin)
    give_password(browser)
    for _attempt in range(5):
        assert give_code(browser, wrong_code_of(secret)) == "The code is wrong, or was used before."

    for code in (code_of(secret), codes[0]):
        answer = browser.post("/admin/login/code/", {"code": code})
        assert answer.status_code == 429
        assert (
            150 < int(answer["Retry-After"]) <= 180
        )  # by the clock of the database, which goes on
    assert browser.get("/admin/").status_code == 302
    assert RecoveryCode.objects.filter(used_at=None).count() == 10
    line = AuditLine.objects.get(action="staff.locked_out")
    assert (line.object_key, line.changes) == ("admin", {"limit": "code-here"})


@time_machine.travel(NOON, tick=False)
def test_who_is_obliged_is_led_to_enrolment_and_reaches_nothing_else(
    admin: User, browser: Client, settings
) -> None:
    settings.REQUIRE_SECOND_FACTOR = frozenset({roles.HEAD_OFFICE_ADMIN})

    assert give_password(browser) == "/admin/login/second-factor/"
    for url in ("/admin/", "/admin/security/", "/admin/orders/order/"):
        assert browser.get(url).status_code == 302
    page = browser.get("/admin/login/second-factor/").content.decode()
    secret = KEY.search(page).group(1).replace("-", "")
    assert "<svg" in page
    assert KEY.search(browser.get("/admin/login/second-factor/").content.decode()).group(1) in page
    wrong = browser.post("/admin/login/second-factor/", {"code": wrong_code_of(secret)})
    assert "The code is wrong" in wrong.content.decode()
    assert not SecondFactor.objects.exists()

    done = browser.post("/admin/login/second-factor/", {"code": code_of(secret)})
    codes = CODES.findall(done.content.decode())
    assert len(codes) == 10
    assert "no-store" in done["Cache-Control"]
    assert browser.get("/admin/").status_code == 200
    factor = SecondFactor.objects.get(user=admin)
    assert secret.encode() not in bytes(factor.secret_cipher)
    assert crypto.decrypt(factor.secret_cipher) == secret
    assert not any(secret in str(value) for value in browser.session.values())
    later = Client()
    assert give_password(later) == "/admin/login/code/"


def test_a_session_without_the_second_factor_ends_when_it_becomes_owed(
    admin: User, settings
) -> None:
    client = signed_in(admin)
    assert client.get("/admin/").status_code == 200

    settings.REQUIRE_SECOND_FACTOR = frozenset({roles.HEAD_OFFICE_ADMIN})

    assert client.get("/admin/").status_code == 302
    settings.REQUIRE_SECOND_FACTOR = frozenset({roles.FINANCE})
    assert client.get("/admin/").status_code == 200


def test_only_the_roles_named_owe_it(admin: User, browser: Client, settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = roles.SECOND_FACTOR_ROLES
    store = org.stores_visible_to(org.actor_of_user(admin)).get(code="A1")
    builders.build_staff("clerk", roles.CLERK, store=store)

    assert give_password(browser, "clerk", "/portal/") == "/portal/"
    assert give_password(Client()) == "/admin/login/second-factor/"


@time_machine.travel(NOON, tick=False)
def test_a_person_sets_it_up_by_themselves_with_their_password(admin: User) -> None:
    here, elsewhere = signed_in(admin), signed_in(admin)
    page = here.get("/admin/security/second-factor/").content.decode()
    secret = KEY.search(page).group(1).replace("-", "")
    given = {"code": code_of(secret)}

    refused = here.post("/admin/security/second-factor/", given | {"password": "wrong password"})
    assert not SecondFactor.objects.exists()
    assert not CODES.findall(refused.content.decode())

    done = here.post("/admin/security/second-factor/", given | {"password": builders.PASSWORD})
    assert len(CODES.findall(done.content.decode())) == 10
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    assert AuditLine.objects.filter(action="staff.second_factor_on").count() == 1
    assert here.get("/admin/security/second-factor/").status_code == 302  # set up already


@time_machine.travel(NOON, tick=False)
def test_renewing_moving_and_switching_off_need_password_and_code(admin: User) -> None:
    secret, codes = enrolled(admin)
    client = signed_in(admin)
    for purpose in ("codes", "move", "off"):
        url = f"/admin/security/prove/{purpose}/"
        for password, code in (("wrong password", codes[0]), (builders.PASSWORD, "NOT-A-CODE")):
            answer = client.post(url, {"password": password, "code": code})
            assert (answer.status_code, b'role="alert"' in answer.content) == (200, True)
    assert client.get("/admin/security/second-factor/").status_code == 302
    assert RecoveryCode.objects.filter(used_at=None).count() == 10
    assert SecondFactor.objects.filter(user=admin).exists()

    proof = {"password": builders.PASSWORD, "code": codes[1]}
    renewed = CODES.findall(client.post("/admin/security/prove/codes/", proof).content.decode())
    assert len(renewed) == 10
    assert set(renewed).isdisjoint(codes)

    moved = client.post("/admin/security/prove/move/", proof | {"code": renewed[0]})
    assert moved["Location"] == "/admin/security/second-factor/"
    page = client.get("/admin/security/second-factor/").content.decode()
    other = KEY.search(page).group(1).replace("-", "")
    fresh = client.post("/admin/security/second-factor/", {"code": code_of(other)})
    last = CODES.findall(fresh.content.decode())
    assert (len(last), other != secret) == (10, True)

    off = client.post("/admin/security/prove/off/", proof | {"code": last[9]})
    assert off["Location"] == "/admin/security/"
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    done = AuditLine.objects.order_by("id").values_list("action", flat=True)
    assert [action for action in done if action.startswith("staff.") and "role" not in action] == [
        "staff.second_factor_on",
        "staff.renew_recovery_codes",
        "staff.second_factor_moved",
        "staff.second_factor_off",
    ]


@time_machine.travel(NOON, tick=False)
def test_who_owes_it_cannot_switch_it_off(admin: User, settings) -> None:
    secret, _codes = enrolled(admin)
    settings.REQUIRE_SECOND_FACTOR = frozenset({roles.HEAD_OFFICE_ADMIN})
    client = Client()
    client.cookies["django_language"] = "en"
    give_password(client)
    give_code(client, code_of(secret))

    proof = {"password": builders.PASSWORD, "code": code_of(secret, NOON + timedelta(seconds=30))}
    answer = client.post("/admin/security/prove/off/", proof)

    assert b"not switched off" in answer.content
    assert SecondFactor.objects.filter(user=admin).exists()


def reset_url(user: User) -> str:
    return reverse("admin:accounts_user_reset_second_factor", args=[user.pk])


WHY = {"reason": "lost the phone, seen in person", "_form_submitted": "on"}


@time_machine.travel(NOON, tick=False)
def test_an_administrator_resets_it_with_a_reason(admin: User) -> None:
    finance = builders.build_staff("finance", roles.FINANCE)
    enrolled(finance)
    theirs, mine = signed_in(finance), signed_in(admin)
    assert theirs.get("/admin/").status_code == 200
    mine.post(reset_url(finance), {"reason": "", "_form_submitted": "on"})
    assert SecondFactor.objects.filter(user=finance).exists()

    mine.post(reset_url(finance), WHY)

    assert not SecondFactor.objects.filter(user=finance).exists()
    assert not RecoveryCode.objects.filter(user=finance).exists()
    assert theirs.get("/admin/").status_code == 302
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key, line.reason, line.role) == (
        "staff.second_factor_reset",
        "finance",
        WHY["reason"],
        roles.HEAD_OFFICE_ADMIN,
    )


@time_machine.travel(NOON, tick=False)
def test_nobody_resets_their_own_or_that_of_somebody_who_holds_more(admin: User) -> None:
    enrolled(admin)
    finance = builders.build_staff("finance", roles.FINANCE)
    store = org.stores_visible_to(org.actor_of_user(admin)).get(code="A1")
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=store.franchisee)

    assert signed_in(admin).post(reset_url(admin), WHY).status_code == 403
    assert signed_in(finance).post(reset_url(admin), WHY).status_code == 404
    auditor = signed_in(builders.build_staff("auditor", roles.AUDITOR))
    assert auditor.post(reset_url(admin), WHY).status_code == 403
    with pytest.raises(org_services.staff.NotYourself):
        org_services.staff.reset_second_factor(org.actor_of_user(admin), admin, reason="x")
    with pytest.raises(org.ActionNotPermitted):
        org_services.staff.reset_second_factor(org.actor_of_user(finance), admin, reason="x")
    with pytest.raises(org_services.PersonOutranksYou):
        org_services.staff.reset_second_factor(owner, admin, reason="x")

    assert SecondFactor.objects.filter(user=admin).exists()


@time_machine.travel(NOON, tick=False)
def test_codes_stay_good_when_the_keys_of_personal_data_change(admin: User, settings) -> None:
    secret, _codes = enrolled(admin)
    old, new = settings.IDENTITY_KEYS, f"k9:{base64.b64encode(os.urandom(32)).decode()}"
    settings.IDENTITY_KEYS = [new, *old]
    for column in ciphers.columns():
        ciphers.reencrypt_page(column, after=0, limit=1000)
    settings.IDENTITY_KEYS = [new]

    assert accounts.second_factor.verify(admin, code_of(secret)) == "code"


def roles_asked(**environment: str) -> subprocess.CompletedProcess[str]:
    """What a deployment with this environment demands the second factor of."""
    program = "from config import security; print(*sorted(security.REQUIRE_SECOND_FACTOR))"
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_demands_it_of_head_office_and_a_role_that_is_none_stops_the_start() -> None:
    assert roles_asked(DEBUG="0").stdout.split() == [
        "auditor",
        "customer_service",
        "finance",
        "head_office_admin",
        "operations",
        "regional_manager",
    ]
    assert roles_asked(DEBUG="1").stdout.split() == []
    assert roles_asked(REQUIRE_SECOND_FACTOR="finance,clerk").stdout.split() == ["clerk", "finance"]
    refused = roles_asked(REQUIRE_SECOND_FACTOR="finance,emperor")
    assert refused.returncode != 0
    assert "emperor" in refused.stderr
