"""Where people are signed in: seen, ended from afar, timed out, and ended by a new password."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts import rules
from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, StaffSession, StaffToken, User
from apps.accounts.models.history import versions_of
from apps.accounts.tasks import forget_old_sign_ins
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services as org_services
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

MORNING = (datetime.now(UTC) + timedelta(days=1)).replace(hour=4, minute=0, second=0, microsecond=0)
"""A moment when the roles that are given now hold."""
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; 24117RK2CC) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.54"
)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0"
WHY = {"reason": "left the company", "_form_submitted": "on"}


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def admin(brand: Brand) -> User:
    return builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)


def open_browser(username: str, base: str = "/admin/", *, device: str = LAPTOP) -> Client:
    """A browser in which ``username`` has signed in by the page."""
    client = Client(HTTP_USER_AGENT=device, REMOTE_ADDR="10.0.0.7")
    client.cookies["django_language"] = "en"
    data = {"username": username, "password": builders.PASSWORD}
    assert client.post(f"{base}login/?next={base}", data).status_code == 302
    return client


def is_in(client: Client, base: str = "/admin/") -> bool:
    return client.get(base).status_code == 200


def test_a_person_sees_their_own_sign_ins_and_no_others(admin: User) -> None:
    builders.build_staff("finance", roles.FINANCE)
    here = open_browser("admin")
    open_browser("admin", device=PHONE)
    open_browser("finance", device="Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0")
    accounts.issue_staff_token(admin, device="curl/8.5.0")

    page = here.get("/admin/security/").content.decode()

    assert page.count("this browser") == 1
    for shown in ("Edge · Windows", "WeChat · Android", "curl", "10.0.0.7", "Head-office site"):
        assert shown in page
    assert "Firefox" not in page
    hashes = [*StaffSession.objects.values_list("key_hash", flat=True)]
    assert not any(value in page for value in hashes)
    assert here.session["sign_in_key"] not in page


def test_one_browser_and_one_till_are_signed_out_from_afar(admin: User) -> None:
    here, phone = open_browser("admin"), open_browser("admin", device=PHONE)
    token, row = accounts.issue_staff_token(admin)
    kept, _other = accounts.issue_staff_token(admin)
    other = StaffSession.objects.get(device=PHONE)

    assert here.get(f"/admin/security/sessions/{other.pk}/end/").status_code == 405
    assert here.post(f"/admin/security/sessions/{other.pk}/end/")["Location"] == "/admin/security/"
    assert here.post(f"/admin/security/tokens/{row.pk}/end/")["Location"] == "/admin/security/"

    assert (is_in(here), is_in(phone)) == (True, False)
    assert org.staff_by_token(token) is None
    assert org.staff_by_token(kept) is not None
    actions = AuditLine.objects.order_by("id").values_list("action", flat=True)
    assert list(actions)[-2:] == ["staff.end_session", "staff.end_token"]
    told = phone.get("/admin/login/").content.decode()
    assert "You were signed out; please sign in again." in told


def test_sign_ins_of_others_are_not_there(brand: Brand, admin: User) -> None:
    finance = builders.build_staff("finance", roles.FINANCE)
    theirs = open_browser("finance")
    _token, row = accounts.issue_staff_token(finance)
    session = StaffSession.objects.get()
    clerk = builders.build_staff("clerk", roles.CLERK, store=brand.a1)

    for client, base in ((signed_in(admin), "/admin/"), (signed_in(clerk), "/portal/")):
        assert client.post(f"{base}security/sessions/{session.pk}/end/").status_code == 404
        assert client.post(f"{base}security/tokens/{row.pk}/end/").status_code == 404
        assert client.post(f"{base}security/tokens/999999/end/").status_code == 404
    assert is_in(theirs)
    assert StaffToken.objects.get(pk=row.pk).revoked_at is None


def test_everything_else_ends_at_once(admin: User) -> None:
    builders.build_staff("finance", roles.FINANCE)
    here, phone, theirs = open_browser("admin"), open_browser("admin"), open_browser("finance")
    token, _row = accounts.issue_staff_token(admin)

    here.post("/admin/security/end-others/")

    assert (is_in(here), is_in(phone), is_in(theirs)) == (True, False, True)
    assert org.staff_by_token(token) is None


def test_signing_out_ends_this_browser_only(admin: User) -> None:
    here, phone = open_browser("admin"), open_browser("admin")
    cookie = here.cookies["sessionid"].value

    assert here.get("/admin/logout/").status_code == 405
    assert here.post("/admin/logout/")["Location"] == "/admin/login/"

    stolen = Client()
    stolen.cookies["sessionid"] = cookie
    assert (is_in(here), is_in(stolen), is_in(phone)) == (False, False, True)
    assert StaffSession.objects.filter(ended_at=None).count() == 1


def test_a_cookie_alone_is_no_sign_in(admin: User) -> None:
    """What Django's session says counts only with a sign-in of ours that has not ended."""
    client = Client()
    client.force_login(admin)

    assert not is_in(client)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("role", "base", "rest"),
    [("head_office_admin", "/admin/", 30), ("clerk", "/portal/", 12 * 60)],
)
def test_a_browser_at_rest_is_signed_out(brand: Brand, role: str, base: str, rest: int) -> None:
    scope = {"store": brand.a1} if role == "clerk" else {}
    builders.build_staff("person", role, **scope)
    with time_machine.travel(MORNING, tick=False) as now:
        awake, asleep = open_browser("person", base), open_browser("person", base)
        now.shift(timedelta(minutes=rest / 2))
        assert is_in(awake, base)
        now.shift(timedelta(minutes=rest / 2, seconds=-1))
        assert is_in(awake, base)
        now.shift(timedelta(seconds=2))
        assert not is_in(asleep, base)
        assert is_in(awake, base) == (role == "head_office_admin")  # the clerk's 12 hours are over
    ended = StaffSession.objects.exclude(ended_at=None)
    assert ended.count() == (1 if role == "head_office_admin" else 2)


