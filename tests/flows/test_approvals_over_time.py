"""Between a request and its approval people and stores are renamed, sold and closed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.accounts.actor import Actor
from apps.accounts.models import Approval, User
from apps.accounts.services import EvidenceFile
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.flows.decide_approval import approve
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Franchisee, Region, RoleAssignment, Store
from tests import builders
from tests.builders import Brand, ask_for_role, grounds, once

pytestmark = pytest.mark.django_db

PDF = EvidenceFile("contract.pdf", "application/pdf", b"%PDF-1.7 contract")


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def wang(brand: Brand) -> User:
    return User.objects.create_user("wang", builders.PASSWORD)


@pytest.fixture
def admins(brand: Brand) -> tuple[Actor, Actor]:
    role = rules.HEAD_OFFICE_ADMIN
    return builders.staff_actor("admin", role), builders.staff_actor("admin2", role)


def owner(name: str, franchisee: Franchisee) -> Actor:
    return builders.staff_actor(name, rules.FRANCHISE_OWNER, franchisee=franchisee)


def person_renamed(brand: Brand) -> None:
    User.objects.filter(username="wang").update(username="wang2")
    User.objects.create_user("wang", builders.PASSWORD)


def approver_takes_the_name(brand: Brand) -> None:
    User.objects.filter(username="wang").update(username="wang2")
    User.objects.filter(username="admin2").update(username="wang")


def store_renamed(brand: Brand) -> None:
    Store.objects.filter(code="A1").update(code="A9")
    Store.objects.filter(code="B1").update(code="A1")


def store_closed(brand: Brand) -> None:
    Store.objects.filter(code="A1").update(status=Store.Status.CLOSED)


def owner_renamed(brand: Brand) -> None:
    Franchisee.objects.filter(code="ANHE").update(code="ANHE9")
    Franchisee.objects.filter(code="BAICHUAN").update(code="ANHE")


def region_renamed(brand: Brand) -> None:
    Region.objects.filter(code="EAST").update(code="EAST9")
    Region.objects.filter(code="NORTH").update(code="EAST")


CLERK = {"role": rules.CLERK, "store": "A1"}
OWNER = {"role": rules.FRANCHISE_OWNER, "franchisee": "ANHE"}
MANAGER = {"role": rules.REGIONAL_MANAGER, "region": "EAST"}


@pytest.mark.parametrize(
    ("asked", "meanwhile", "code"),
    [
        (CLERK, person_renamed, "person_not_found"),
        (CLERK, approver_takes_the_name, "person_not_found"),
        (CLERK, store_renamed, "place_not_found"),
        (CLERK, store_closed, "place_not_found"),
        (OWNER, owner_renamed, "place_not_found"),
        (MANAGER, region_renamed, "place_not_found"),
    ],
)
def test_a_role_is_for_whom_and_where_it_was_asked(
    brand: Brand,
    admins: tuple[Actor, Actor],
    wang: User,
    asked: dict[str, str],
    meanwhile: Callable[[Brand], None],
    code: str,
) -> None:
    admin, admin2 = admins
    number = ask_for_role(admin, wang, **asked)
    meanwhile(brand)
    before = RoleAssignment.objects.count()

    with pytest.raises(DomainError) as refusal:
        approve(admin2, number, reason="", once=once(admin2))

    assert refusal.value.code == code
    assert RoleAssignment.objects.count() == before
    assert Approval.objects.get().state == Approval.State.REQUESTED


def test_a_store_that_changed_hands_meanwhile_is_still_the_same(
    brand: Brand, admins: tuple[Actor, Actor], wang: User
) -> None:
    admin, admin2 = admins
    number = ask_for_role(admin, wang, rules.CLERK, store="A1")
    Store.objects.filter(code="A1").update(franchisee=brand.baichuan, region=brand.north)
    approve(admin2, number, reason="", once=once(admin2))
    assert RoleAssignment.objects.get(user=wang).store_id == brand.a1.pk


def test_nobody_is_asked_for_at_a_store_that_is_closed(
    brand: Brand, admins: tuple[Actor, Actor], wang: User
) -> None:
    store_closed(brand)
    with pytest.raises(org.PlaceNotFound):
        ask_for_role(admins[0], wang, rules.CLERK, store="A1")
    assert not Approval.objects.exists()


def test_what_was_decided_stays_with_the_owner_of_its_day(brand: Brand, wang: User) -> None:
    """Evidence of the former owner is not sold with the store."""
    asker, partner = owner("owner", brand.anhe), owner("partner", brand.anhe)
    third, new_owner = owner("third", brand.anhe), owner("new", brand.baichuan)
    payload = {"user": "wang", "role": rules.CLERK, "store": "A1"}
    said = grounds(files=[PDF])
    asked = request_approval(asker, "staff.grant_role", payload, said, once(asker))
    approve(partner, str(asked["number"]), reason="", once=once(partner))
    brand.a1.franchisee = brand.baichuan
    brand.a1.save()

    assert org.approvals_visible_to(new_owner).count() == 0
    assert org.approval_files_visible_to(new_owner).count() == 0
    for former in (asker, partner, third):
        assert org.approvals_visible_to(former).count() == 1
        assert org.approval_files_visible_to(former).count() == 1


def test_who_approved_it_goes_on_seeing_it(
    brand: Brand, admins: tuple[Actor, Actor], wang: User
) -> None:
    """Asked under the former owner, approved by the new one."""
    number = ask_for_role(admins[0], wang, rules.CLERK, store="A1")
    brand.a1.franchisee = brand.baichuan
    brand.a1.save()
    new_owner, partner = owner("new", brand.baichuan), owner("partner", brand.baichuan)

    approve(new_owner, number, reason="", once=once(new_owner))

    assert org.require_approval(new_owner, number).approver_id == new_owner.id
    with pytest.raises(org.ApprovalNotFound):
        org.require_approval(partner, number)


def test_a_role_that_ended_before_it_is_asked_for_again(
    brand: Brand, admins: tuple[Actor, Actor], wang: User
) -> None:
    """A start in the past means "from the approval on": what was held until then is over."""
    (admin, admin2), now = admins, clock.now()
    org_services.assign_role(
        builders.SYSTEM,
        wang,
        rules.CLERK,
        store=brand.a1,
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(hours=1),
    )
    yesterday = (now - timedelta(days=1)).isoformat()

    number = ask_for_role(admin, wang, rules.CLERK, store="A1", starts_at=yesterday)
    approve(admin2, number, reason="", once=once(admin2))

    ended, live = RoleAssignment.objects.filter(user=wang).order_by("id")
    assert ended.ends_at == now - timedelta(hours=1)
    assert (live.starts_at >= now, live.ends_at) == (True, None)
