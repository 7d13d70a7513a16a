"""Two people for one act: who may ask, who may approve, what is refused, and what is then done."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import Approval, ApprovalFile, AuditLine, User
from apps.accounts.services import EvidenceFile
from apps.common import clock
from apps.common.errors import DomainError
from apps.common.idempotency import Stored
from apps.flows import approvals, tasks
from apps.flows.approvals import request_approval, withdraw
from apps.flows.decide_approval import approve, reject
from apps.loyalty import selectors as loyalty
from apps.loyalty.models import PointsEntry, PointsLot
from apps.members.models import Member
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import RoleAssignment
from tests import books, builders
from tests.builders import Brand, ask_for_points, ask_for_role, grounds, once

pytestmark = pytest.mark.django_db

PDF = EvidenceFile("call.pdf", "application/pdf", b"%PDF-1.7 recorded")


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def wang(brand: Brand) -> User:
    return User.objects.create_user("wang", builders.PASSWORD)


def person(name: str, role: str, **scope: object) -> Actor:
    return builders.staff_actor(name, role, **scope)


def user_of(actor: Actor) -> User:
    return User.objects.get(pk=actor.id)


@pytest.fixture
def service(brand: Brand) -> Actor:
    return person("service", rules.CUSTOMER_SERVICE)


@pytest.fixture
def operations(brand: Brand) -> Actor:
    return person("operations", rules.OPERATIONS)


@pytest.fixture
def admin(brand: Brand) -> Actor:
    return person("admin", rules.HEAD_OFFICE_ADMIN)


@pytest.fixture
def admin2(brand: Brand) -> Actor:
    return person("admin2", rules.HEAD_OFFICE_ADMIN)


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    """What runs inside is refused with ``code`` and changes nothing."""
    before = books.row_counts(), list(Approval.objects.order_by("id").values())
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code
    assert str(refusal.value.detail)
    assert (books.row_counts(), list(Approval.objects.order_by("id").values())) == before


def accept(actor: Actor, number: str) -> dict[str, Any]:
    return approve(actor, number, reason="evidence seen", once=once(actor))


def lines(number: str) -> list[tuple[str, str, str, bool]]:
    """The audit lines of a request: action, actor, role, and whether they name an assignment."""
    found = AuditLine.objects.filter(object_key=number).order_by("id")
    return [(a.action, a.actor_label, a.role, a.assignment_id is not None) for a in found]


def test_points_are_added_by_two_people(brand: Brand, service: Actor, operations: Actor) -> None:
    number = ask_for_points(service, brand.zhang, 500)
    assert number.startswith(f"A{clock.business_day(clock.now(), 'Asia/Shanghai'):%y%m%d}")
    assert loyalty.balance_of(brand.zhang.pk) == 0

    result = accept(operations, number)

    assert (result["state"], result["effect"]) == ("executed", {"balance": 500})
    entry = PointsEntry.objects.get()
    assert (entry.kind, entry.points, entry.reference) == ("adjust", 500, f"approval:{number}")
    assert entry.reason == "complaint settled"
    assert (entry.store, entry.franchisee, entry.region, entry.order) == (None, None, None, None)
    approval = Approval.objects.get()
    assert approval.requester_assignment_id == service.grants[0].assignment
    assert approval.approver_assignment_id == operations.grants[0].assignment
    assert (approval.store_id, approval.franchisee_id) == (brand.a1.pk, brand.anhe.pk)
    assert lines(number) == [
        ("approvals.request", "service", "customer_service", True),
        ("approvals.execute", "operations", "operations", True),
    ]
    line = AuditLine.objects.get(action="points.adjust")
    assert (line.object_key, line.actor_label) == (brand.zhang.number, "operations")
    assert line.changes == {"points": 500, "balance": [0, 500], "approval": number}
    assert books.differences() == {}


def test_points_are_taken_and_never_more_than_there_are(
    brand: Brand, service: Actor, operations: Actor
) -> None:
    accept(operations, ask_for_points(service, brand.zhang, 300))
    accept(operations, ask_for_points(service, brand.zhang, -120))
    assert loyalty.balance_of(brand.zhang.pk) == 180

    number = ask_for_points(service, brand.zhang, -181)
    with refused("insufficient_points"):
        accept(operations, number)

    assert loyalty.balance_of(brand.zhang.pk) == 180
    assert PointsLot.objects.get().remaining == 180
    assert books.differences() == {}


def test_a_lot_past_its_date_gives_nothing(brand: Brand, service: Actor, operations: Actor) -> None:
    accept(operations, ask_for_points(service, brand.zhang, 300))
    with time_machine.travel(clock.now() + timedelta(days=800), tick=False):
        number = ask_for_points(service, brand.zhang, -1)
        with refused("insufficient_points"):
            accept(operations, number)


@pytest.mark.parametrize(("points", "code"), [(1001, "not_permitted"), (-1001, "not_permitted")])
def test_above_the_limit_the_requester_needs_the_right(
    brand: Brand, service: Actor, points: int, code: str
) -> None:
    with refused(code):
        ask_for_points(service, brand.zhang, points)
    ask_for_points(service, brand.zhang, 1000 if points > 0 else -1000)


def test_above_the_limit_the_approver_needs_the_right(
    brand: Brand, service: Actor, operations: Actor
) -> None:
    finance = person("finance", rules.FINANCE)
    other = person("finance2", rules.FINANCE)
    number = ask_for_points(finance, brand.zhang, 1001)
    for lacking in (service, operations):
        with refused("approval_not_found"):  # they hold neither the right nor the audit trail
            accept(lacking, number)

    assert accept(other, number)["effect"] == {"balance": 1001}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"member": "123456789012", "points": 1}, "member_not_found"),
        ({"member": "", "points": 1}, "invalid_payload"),
        ({"member": "x", "points": 1.5}, "invalid_payload"),
        ({"member": "x", "points": True}, "invalid_payload"),
        ({"member": "x", "points": 10_000_001}, "invalid_payload"),
        ({"member": "x", "points": 1, "balance": 9}, "invalid_payload"),
        ({"points": 1}, "invalid_payload"),
        ({"member": "x", "points": 0}, "no_points_to_adjust"),
    ],
)
def test_a_payload_is_checked_when_it_is_asked(
    service: Actor, payload: dict[str, Any], code: str
) -> None:
    with refused(code):
        request_approval(service, "points.adjust", payload, grounds(), once(service))


def test_an_unknown_act_is_refused(service: Actor) -> None:
    with refused("unknown_act"):
        request_approval(service, "points.invent", {}, grounds(), once(service))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": " "}, "evidence_wanted"),
        ({"evidence": ""}, "evidence_wanted"),
        ({"reason": "x" * 256}, "evidence_wanted"),
        ({"evidence": "x" * 2001}, "evidence_wanted"),
        ({"reference": "x" * 65}, "evidence_wanted"),
        ({"files": [EvidenceFile("a.exe", "application/x-msdos", b"MZ")]}, "evidence_file_type"),
        ({"files": [EvidenceFile("a.pdf", "application/pdf", b"MZ")]}, "evidence_file_type"),
        ({"files": [EvidenceFile("a.png", "image/png", b"%PDF-1")]}, "evidence_file_type"),
        ({"files": [EvidenceFile("a.pdf", "application/pdf", b"")]}, "evidence_file_size"),
        (
            {"files": [EvidenceFile("a.pdf", "application/pdf", b"%PDF-" + b"x" * 2_097_148)]},
            "evidence_file_size",
        ),
        ({"files": [EvidenceFile("", "application/pdf", b"%PDF-")]}, "evidence_file_name"),
        ({"files": [EvidenceFile("a\r\nb", "application/pdf", b"%PDF-")]}, "evidence_file_name"),
        ({"files": [EvidenceFile("a" * 129, "application/pdf", b"%PDF-")]}, "evidence_file_name"),
        ({"files": [PDF, PDF]}, "evidence_file_count"),
        (
            {"files": [EvidenceFile("a", "image/jpeg", b"\xff\xd8\xff%d" % n) for n in range(6)]},
            "evidence_file_count",
        ),
    ],
)
def test_reason_and_evidence_are_wanted(
    brand: Brand, service: Actor, given: dict[str, Any], code: str
) -> None:
    payload = {"member": brand.zhang.number, "points": 1}
    with refused(code):
        request_approval(service, "points.adjust", payload, grounds(**given), once(service))


def test_evidence_files_are_kept_as_they_are(brand: Brand, service: Actor) -> None:
    largest = EvidenceFile("a.pdf", "application/pdf", b"%PDF-" + b"x" * 2_097_147)
    payload = {"member": brand.zhang.number, "points": 1}
    request_approval(
        service, "points.adjust", payload, grounds(files=[PDF, largest]), once(service)
    )

    kept = ApprovalFile.objects.order_by("id")
    assert [(row.name, row.size, bytes(row.content)) for row in kept] == [
        (given.name, len(given.content), given.content) for given in (PDF, largest)
    ]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        kept.update(content=b"")


def test_of_one_thing_one_request_is_open(brand: Brand, service: Actor, operations: Actor) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    with refused("approval_open_already"):
        ask_for_points(operations, brand.zhang, 7)

    ask_for_points(service, brand.li, 5)
    withdraw(service, number, reason="wrong member", once=once(service))
    ask_for_points(operations, brand.zhang, 7)


def test_nobody_decides_their_own_request(brand: Brand, admin: Actor) -> None:
    number = ask_for_points(admin, brand.zhang, 5)
    with refused("approval_own"):
        accept(admin, number)
    with refused("approval_own"):
        reject(admin, number, reason="no", once=once(admin))


def test_the_database_knows_that_there_are_two(brand: Brand, admin: Actor) -> None:
    ask_for_points(admin, brand.zhang, 5)
    decided = {"state": "executed", "approver": admin.id, "decided_at": clock.now()}
    with pytest.raises(IntegrityError, match="approval_by_another"), transaction.atomic():
        Approval.objects.update(**decided)
    with pytest.raises(IntegrityError, match="approval_decision_fits_state"), transaction.atomic():
        Approval.objects.update(state="executed")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Approval.objects.update(payload={"member": brand.li.number, "points": 5})


def test_a_decided_request_stays_decided(
    brand: Brand, service: Actor, operations: Actor, admin: Actor
) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    accept(operations, number)

    with refused("approval_decided"):
        accept(admin, number)
    with refused("approval_decided"):
        reject(admin, number, reason="no", once=once(admin))
    with refused("approval_decided"):
        withdraw(service, number, reason="no", once=once(service))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Approval.objects.update(state="requested", approver=None, decided_at=None)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Approval.objects.all().delete()
    assert loyalty.balance_of(brand.zhang.pk) == 5


def test_a_replay_answers_the_same_and_does_nothing(
    brand: Brand, service: Actor, operations: Actor
) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    claim = once(operations)
    first = approve(operations, number, reason="", once=claim)
    again = approve(operations, number, reason="", once=claim)

    assert isinstance(again, Stored)
    assert again == first
    assert loyalty.balance_of(brand.zhang.pk) == 5


def test_a_rejected_request_is_done_with(brand: Brand, service: Actor, operations: Actor) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    with refused("decision_reason_wanted"):
        reject(operations, number, reason=" ", once=once(operations))

    result = reject(operations, number, reason="no proof", once=once(operations))

    assert (result["state"], result["decision_reason"]) == ("rejected", "no proof")
    assert lines(number)[-1] == ("approvals.reject", "operations", "operations", True)
    assert not PointsEntry.objects.exists()


def test_only_the_requester_withdraws(brand: Brand, service: Actor, operations: Actor) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    with refused("not_permitted"):
        withdraw(operations, number, reason="no", once=once(operations))

    withdraw(service, number, reason="mistyped", once=once(service))

    assert Approval.objects.get().state == "withdrawn"
    assert lines(number)[-1] == ("approvals.withdraw", "service", "customer_service", True)


def test_a_request_expires(brand: Brand, service: Actor, operations: Actor) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    approval = Approval.objects.get()
    assert approval.expires_at - approval.requested_at == timedelta(days=7)
    tasks.expire_approvals()
    assert Approval.objects.get().state == "requested"

    with time_machine.travel(approval.expires_at, tick=False):
        with refused("approval_expired"):
            accept(operations, number)
        tasks.expire_approvals()
        with refused("approval_decided"):
            accept(operations, number)

    assert Approval.objects.get().state == "expired"
    assert lines(number)[-1] == ("approvals.expire", "expiry", "", False)
    assert not PointsEntry.objects.exists()


def test_just_before_its_end_a_request_is_approved(
    brand: Brand, service: Actor, operations: Actor
) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    last = Approval.objects.get().expires_at - timedelta(seconds=1)
    with time_machine.travel(last, tick=False):
        assert approvals.expire_overdue(Approval.objects.get().pk, now=clock.now()) is False
        accept(operations, number)


def test_who_sees_no_request_meets_none_and_who_lacks_the_right_is_refused(
    brand: Brand, admin: Actor, wang: User
) -> None:
    number = ask_for_role(admin, wang, rules.CLERK, store="A1")
    finance = person("finance", rules.FINANCE)  # sees the audit trail, manages no staff
    with refused("not_permitted"):
        accept(finance, number)
    with refused("not_permitted"):
        reject(finance, number, reason="no", once=once(finance))
    for stranger in (
        person("service", rules.CUSTOMER_SERVICE),
        person("owner-b", rules.FRANCHISE_OWNER, franchisee=brand.baichuan),
        builders.clerk_at(brand.a1),
        builders.member_actor(brand.zhang),
    ):
        with refused("approval_not_found"):
            accept(stranger, number)


def test_a_requester_who_lost_the_right_meanwhile(
    brand: Brand, service: Actor, operations: Actor
) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    held = RoleAssignment.objects.get(user=service.id)
    org_services.end_assignment(builders.SYSTEM, held)
    with refused("requester_lost_right"):
        accept(operations, number)

    org_services.assign_role(builders.SYSTEM, user_of(service), rules.OPERATIONS)
    User.objects.filter(pk=service.id).update(is_active=False)
    with refused("requester_lost_right"):
        accept(operations, number)

    User.objects.filter(pk=service.id).update(is_active=True)
    accept(operations, number)


def test_a_member_who_left_meanwhile(brand: Brand, service: Actor, operations: Actor) -> None:
    number = ask_for_points(service, brand.zhang, 5)
    Member.objects.filter(pk=brand.zhang.pk).update(status="closed")
    with refused("member_closed"):
        accept(operations, number)
    with refused("member_closed"):
        ask_for_points(service, brand.zhang, 5)


def test_a_role_is_given_by_two_people(
    brand: Brand, admin: Actor, admin2: Actor, wang: User
) -> None:
    start = clock.now() + timedelta(days=1)
    end = start + timedelta(days=30)
    times = {"starts_at": clock.rfc3339(start), "ends_at": clock.rfc3339(end)}
    number = ask_for_role(admin, wang, rules.CLERK, store="A1", **times)
    assert not RoleAssignment.objects.filter(user=wang).exists()

    result = accept(admin2, number)

    assert result["effect"] == {"user": "wang", "role": "clerk", "scope": "A1"}
    held = RoleAssignment.objects.get(user=wang)
    assert (held.role, held.store, held.starts_at, held.ends_at) == ("clerk", brand.a1, start, end)
    line = AuditLine.objects.get(action="staff.assign_role", object_key="wang")
    assert (line.actor_label, line.reason) == ("admin2", f"approval:{number} complaint settled")
    approval = Approval.objects.get()
    assert (approval.beneficiary, approval.store_id) == (wang, brand.a1.pk)


def test_an_owner_asks_for_own_stores_and_a_partner_or_head_office_approves(
    brand: Brand, admin: Actor, wang: User
) -> None:
    owner = person("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    partner = person("partner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    accept(partner, ask_for_role(owner, wang, rules.CLERK, store="A1"))
    accept(admin, ask_for_role(owner, wang, rules.STORE_MANAGER, store="A2"))

    assert sorted(grant.role for grant in org.actor_of_user(wang).grants) == [
        "clerk",
        "store_manager",
    ]
    for rows, code in (
        ({"store": "B1"}, "place_not_found"),
        ({"store": "NOWHERE"}, "place_not_found"),
    ):
        with refused(code):
            ask_for_role(owner, wang, rules.CLERK, **rows)
    with refused("grant_exceeds_own"):
        ask_for_role(owner, wang, rules.OPERATIONS)
    with refused("grant_exceeds_own"):
        ask_for_role(owner, wang, rules.REGIONAL_MANAGER, region="EAST")


def test_a_store_that_changed_hands_is_approved_by_nobody_of_before(
    brand: Brand, wang: User
) -> None:
    owner = person("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    partner = person("partner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    new_owner = person("new", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)
    number = ask_for_role(owner, wang, rules.CLERK, store="A1")
    brand.a1.franchisee = brand.baichuan
    brand.a1.save()

    with refused("approval_not_found"):
        accept(partner, number)
    with refused("requester_lost_right"):
        accept(new_owner, number)


def test_people_of_others_are_out_of_reach(brand: Brand) -> None:
    owner = person("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    theirs = builders.build_staff("zhao", rules.CLERK, store=brand.b1)
    both = builders.build_staff("qian", rules.CLERK, store=brand.b1)
    org_services.assign_role(builders.SYSTEM, both, rules.CLERK, store=brand.a1)
    with refused("person_not_found"):
        ask_for_role(owner, theirs, rules.CLERK, store="A2")
    with refused("person_not_found"):
        ask_for_role(owner, User(username="nobody"), rules.CLERK, store="A2")
    with refused("person_outranks_you"):
        ask_for_role(owner, both, rules.CLERK, store="A2")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"role": "emperor"}, "unknown_role"),
        ({"role": "clerk"}, "scope_not_fitting"),
        ({"role": "clerk", "region": "EAST"}, "scope_not_fitting"),
        ({"role": "clerk", "store": "A1", "region": "EAST"}, "scope_not_fitting"),
        ({"role": "operations", "store": "A1"}, "scope_not_fitting"),
        ({"role": "franchise_owner", "franchisee": "NOBODY"}, "place_not_found"),
        ({"role": "regional_manager", "region": "NOWHERE"}, "place_not_found"),
        ({"role": "clerk", "store": "A1", "ends_at": "2020-01-01T00:00:00Z"}, "scope_not_fitting"),
        (
            {
                "role": "clerk",
                "store": "A1",
                "starts_at": "2030-01-01T00:00:00Z",
                "ends_at": "2030-01-01T00:00:00Z",
            },
            "scope_not_fitting",
        ),
        ({"role": "clerk", "store": "A1", "ends_at": "2030-01-01T00:00:00"}, "invalid_payload"),
    ],
)
def test_a_role_that_does_not_fit_is_refused(
    brand: Brand, admin: Actor, wang: User, payload: dict[str, Any], code: str
) -> None:
    role = payload.pop("role")
    with refused(code):
        ask_for_role(admin, wang, role, **payload)


def test_nobody_approves_a_role_for_themselves(brand: Brand, admin: Actor, admin2: Actor) -> None:
    number = ask_for_role(admin, user_of(admin2), rules.AUDITOR)
    with refused("approval_beneficiary"):
        accept(admin2, number)
    with pytest.raises(IntegrityError, match="not_by_beneficiary"), transaction.atomic():
        Approval.objects.update(state="executed", approver=admin2.id, decided_at=clock.now())

    reject(admin2, number, reason="I do not need it", once=once(admin2))


def test_a_role_that_is_held_meanwhile(
    brand: Brand, admin: Actor, admin2: Actor, wang: User
) -> None:
    number = ask_for_role(admin, wang, rules.CLERK, store="A1")
    org_services.assign_role(builders.SYSTEM, wang, rules.CLERK, store=brand.a1)
    with refused("role_held_already"):
        accept(admin2, number)


def test_an_approver_who_lacks_an_action_of_the_role(brand: Brand, admin: Actor) -> None:
    owner = person("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    partner = person("partner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    stranger = User.objects.create_user("stranger", builders.PASSWORD)
    number = ask_for_role(admin, stranger, rules.CLERK, store="A1")
    org_services.assign_role(builders.SYSTEM, stranger, rules.CLERK, store=brand.b1)
    with refused("person_not_found"):  # the person works for somebody else by now
        accept(partner, number)
    assert owner.id != partner.id
    accept(person("admin3", rules.HEAD_OFFICE_ADMIN), number)


def in_a_chain(brand: Brand, length: int) -> list[Actor]:
    """Administrators, each of whom approved a role for the one before: 1 for 0, 2 for 1, …"""
    people = [person(f"p{number}", rules.HEAD_OFFICE_ADMIN) for number in range(length)]
    asker = person("asker", rules.HEAD_OFFICE_ADMIN)
    for below, above in pairwise(people):
        accept(above, ask_for_role(asker, user_of(below), rules.AUDITOR))
    return people


@pytest.mark.parametrize("length", [2, 3, 5])
def test_approvals_do_not_go_round(brand: Brand, admin: Actor, length: int) -> None:
    people = in_a_chain(brand, length)
    first, last = people[0], people[-1]
    number = ask_for_role(admin, user_of(last), rules.AUDITOR)

    with refused("approval_cycle"):
        accept(first, number)

    assert accept(person("outsider", rules.HEAD_OFFICE_ADMIN), number)["state"] == "executed"


def test_a_chain_goes_on_downwards(brand: Brand, admin: Actor) -> None:
    first, last = in_a_chain(brand, 2)
    accept(last, ask_for_role(admin, user_of(first), rules.OPERATIONS))


def test_after_thirty_days_an_approval_binds_no_more(brand: Brand, admin: Actor) -> None:
    with time_machine.travel(clock.now() - timedelta(days=30, seconds=1), tick=False):
        first, last = in_a_chain(brand, 2)
    number = ask_for_role(admin, user_of(last), rules.AUDITOR)
    assert accept(first, number)["state"] == "executed"


def test_what_was_rejected_closes_no_cycle(brand: Brand, admin: Actor, admin2: Actor) -> None:
    asker = person("asker", rules.HEAD_OFFICE_ADMIN)
    number = ask_for_role(asker, user_of(admin), rules.AUDITOR)
    reject(admin2, number, reason="no", once=once(admin2))
    accept(admin, ask_for_role(asker, user_of(admin2), rules.AUDITOR))


def test_the_words_say_what_will_happen(brand: Brand, admin: Actor, wang: User) -> None:
    ask_for_points(admin, brand.zhang, -1500)
    ask_for_role(admin, wang, rules.CLERK, store="A1")
    said = [approvals.describe(one) for one in Approval.objects.order_by("id")]
    assert [brand.zhang.number in said[0], "1,500" in said[0]] == [True, True]
    assert [word in said[1] for word in ("wang", "A1")] == [True, True]


def test_every_act_of_the_table_has_rights_that_somebody_holds() -> None:
    assert set(approvals.ACTS) == {
        "points.adjust",
        "products.activate",
        "products.allow_undercut",
        "products.release_price_list",
        "staff.grant_role",
    }
    assert timedelta(days=7) == accounts.approvals.LIFETIME