def test_however_busy_a_sign_in_ends_after_twelve_hours(admin: User) -> None:
    with time_machine.travel(MORNING, tick=False) as now:
        client = open_browser("admin")
        for _step in range(36):
            now.shift(timedelta(minutes=20))
            assert is_in(client)
        now.shift(timedelta(seconds=1))
        assert not is_in(client)


def test_the_time_out_is_that_of_the_site_asked_for(brand: Brand) -> None:
    """A phone that rests for an hour at the portal is no way into head office."""
    both = builders.build_staff("both", roles.OPERATIONS)
    org_services.assign_role(builders.SYSTEM, both, roles.STORE_MANAGER, store=brand.a1)
    with time_machine.travel(MORNING, tick=False) as now:
        client = open_browser("both", "/portal/")
        assert is_in(client, "/admin/")
        now.shift(timedelta(hours=1))
        assert is_in(client, "/portal/")
        now.shift(timedelta(hours=1))
        assert not is_in(client, "/admin/")


def test_last_seen_is_written_once_a_minute(admin: User) -> None:
    with time_machine.travel(MORNING, tick=False) as now:
        client = open_browser("admin")
        client.get("/admin/security/")
        written = []
        for seconds in (1, 30, 29, 1, 1, 61):
            now.shift(timedelta(seconds=seconds))
            with CaptureQueriesContext(connection) as statements:
                client.get("/admin/security/")
            written.append(
                sum(
                    'UPDATE "accounts_staffsession"' in statement["sql"] for statement in statements
                )
            )
    assert written == [0, 0, 0, 1, 0, 1]


