"""Who comes in at which door."""

import io
import re

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, StaffSession, User
from apps.accounts.services import attempts
from apps.common import context
from apps.common.models import Bucket
from apps.org import rules as roles
from apps.org.models import RoleAssignment
from config.errors import server_error
from tests import builders
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


def sign_in(client: Client, base: str, username: str) -> str:
    """Where the sign-in page sends the browser; empty if it stays."""
    client.cookies["django_language"] = "en"
    answer = client.post(
        f"{base}login/?next={base}", {"username": username, "password": builders.PASSWORD}
    )
    return answer["Location"] if answer.status_code == 302 else ""


def test_head_office_lets_in_its_people_only() -> None:
    brand = builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    User.objects.create_user("idle", builders.PASSWORD, is_staff=True)
    User.objects.create_superuser("super", builders.PASSWORD)

    came_in = {
        name: sign_in(Client(), "/admin/", name) for name in ("admin", "owner", "idle", "super")
    }

    assert came_in == {"admin": "/admin/", "owner": "", "idle": "", "super": ""}


def test_the_portal_lets_in_store_people_only() -> None:
    brand = builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    builders.build_staff("boss", roles.STORE_MANAGER, store=brand.a1)
    builders.build_staff("clerk", roles.CLERK, store=brand.a1)
    left = builders.build_staff("left", roles.CLERK, store=brand.a1)
    left.is_active = False
    left.save()

    names = ("admin", "owner", "boss", "clerk", "left")
    came_in = {name: sign_in(Client(), "/portal/", name) for name in names}

    assert came_in == {
        "admin": "",
        "owner": "/portal/",
        "boss": "/portal/",
        "clerk": "/portal/",
        "left": "",
    }


def test_signing_in_without_a_page_in_mind_leads_to_the_overview() -> None:
    builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    client = Client()

    page = client.get("/admin/login/").content.decode()

    assert 'action="/admin/login/?next=%2Fadmin%2F"' in page


def test_the_wrong_door_leads_to_the_sign_in_page() -> None:
    brand = builders.build_brand()
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    stranger = Client()

    for client, url in (
        (admin, "/portal/"),
        (owner, "/admin/"),
        (owner, "/admin/orders/order/"),
        (stranger, "/admin/"),
        (stranger, "/portal/orders/order/"),
        (stranger, "/admin/search/?s=S26"),
        (stranger, "/admin/autocomplete/?app_label=org&model_name=store&field_name=region"),
    ):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


def test_the_superuser_flag_opens_nothing() -> None:
    builders.build_brand()
    flagged = User.objects.create_superuser("super", builders.PASSWORD)
    clerk_like = builders.build_staff("finance", roles.FINANCE)
    clerk_like.is_superuser = True
    clerk_like.save()

    assert signed_in(flagged).get("/admin/").status_code == 302
    assert signed_in(clerk_like).get("/admin/members/member/").status_code == 403
    assert signed_in(clerk_like).get("/admin/org/store/add/").status_code == 403


def test_a_role_that_ends_closes_the_door_at_once() -> None:
    builders.build_brand()
    user = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    client = signed_in(user)
    assert client.get("/admin/").status_code == 200

    RoleAssignment.objects.filter(user=user).delete()

    assert client.get("/admin/").status_code == 302


def test_the_first_administrator_comes_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("quite a long passphrase\n"))

    call_command("create_head_office_admin", "first", stdout=io.StringIO())

    assert authenticate(username="first", password="quite a long passphrase") is not None
    assert signed_in(User.objects.get(username="first")).get("/admin/").status_code == 200
    line = AuditLine.objects.get(action="staff.assign_role")
    assert line.object_key == "first"


@pytest.mark.parametrize("password", ["short", "password1234567890"[:8], ""])
def test_a_weak_first_password_is_refused(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    with pytest.raises(CommandError):
        call_command("create_head_office_admin", "first", stdout=io.StringIO())

    assert not User.objects.exists()


def test_a_second_administrator_of_the_same_name_is_refused() -> None:
    builders.build_staff("first", roles.CLERK, store=builders.build_brand().a1)

    with pytest.raises(CommandError, match="first"):
        call_command("create_head_office_admin", "first", stdout=io.StringIO())

    assert RoleAssignment.objects.get().role == roles.CLERK


def test_the_language_switch_keeps_the_page() -> None:
    builders.build_brand()
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN), "zh-hans")
    url = "/admin/orders/order/?status__exact=paid"
    assert 'lang="zh-hans"' in client.get(url).content.decode()
    assert f'name="next" type="hidden" value="{url}"' in client.get(url).content.decode()

    answer = client.post("/i18n/setlang/", {"language": "en", "next": url})

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert 'lang="en"' in client.get(url).content.decode()


@pytest.mark.parametrize(("url", "kind"), [("/admin/", "text/html"), ("/api/v1/orders", "json")])
def test_an_unforeseen_error_is_told_in_the_form_of_the_caller(
    url: str, kind: str, rf: RequestFactory
) -> None:
    answer = server_error(rf.get(url))

    assert answer.status_code == 500
    assert kind in answer["Content-Type"]


