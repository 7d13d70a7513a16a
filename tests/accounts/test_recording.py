"""What an audit line says: the assignment of these very rows, before and after, and nobody's phone."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, User
from apps.accounts.models.history import versions_of
from apps.members import services as members
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Channel, Region
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

SAID = "顾客13987654321来电，微信oCanary7Gq2LxVb9TzKd3WmPa8YQ，mei@example.com"
PERSONAL = ("13987654321", "oCanary7Gq2LxVb9TzKd3WmPa8YQ", "mei@example.com")


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def last_line() -> AuditLine:
    return AuditLine.objects.latest("id")


def test_a_reason_is_kept_without_what_could_name_a_person() -> None:
    accounts.record(SYSTEM, "a.b", target=("thing", "A"), reason=SAID)

    kept = last_line().reason
    assert kept.startswith("顾客***来电")
    assert not [value for value in PERSONAL if value in kept]


def test_a_reason_that_masking_makes_longer_fits() -> None:
    accounts.record(SYSTEM, "a.b", target=("thing", "A"), reason="a@b.c " * 42)

    assert len(last_line().reason) == 255


def test_a_version_keeps_the_reason_in_the_same_way() -> None:
    Region.objects.create(code="W", name="西")
    with accounts.noting(SYSTEM, reason=SAID):
        Region.objects.update(name="西部")

    versions: Any = versions_of(Region)
    note = versions.objects.latest("pgh_id").pgh_context
    assert note["reason"] == last_masked()


def last_masked() -> str:
    accounts.record(SYSTEM, "a.b", target=("thing", "A"), reason=SAID)
    return last_line().reason


def test_an_enrolment_names_the_assignment_of_its_store(brand: Brand) -> None:
    person = builders.build_staff("clerk", roles.CLERK, store=brand.a1)
    there = org_services.assign_role(SYSTEM, person, roles.CLERK, store=brand.b1)

    members.enrol_member(
        org.actor_of_user(person), identities={"card": "CARD-1"}, home_store=brand.b1
    )

    assert last_line().assignment_id == there.pk


def test_a_role_names_the_assignment_of_its_rows(brand: Brand) -> None:
    owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    there = org_services.assign_role(
        SYSTEM, owner, roles.FRANCHISE_OWNER, franchisee=brand.baichuan
    )
    actor = org.actor_of_user(owner)
    newcomer = User.objects.create_user("newcomer", builders.PASSWORD)

    given = org_services.assign_role(actor, newcomer, roles.CLERK, store=brand.b1)
    assert (last_line().action, last_line().assignment_id) == ("staff.assign_role", there.pk)
    org_services.end_assignment(actor, given, reason="left")
    assert (last_line().action, last_line().assignment_id) == ("staff.end_role", there.pk)


def test_a_deletion_says_what_there_was(brand: Brand) -> None:
    boss = builders.build_staff("boss", roles.HEAD_OFFICE_ADMIN)
    row = Channel.objects.create(code="old", name="旧", kind="pos")

    url = reverse("admin:org_channel_delete", args=[row.pk])
    given = {"post": "yes", "reason": "never opened"}
    assert signed_in(boss).post(url, given).status_code == 302

    assert last_line().reason == "never opened"
    assert last_line().changes == {
        "code": ["old", None],
        "name": ["旧", None],
        "kind": ["pos", None],
        "serves": ["every", None],
        "is_active": [True, None],
    }


@pytest.mark.parametrize("site", ["admin", "api"])
def test_signing_out_leaves_a_line(brand: Brand, site: str) -> None:
    boss = builders.build_staff("boss", roles.HEAD_OFFICE_ADMIN)
    if site == "admin":
        browser = signed_in(boss)
        for _time in range(2):
            browser.post("/admin/logout/")
    else:
        token = builders.staff_token(boss)
        for _time in range(2):
            accounts.sign_out(org.actor_of_user(boss), token=token)

    line = AuditLine.objects.get(action="staff.sign_out")
    assert (line.actor_label, line.object_key, line.changes) == ("boss", "boss", {"site": site})