def test_a_new_password_ends_every_other_sign_in(admin: User) -> None:
    here, phone = open_browser("admin"), open_browser("admin", device=PHONE)
    token, _row = accounts.issue_staff_token(admin)
    new = "another long passphrase"
    data = {"new_password1": new, "new_password2": new}
    url = "/admin/password_change/"

    assert here.post(url, data | {"password": "wrong password"}).status_code == 200
    assert (is_in(phone), User.objects.get().check_password(builders.PASSWORD)) == (True, True)
    same = dict.fromkeys(("password", "new_password1", "new_password2"), builders.PASSWORD)
    assert b"differs from the present one" in here.post(url, same).content
    done = here.post(url, data | {"password": builders.PASSWORD})

    assert done["Location"] == "/admin/security/"
    assert User.objects.get().check_password(new)
    assert (is_in(here), is_in(phone)) == (True, False)
    assert org.staff_by_token(token) is None
    line = AuditLine.objects.latest("id")
    assert (line.action, line.changes) == ("staff.change_password", {"password": "***"})


def test_the_present_password_is_not_guessed_in_an_open_browser(admin: User) -> None:
    here = open_browser("admin")
    new = "another long passphrase"
    data = {"new_password1": new, "new_password2": new}

    statuses = [
        here.post("/admin/password_change/", data | {"password": f"guess {number}"}).status_code
        for number in range(5)
    ]
    last = here.post("/admin/password_change/", data | {"password": builders.PASSWORD})

    assert (statuses, last.status_code) == ([200] * 5, 429)
    assert User.objects.get().check_password(builders.PASSWORD)


def test_an_administrator_sees_and_ends_the_sign_ins_of_others(admin: User) -> None:
    finance = builders.build_staff("finance", roles.FINANCE)
    theirs, tablet = open_browser("finance"), open_browser("finance", device=PHONE)
    token, row = accounts.issue_staff_token(finance)
    mine = signed_in(admin)
    session = StaffSession.objects.get(device=PHONE)
    listed = mine.get(reverse("admin:accounts_staffsession_changelist") + "?q=finance")
    assert "WeChat · Android" in listed.content.decode()

    one = reverse("admin:accounts_staffsession_end", args=[session.pk])
    mine.post(one, {"reason": "", "_form_submitted": "on"})
    assert is_in(tablet)
    mine.post(one, WHY)
    assert (is_in(theirs), is_in(tablet)) == (True, False)
    assert mine.post(one, WHY).status_code == 403
    mine.post(reverse("admin:accounts_stafftoken_end", args=[row.pk]), WHY)
    assert org.staff_by_token(token) is None
    again, _row = accounts.issue_staff_token(finance)
    mine.post(reverse("admin:accounts_user_end_sign_ins", args=[finance.pk]), WHY)
    assert not is_in(theirs)
    assert org.staff_by_token(again) is None

    lines = AuditLine.objects.filter(reason=WHY["reason"]).order_by("id")
    assert [(line.action, line.object_key, line.role) for line in lines] == [
        ("staff.end_session", "finance", roles.HEAD_OFFICE_ADMIN),
        ("staff.end_token", "finance", roles.HEAD_OFFICE_ADMIN),
        ("staff.end_sign_ins", "finance", roles.HEAD_OFFICE_ADMIN),
    ]


def test_nobody_ends_the_sign_ins_of_those_who_hold_more(brand: Brand, admin: User) -> None:
    client = open_browser("admin")
    session = StaffSession.objects.get()
    token, row = accounts.issue_staff_token(admin)
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    auditor = builders.build_staff("auditor", roles.AUDITOR)

    for act, target in (
        (org_services.staff.end_session, session),
        (org_services.staff.end_token, row),
        (org_services.staff.end_sign_ins, admin),
    ):
        with pytest.raises(org_services.PersonOutranksYou):
            act(owner, target, reason="x")
        with pytest.raises(org.ActionNotPermitted):
            act(org.actor_of_user(auditor), target, reason="x")
    watching = signed_in(auditor)
    for name, key in (("staffsession", session.pk), ("stafftoken", row.pk)):
        url = reverse(f"admin:accounts_{name}_end", args=[key])
        assert watching.post(url, WHY).status_code == 403
    assert watching.get(reverse("admin:accounts_staffsession_changelist")).status_code == 200

    assert is_in(client)
    assert org.staff_by_token(token) is not None