def test_pages_need_no_other_host() -> None:
    brand = builders.build_brand()
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    for client, url in (
        (Client(), "/admin/login/"),
        (Client(), "/portal/login/"),
        (admin, "/admin/"),
        (admin, "/admin/orders/order/"),
        (admin, "/admin/org/store/add/"),
        (owner, "/portal/"),
    ):
        page = client.get(url).content.decode()
        assert re.findall(r"""(?:src|href|url\()=?["'(]*(?:https?:)?//[^"')]+""", page) == []


def answer_to(name: str, password: str, *, address: str = "10.0.0.1", base: str = "/admin/"):
    """What the sign-in page says to one attempt from ``address``."""
    client = Client(REMOTE_ADDR=address)
    client.cookies["django_language"] = "en"
    return client.post(f"{base}login/?next={base}", {"username": name, "password": password})


REFUSED = "User name or password is wrong, or the account is not active."


@pytest.mark.parametrize(("base", "name"), [("/admin/", "admin"), ("/portal/", "clerk")])
def test_five_wrong_passwords_stop_an_account_at_one_address(base: str, name: str) -> None:
    brand = builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    builders.build_staff("clerk", roles.CLERK, store=brand.a1)
    for _attempt in range(5):
        answer = answer_to(name, "wrong", base=base)
        assert (answer.status_code, REFUSED in answer.content.decode()) == (200, True)

    for password in ("wrong", builders.PASSWORD):
        answer = answer_to(name, password, base=base)
        assert answer.status_code == 429
        assert 170 <= int(answer["Retry-After"]) <= 180
        assert "Too many attempts; try again in" in answer.content.decode()
    assert not StaffSession.objects.exists()
    assert answer_to(name, builders.PASSWORD, address="10.0.0.2", base=base).status_code == 302
    line = AuditLine.objects.get(action="staff.locked_out")
    assert (line.object_key, line.changes) == (name, {"limit": "password-here"})


def test_an_unknown_account_is_answered_and_stopped_like_a_known_one() -> None:
    builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    said = {}
    for name, address in (("admin", "10.0.0.1"), ("nobody", "10.0.0.2")):
        answers = [answer_to(name, "wrong", address=address) for _attempt in range(6)]
        said[name] = [
            (answer.status_code, re.findall(r'role="alert">(.*?)<', answer.content.decode()))
            for answer in answers
        ]

    assert said["admin"] == said["nobody"]
    assert [status for status, _text in said["admin"]] == [200] * 5 + [429]
    assert AuditLine.objects.filter(action="staff.locked_out", object_key="?").count() == 1
    assert not any(
        "admin" in name or "nobody" in name
        for name in Bucket.objects.values_list("name", flat=True)
    )


def test_an_address_is_stopped_after_twenty_accounts() -> None:
    builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)

    statuses = [answer_to(f"name{number}", "wrong").status_code for number in range(22)]

    assert statuses == [200] * 20 + [429] * 2
    assert answer_to("admin", builders.PASSWORD).status_code == 429
    assert answer_to("admin", builders.PASSWORD, address="10.0.0.2").status_code == 302


def test_a_network_of_ipv6_is_one_address() -> None:
    """Its subscriber has more addresses than there are accounts."""
    builders.build_brand()

    statuses = [
        answer_to(f"name{number}", "wrong", address=f"2001:db8:1:2::{number:x}").status_code
        for number in range(22)
    ]

    assert statuses == [200] * 20 + [429] * 2
    assert answer_to("name30", "wrong", address="2001:db8:1:3::1").status_code == 200


def test_sign_ins_that_succeed_are_not_counted() -> None:
    builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)

    statuses = {answer_to("admin", builders.PASSWORD).status_code for _time in range(25)}

    assert statuses == {302}
    assert set(Bucket.objects.values_list("level", flat=True)) == {0.0}
    assert AuditLine.objects.filter(action="staff.sign_in").count() == 25


def test_a_new_password_lets_an_account_in_again_that_was_attacked_from_everywhere() -> None:
    builders.build_brand()
    admin = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    finance = builders.build_staff("finance", roles.FINANCE)
    for number in range(10):
        for _attempt in range(5):
            answer_to("finance", "wrong", address=f"10.1.0.{number}")
    assert answer_to("finance", builders.PASSWORD, address="10.2.0.1").status_code == 429
    assert answer_to("admin", builders.PASSWORD, address="10.2.0.1").status_code == 302

    new = "another long passphrase"
    data = {"_form_submitted": "on", "password1": new, "password2": new, "reason": "was attacked"}
    signed_in(admin).post(f"/admin/accounts/user/{finance.pk}/password/", data)

    assert answer_to("finance", new, address="10.2.0.1")["Location"] == "/admin/login/password/"


