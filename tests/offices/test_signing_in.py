"""Who comes in at which door."""

import io
import re

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from apps.accounts.models import AuditLine, User
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
    line = AuditLine.objects.get()
    assert (line.action, line.object_key) == ("staff.assign_role", "first")


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
