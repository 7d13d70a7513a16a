"""People, roles and applications: made, changed and ended at head office, with audit lines."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApiClient, Approval, AuditLine, User
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org.models import ClientBinding, RoleAssignment
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

BEARER = {"sign_in": "bearer", "rate": 100}
NEW = "another long passphrase"
NEW_PASSWORD = {
    "_form_submitted": "on",
    "password1": NEW,
    "password2": NEW,
    "reason": "forgot the old one",
}
NO_ROLES = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def last_line() -> AuditLine:
    return AuditLine.objects.latest("id")


def test_the_key_of_an_application_is_shown_once(brand: Brand, client: Client) -> None:
    data = {"name": "小程序", "scopes": ["orders.place", "products.see"], "reach": "brand"} | BEARER

    page = client.post("/admin/accounts/apiclient/add/", data)

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    key = re.search(r"qk_\w{12}_[\w-]+", page.content.decode())
    assert key is not None
    actor = org.client_by_key(key.group())
    assert actor is not None
    assert actor.may("orders.place")
    made = ApiClient.objects.get()
    secret = key.group().split("_", 2)[2]
    for url in (
        "/admin/accounts/apiclient/",
        f"/admin/accounts/apiclient/{made.pk}/change/",
        "/admin/",
    ):
        later = client.get(url).content.decode()
        assert secret not in later
        assert made.secrets.get().secret_hash not in later
    line = last_line()
    assert (line.action, line.object_key) == ("accounts.create_apiclient", made.key_id)
    assert secret not in str(line.changes)
    assert not any(secret in str(value) for value in client.session.values())


def test_a_key_is_revoked_for_good(brand: Brand, client: Client) -> None:
    client.post(
        "/admin/accounts/apiclient/add/",
        {"name": "ERP", "scopes": ["products.see"], "reach": "brand"} | BEARER,
    )
    made = ApiClient.objects.get()
    url = f"/admin/accounts/apiclient/{made.pk}/revoke/"
    assert client.get(url).status_code == 200
    made.refresh_from_db()
    assert made.revoked_at is None

    client.post(url, {"_form_submitted": "on"})
    made.refresh_from_db()
    assert made.revoked_at is None  # without a reason

    client.post(url, {"_form_submitted": "on", "reason": "The ERP was replaced."})

    made.refresh_from_db()
    assert made.revoked_at is not None
    assert (last_line().action, last_line().object_key) == (
        "accounts.revoke_apiclient",
        made.key_id,
    )
    assert client.post(url, {"_form_submitted": "on"}).status_code == 403
    auditor = signed_in(builders.build_staff("auditor", roles.AUDITOR))
    assert auditor.post(url, {"_form_submitted": "on"}).status_code == 403


def test_an_application_is_bound_to_a_store(brand: Brand, client: Client) -> None:
    client.post(
        "/admin/accounts/apiclient/add/",
        {"name": "POS", "scopes": ["orders.place"], "reach": "stores"} | BEARER,
    )
    made = ApiClient.objects.get()

    client.post("/admin/org/clientbinding/add/", {"client": made.pk, "store": brand.a1.pk})

    assert ClientBinding.objects.get().store == brand.a1
    assert (last_line().action, last_line().object_key) == (
        "org.create_clientbinding",
        f"{made.key_id} A1",
    )


def test_people_are_created_changed_and_never_deleted(brand: Brand, client: Client) -> None:
    password = "correct horse battery"
    data = {
        "username": "wang",
        "display_name": "王芳",
        "password1": password,
        "password2": password,
    }

    client.post("/admin/accounts/user/add/", data | {"usable_password": "true"})

    made = User.objects.get(username="wang")
    assert made.check_password(password)
    line = last_line()
    assert (line.action, line.object_key) == ("staff.create_user", "wang")
    assert password not in str(line.changes)
    assert "王芳" not in str(line.changes)
    url = f"/admin/accounts/user/{made.pk}"
    edited = {"username": "wang", "display_name": "王芳芳", "is_staff": "on"}
    before = AuditLine.objects.count()
    client.post(f"{url}/change/", edited | NO_ROLES)
    line = last_line()
    assert (line.action, line.object_key) == ("accounts.change_user", "wang")
    assert line.changes == {"display_name": "***", "is_staff": [False, True]}
    client.post(f"{url}/change/", edited | NO_ROLES)
    assert AuditLine.objects.count() == before + 1  # the second time nothing differed
    made.refresh_from_db()
    assert (made.display_name, made.is_staff) == ("王芳芳", True)
    assert client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403


def test_a_new_password_ends_the_tokens_of_the_old_one(brand: Brand, client: Client) -> None:
    wang, chen = (
        builders.build_staff(name, roles.CLERK, store=brand.a1) for name in ("wang", "chen")
    )
    old, other = builders.staff_token(wang), builders.staff_token(chen)

    client.post(f"/admin/accounts/user/{wang.pk}/password/", NEW_PASSWORD)

    assert org.staff_by_token(old) is None
    assert org.staff_by_token(other) is not None


def test_a_new_password_is_set_with_a_reason_and_a_line(brand: Brand, client: Client) -> None:
    wang = builders.build_staff("wang", roles.CLERK, store=brand.a1)
    url = f"/admin/accounts/user/{wang.pk}/password/"
    assert 'name="reason"' in client.get(url).content.decode()

    assert client.post(url, NEW_PASSWORD | {"usable_password": "false"}).status_code == 302

    wang.refresh_from_db()
    assert (wang.check_password(NEW), wang.must_change_password) == (True, True)
    line = last_line()
    assert (line.action, line.object_key, line.reason) == (
        "staff.set_password",
        "wang",
        "forgot the old one",
    )
    assert NEW not in str(line.changes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "x"},
        {"password1": ""},
        {"password2": ""},
        {"password2": "another passphrase"},
        {"password1": "12345678", "password2": "12345678"},
        {"password1": "wang-xiaoming", "password2": "wang-xiaoming"},
    ],
)
def test_without_a_reason_or_with_a_weak_password_the_old_one_stays(
    brand: Brand, client: Client, wrong: dict[str, str]
) -> None:
    wang = builders.build_staff("wang-xiaoming", roles.CLERK, store=brand.a1)
    hashed, lines = wang.password, AuditLine.objects.count()

    answer = client.post(f"/admin/accounts/user/{wang.pk}/password/", NEW_PASSWORD | wrong)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [next(iter(wrong))]
    wang.refresh_from_db()
    assert wang.password == hashed
    assert AuditLine.objects.count() == lines


def test_django_permissions_cannot_be_given(brand: Brand, client: Client) -> None:
    user = builders.build_staff("wang", roles.CLERK, store=brand.a1)

    data = {"username": "wang", "is_superuser": "on", "user_permissions": ["1"]}
    answer = client.post(f"/admin/accounts/user/{user.pk}/change/", data | NO_ROLES)
    assert answer.status_code == 302

    user.refresh_from_db()
    assert (user.is_superuser, user.user_permissions.count()) == (False, 0)


def test_a_role_is_not_given_on_this_page(brand: Brand, client: Client) -> None:
    """A role takes two persons: it is asked for, and another one gives it."""
    user = builders.build_staff("wang", roles.CLERK, store=brand.a1)
    data = {"user": user.pk, "role": roles.STORE_MANAGER, "store": brand.a2.pk}

    assert client.post("/admin/org/roleassignment/add/", data).status_code == 403

    assert not RoleAssignment.objects.filter(role=roles.STORE_MANAGER).exists()


def end_of(held: RoleAssignment) -> str:
    return reverse("admin:org_roleassignment_end", args=[held.pk])


def test_a_role_is_ended_with_a_reason_and_a_line(brand: Brand, client: Client) -> None:
    user = builders.build_staff("wang", roles.CLERK, store=brand.a1)
    held = RoleAssignment.objects.get(user=user)

    assert client.post(end_of(held), {"reason": "", "_form_submitted": "on"}).status_code == 200
    assert org.actor_of_user(user).grants != ()

    client.post(end_of(held), {"reason": "left the company", "_form_submitted": "on"})

    assert org.actor_of_user(user).grants == ()
    line = last_line()
    assert (line.action, line.object_key, line.reason) == (
        "staff.end_role",
        "wang",
        "left the company",
    )
    assert line.role == roles.HEAD_OFFICE_ADMIN


def test_nobody_takes_their_own_role_away(client: Client) -> None:
    own = RoleAssignment.objects.get(user__username="admin")

    assert client.post(end_of(own), {"reason": "tired", "_form_submitted": "on"}).status_code == 403

    own.refresh_from_db()
    assert own.ends_at is None


def test_the_rights_of_every_role_are_shown(client: Client) -> None:
    page = client.get("/admin/org/roleassignment/rights/")
    assert page.status_code == 200
    text = page.content.decode()
    for action in frozenset().union(*roles.ROLE_ACTIONS.values()):
        assert f"<code>{action}</code>" in text
    held = sum(len(actions) for actions in roles.ROLE_ACTIONS.values())
    assert text.count('aria-label="Yes"') == held


ASK = "/admin/accounts/approval/add/"


def test_a_role_is_asked_for_from_the_list_of_roles(client: Client) -> None:
    assert f'href="{ASK}"' in client.get("/admin/org/roleassignment/").content.decode()
    auditor = signed_in(builders.build_staff("auditor", roles.AUDITOR))
    assert f'href="{ASK}"' not in auditor.get("/admin/org/roleassignment/").content.decode()


def test_the_form_for_a_role_has_chosen_none(client: Client) -> None:
    form = client.get(ASK).context["form"]
    assert form["role"].value() is None
    assert form.fields["role"].choices[0] == ("", "Choose a role")

    sent = {"key": "12345678", "user": "wang", "role": "", "reason": "new", "evidence": "mail"}
    assert client.post(ASK, sent).context["form"].errors == {"role": ["This field is required."]}
    assert Approval.objects.count() == 0