def act(client: Client, user: User, name: str, **changes: str) -> int:
    url = reverse(f"admin:accounts_user_{name}", args=[user.pk])
    return client.post(url, WHY | changes).status_code


def last_line() -> tuple[str, str, str, object]:
    line = AuditLine.objects.latest("id")
    return (line.action, line.object_key, line.reason, line.changes)


def test_switching_a_person_off_ends_everything_at_once(admin: User) -> None:
    finance = builders.build_staff("finance", roles.FINANCE)
    theirs, client = open_browser("finance"), signed_in(admin)
    token, _row = accounts.issue_staff_token(finance)

    assert act(client, finance, "switch_off") == 302

    finance.refresh_from_db()
    assert (finance.is_active, is_in(theirs)) == (False, False)
    assert org.staff_by_token(token) is None
    off = {"is_active": [True, False]}
    assert last_line() == ("staff.switch_off", "finance", "left the company", off)
    assert act(client, finance, "switch_off") == 403

    assert act(client, finance, "switch_on", reason="came back") == 302

    finance.refresh_from_db()
    assert (finance.is_active, is_in(theirs)) == (True, False)
    on = {"is_active": [False, True]}
    assert last_line() == ("staff.switch_on", "finance", "came back", on)
    assert act(client, finance, "switch_on") == 403


@pytest.mark.parametrize(("active", "name"), [(True, "switch_off"), (False, "switch_on")])
def test_nobody_is_switched_off_or_on_without_a_reason(
    admin: User, active: bool, name: str
) -> None:
    finance = builders.build_staff("finance", roles.FINANCE)
    User.objects.filter(pk=finance.pk).update(is_active=active)
    client, lines = signed_in(admin), AuditLine.objects.count()

    for reason in ("", "x"):
        assert act(client, finance, name, reason=reason) == 200  # the dialog comes again

    finance.refresh_from_db()
    assert finance.is_active is active
    assert AuditLine.objects.count() == lines


@pytest.mark.parametrize("active", [True, False])
def test_the_form_of_a_person_switches_nobody(admin: User, active: bool) -> None:
    finance = builders.build_staff("finance", roles.FINANCE)
    User.objects.filter(pk=finance.pk).update(is_active=active)
    url = reverse("admin:accounts_user_change", args=[finance.pk])
    sent = {"username": "finance", "display_name": "Li Na", "is_staff": "on"}
    sent |= {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}
    client = signed_in(admin)
    assert 'name="is_active"' not in client.get(url).content.decode()

    answer = client.post(url, sent if active else sent | {"is_active": "on"})

    assert answer.status_code == 302
    finance.refresh_from_db()
    assert (finance.display_name, finance.is_active) == ("Li Na", active)
    assert not AuditLine.objects.filter(action__startswith="staff.switch").exists()


def test_going_back_to_a_version_switches_nobody_on(admin: User) -> None:
    finance, client = builders.build_staff("finance", roles.FINANCE), signed_in(admin)
    assert act(client, finance, "switch_off") == 302
    kept = versions_of(User)
    assert kept is not None
    before = kept._default_manager.filter(pgh_obj=finance.pk, is_active=True).latest("pgh_id")
    url = reverse("admin:accounts_user_restore", args=[finance.pk, before.pk])
    lines = AuditLine.objects.count()

    answer = client.post(url, WHY)

    assert answer.status_code == 200
    assert "changed by an act of its own" in answer.content.decode()
    finance.refresh_from_db()
    assert finance.is_active is False
    assert AuditLine.objects.count() == lines


