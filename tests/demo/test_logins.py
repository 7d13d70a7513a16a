"""The demonstration logins: one per role, and an application whose key works."""

import pytest
from django.contrib.auth import authenticate

from apps.accounts.models import ApiClient, User
from apps.demo import logins
from apps.org import rules
from apps.org import selectors as org
from tests.demo.test_load import Load


def test_there_is_a_login_for_every_role(load: Load) -> None:
    load(1)

    assert list(dict.fromkeys(login.role for login in logins.LOGINS)) == list(rules.ROLE_ACTIONS)
    for login in logins.LOGINS:
        user = authenticate(username=login.username, password=logins.PASSWORD)
        assert isinstance(user, User)
        assert [grant.role for grant in org.actor_of_user(user).grants] == [login.role]


def test_two_administrators_can_walk_an_approval(load: Load) -> None:
    load(1)

    roles = [login.role for login in logins.LOGINS]
    assert roles.count(rules.HEAD_OFFICE_ADMIN) == 2


@pytest.mark.parametrize(
    ("username", "head_office"),
    [("admin", True), ("auditor", True), ("region-east", True), ("owner", False), ("clerk", False)],
)
def test_head_office_and_regions_may_enter_the_admin(
    load: Load, username: str, head_office: bool
) -> None:
    load(1)

    assert User.objects.get(username=username).is_staff is head_office


def test_the_table_shows_what_works(load: Load) -> None:
    load(1)

    *people, application = logins.table()
    assert {username for _role, username, _password in people} == {
        login.username for login in logins.LOGINS
    }
    assert {password for _role, _username, password in people} == {logins.PASSWORD}
    actor = org.client_by_key(application[2])
    assert actor is not None
    assert actor.may("orders.place")


def test_a_later_load_keeps_passwords_and_key(load: Load) -> None:
    load(1)
    user = User.objects.get(username="admin")
    user.set_password("changed by its owner")
    user.save()
    key = logins.table()[-1][2]

    load(1)

    assert User.objects.get(username="admin").check_password("changed by its owner")
    assert logins.table()[-1][2] == key
    assert ApiClient.objects.count() == 1


def test_a_lost_key_is_replaced_and_the_old_one_ends(load: Load) -> None:
    load(1)
    old = logins.table()[-1][2]
    logins.KEY_FILE.unlink()

    load(1)

    assert org.client_by_key(old) is None
    assert org.client_by_key(logins.table()[-1][2]) is not None


def test_region_owner_and_staff_belong_together() -> None:
    rows = {username: role for role, username, _password in logins.table()}
    assert rows["region-east"].endswith(" EAST")
    assert rows["owner"].endswith(" F-EAST-3")
    assert rows["manager"].endswith(" S32004")
    assert rows["clerk"].endswith(" S32004")