def test_ten_thousand_attempts_change_nothing() -> None:
    builders.build_brand()
    users = [
        builders.build_staff(name, roles.HEAD_OFFICE_ADMIN) for name in ("admin", "wang", "chen")
    ]
    hashes = [user.password for user in users]
    before = AuditLine.objects.count()
    told: dict[str, int] = {}
    for number in range(10_000):
        context.address.set(f"10.9.0.{number % 3}")
        try:
            accounts.check_password(username=("admin", "wang", "ghost")[number % 3], password="no")
        except (accounts.SignInRefused, accounts.TooManyAttempts) as refusal:
            told[refusal.code] = told.get(refusal.code, 0) + 1
    context.address.set("")

    assert told == {"sign_in_refused": 15, "too_many_attempts": 9_985}
    assert AuditLine.objects.count() - before == 3
    assert not StaffSession.objects.exists()
    assert [User.objects.get(pk=user.pk).password for user in users] == hashes
    assert all(User.objects.get(pk=user.pk).last_login is None for user in users)
    for name in ("admin", "wang", "chen"):
        assert answer_to(name, builders.PASSWORD, address="10.8.0.1").status_code == 302


def test_an_attempt_is_counted_before_the_password_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Attempts made at the same moment cannot slip through: each one sees those before it."""
    builders.build_staff("clerk", roles.CLERK, store=builders.build_brand().a1)
    taken_first = []

    def look(**given: str) -> None:
        name = attempts.at_password(given["username"])[0][0]
        taken_first.append(Bucket.objects.get(name=name).level >= 1)

    monkeypatch.setattr("apps.accounts.services.signing_in.authenticate", look)
    with pytest.raises(accounts.SignInRefused):
        accounts.check_password(username="clerk", password="x")

    assert taken_first == [True]


def test_an_attempt_that_one_limit_refuses_counts_against_no_other() -> None:
    for _attempt in range(8):
        try:
            accounts.check_password(username="clerk", password="x")
        except (accounts.SignInRefused, accounts.TooManyAttempts):
            continue

    levels = {
        name.partition(":")[0]: round(level)
        for name, level in Bucket.objects.values_list("name", "level")
    }
    assert levels == {"password-here": 5, "password-address": 5, "password-account": 5}


def test_signing_in_takes_a_new_session_and_keeps_nothing_of_the_old() -> None:
    """A session that somebody planted in the browser is worth nothing afterwards."""
    builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    assert sign_in(client, "/admin/", "admin") == "/admin/"

    assert client.session.session_key != planted
    assert "planted" not in client.session
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/admin/").status_code == 302


def test_a_sign_in_page_sends_nobody_to_another_host() -> None:
    builders.build_brand()
    builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)

    for wanted in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        data = {"username": "admin", "password": builders.PASSWORD}
        answer = Client().post(f"/admin/login/?next={wanted}", data)
        assert answer["Location"] == "/admin/"


def test_a_first_password_is_changed_before_anything_is_reached() -> None:
    builders.build_brand()
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    first, own = "given by somebody", "known to nobody else"
    data = {"username": "wang", "display_name": "王芳", "is_staff": "on"}
    admin.post("/admin/accounts/user/add/", data | {"password1": first, "password2": first})
    wang = User.objects.get(username="wang")
    assert wang.must_change_password is True
    builders.org_services.assign_role(builders.SYSTEM, wang, roles.FINANCE)
    client = Client()
    client.cookies["django_language"] = "en"

    came = client.post("/admin/login/?next=/admin/", {"username": "wang", "password": first})
    assert came["Location"] == "/admin/login/password/"
    assert client.get("/admin/").status_code == 302
    for new in (first, "short", "password12"):
        refused = client.post(came["Location"], {"new_password1": new, "new_password2": new})
        assert refused.status_code == 200
        assert client.get("/admin/").status_code == 302
    done = client.post(came["Location"], {"new_password1": own, "new_password2": own})

    assert done["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    wang.refresh_from_db()
    assert (wang.must_change_password, wang.check_password(own)) == (False, True)
    actions = list(AuditLine.objects.order_by("id").values_list("action", flat=True))
    assert [name for name in actions if "role" not in name][-3:] == [
        "staff.create_user",
        "staff.change_password",
        "staff.sign_in",
    ]
    assert not any(
        text in str(line.changes) for line in AuditLine.objects.all() for text in (first, own)
    )


def test_a_half_signed_in_person_starts_again_after_ten_minutes_or_a_new_password() -> None:
    builders.build_brand()
    user = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    step, new = "/admin/login/password/", "another long passphrase"
    data = {"new_password1": new, "new_password2": new}
    late, beaten = Client(), Client()
    for client in (late, beaten):
        assert sign_in(client, "/admin/", "admin") == step
    session = late.session
    session["half_signed_in"] = session["half_signed_in"] | {
        "at": session["half_signed_in"]["at"] - 601
    }
    session.save()
    assert late.post(step, data)["Location"] == "/admin/login/"

    user.set_password("set by somebody else")
    user.save()
    assert beaten.post(step, data)["Location"] == "/admin/login/"
    user.refresh_from_db()
    assert user.check_password("set by somebody else")


def test_a_step_of_one_site_is_none_of_the_other() -> None:
    builders.build_brand()
    user = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    client = Client()
    assert sign_in(client, "/admin/", "admin") == "/admin/login/password/"

    assert client.get("/portal/login/password/")["Location"] == "/portal/login/"