def test_only_the_switch_that_is_possible_is_shown(admin: User) -> None:
    finance, auditor = (
        builders.build_staff(name, role)
        for name, role in (("finance", roles.FINANCE), ("auditor", roles.AUDITOR))
    )
    left = builders.build_staff("left", roles.CUSTOMER_SERVICE)
    User.objects.filter(pk=left.pk).update(is_active=False)

    def shown(client: Client, user: User) -> list[str]:
        page = client.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()
        names = ("switch_off", "switch_on")
        return [name for name in names if f"/{user.pk}/{name}/" in page]

    client = signed_in(admin)
    assert shown(client, finance) == ["switch_off"]
    assert shown(client, left) == ["switch_on"]
    assert shown(client, admin) == []
    for user in (finance, left):
        assert shown(signed_in(auditor), user) == []


@pytest.mark.parametrize("role", [roles.OPERATIONS, roles.AUDITOR, roles.REGIONAL_MANAGER])
def test_who_manages_no_people_switches_nobody_off(brand: Brand, admin: User, role: str) -> None:
    region = {"region": brand.east} if role == roles.REGIONAL_MANAGER else {}
    client = signed_in(builders.build_staff("person", role, **region))
    clerk = builders.build_staff("clerk", roles.CLERK, store=brand.a1)
    lines = AuditLine.objects.count()

    for user in (clerk, admin):
        assert act(client, user, "switch_off") in (403, 404)

    assert not User.objects.filter(is_active=False).exists()
    assert AuditLine.objects.count() == lines


def test_nobody_switches_themselves_off_or_sets_their_own_password_here(admin: User) -> None:
    client = signed_in(admin)
    new = {"password1": "another long passphrase", "password2": "another long passphrase"}
    lines = AuditLine.objects.count()

    assert act(client, admin, "switch_off") == 403
    client.post(f"/admin/accounts/user/{admin.pk}/password/", WHY | new)

    admin.refresh_from_db()
    assert (admin.is_active, admin.check_password(builders.PASSWORD)) == (True, True)
    assert AuditLine.objects.count() == lines
    assert is_in(client)


def test_a_dialog_of_somebody_who_was_signed_out_leads_to_the_sign_in_page(admin: User) -> None:
    client = open_browser("admin")
    StaffSession.objects.update(ended_at=MORNING)

    answer = client.get("/admin/accounts/user/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/admin/login/")
    assert answer.content == b""


def test_old_sign_ins_are_forgotten_and_young_ones_kept(admin: User) -> None:
    old, young = open_browser("admin"), open_browser("admin")
    first = StaffSession.objects.earliest("id")
    StaffSession.objects.filter(pk=first.pk).update(
        started_at=first.started_at - timedelta(days=91)
    )
    Session.objects.filter(pk=old.session.session_key).update(expire_date=first.started_at)

    assert forget_old_sign_ins() == 1

    assert (is_in(old), is_in(young)) == (False, True)
    assert StaffSession.objects.count() == Session.objects.count() == 1


def test_devices_have_names() -> None:
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"
    assert rules.device_name(PHONE) == "WeChat · Android"
    assert rules.device_name(LAPTOP) == "Edge · Windows"
    assert rules.device_name(safari) == "Safari · iPhone"
    assert rules.device_name("QuanyuPOS/2.4 (till 3)") == "QuanyuPOS"
    assert rules.device_name("") == ""


def test_cookies_are_for_the_server_alone(admin: User, settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client(HTTP_USER_AGENT=LAPTOP)
    client.get("/admin/login/", secure=True)
    data = {"username": "admin", "password": builders.PASSWORD}
    client.post("/admin/login/", data, secure=True)

    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]

    assert (session["httponly"], session["secure"], session["samesite"]) == (True, True, "Lax")
    assert (csrf["httponly"], csrf["secure"], csrf["samesite"]) == (True, True, "Strict")
    assert session["max-age"] == 13 * 60 * 60
