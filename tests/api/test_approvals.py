"""Acts of two people over HTTP: asking, reading, approving, rejecting, withdrawing."""

import base64
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.api.serializers import Approval as ApprovalShape
from apps.accounts.api.serializers import ApprovalResult
from apps.accounts.models import Approval, User
from apps.loyalty import selectors as loyalty
from apps.org import rules
from apps.org import selectors as org
from tests import builders
from tests.api import caller
from tests.api.caller import Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

CONTENT = b"%PDF-1.7 the call of 24 November"
FILE = {
    "name": "call.pdf",
    "content_type": "application/pdf",
    "content": base64.b64encode(CONTENT).decode(),
}


@pytest.fixture
def service(brand: Brand) -> Caller:
    return caller.staff("service", rules.CUSTOMER_SERVICE)


@pytest.fixture
def operations(brand: Brand) -> Caller:
    return caller.staff("operations", rules.OPERATIONS)


def points(brand: Brand, amount: int = 500, **given: Any) -> dict[str, Any]:
    return {
        "act": "points.adjust",
        "payload": {"member": brand.zhang.number, "points": amount},
        "reason": "complaint settled",
        "evidence": "call of 24 November",
    } | given


def ask(who: Caller, body: dict[str, Any]) -> str:
    answer = who.post("approvals", body)
    assert answer.status == 201, answer.raw
    return str(answer.body["number"])


def test_points_are_asked_for_and_approved(
    brand: Brand, service: Caller, operations: Caller
) -> None:
    asked = service.post("approvals", points(brand, files=[FILE]), key="request-0001")
    again = service.post("approvals", points(brand, files=[FILE]), key="request-0001")
    assert (asked.status, again.raw, again.headers["Idempotency-Replayed"]) == (
        201,
        asked.raw,
        "true",
    )
    number = asked.body["number"]
    msgspec.convert(asked.body, ApprovalResult)
    assert asked.body["state"] == "requested"

    found = operations.get(f"approvals/{number}")
    msgspec.convert(found.body, ApprovalShape)
    assert found.body["summary"] == f"Member {brand.zhang.number} gets 500 points."
    assert (found.body["requester"], found.body["approver"]) == ("service", None)
    assert [(one["name"], one["size"]) for one in found.body["files"]] == [
        ("call.pdf", len(CONTENT))
    ]

    done = operations.post(f"approvals/{number}/approval", {}, key="approve-0001")
    replay = operations.post(f"approvals/{number}/approval", {}, key="approve-0001")
    assert (done.status, done.body["state"]) == (200, "executed"), done.raw
    assert done.body["effect"] == {"balance": 500}
    assert replay.raw == done.raw
    assert loyalty.balance_of(brand.zhang.pk) == 500
    assert operations.post(f"approvals/{number}/approval", {}).refusal == (409, "approval_decided")


def test_a_member_reads_that_points_were_adjusted_and_not_what_staff_wrote(
    brand: Brand, service: Caller, operations: Caller, zhang: Caller, head_office: Caller
) -> None:
    number = ask(service, points(brand, reason="threatens to go to the press"))
    operations.post(f"approvals/{number}/approval", {})

    ledger = f"members/{brand.zhang.number}/points/entries"
    readers = (zhang, caller.app("points.see", "members.see"), head_office)
    told = [reader.get(ledger).body["results"][0]["reason"] for reader in readers]
    assert told == ["adjusted", "adjusted", "threatens to go to the press"]


@pytest.mark.parametrize("phone", ["13987654321", "8613987654321"])
def test_a_phone_in_place_of_a_member_number_is_not_repeated(service: Caller, phone: str) -> None:
    body = {"act": "points.adjust", "payload": {"member": phone, "points": 5}} | {
        "reason": "x",
        "evidence": "y",
    }
    answer = service.post("approvals", body)
    assert answer.refusal == (404, "member_not_found")
    assert phone.encode() not in answer.raw


def test_a_clerk_is_asked_for_by_the_owner(brand: Brand, head_office: Caller) -> None:
    owner = caller.staff("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    wang = User.objects.create_user("wang", builders.PASSWORD)
    body = points(brand) | {
        "act": "staff.grant_role",
        "payload": {"user": "wang", "role": "clerk", "store": "A1"},
    }
    number = ask(owner, body)

    done = head_office.post(f"approvals/{number}/approval", {"reason": "known"})

    assert done.body["effect"] == {"user": "wang", "role": "clerk", "scope": "A1"}
    assert [grant.role for grant in org.actor_of_user(wang).grants] == ["clerk"]


def test_rejecting_and_withdrawing(brand: Brand, service: Caller, operations: Caller) -> None:
    number = ask(service, points(brand))
    rejected = operations.post(f"approvals/{number}/rejection", {"reason": "no proof"})
    assert (rejected.status, rejected.body["state"]) == (200, "rejected")
    number = ask(service, points(brand))
    withdrawn = service.post(f"approvals/{number}/withdrawal", {"reason": "mistyped"})
    assert (withdrawn.status, withdrawn.body["state"]) == (200, "withdrawn")
    assert loyalty.balance_of(brand.zhang.pk) == 0


def test_refusals_by_their_code(brand: Brand, service: Caller, operations: Caller) -> None:
    number = ask(service, points(brand))
    path = f"approvals/{number}"
    finance = caller.staff("finance", rules.FINANCE)
    refusals = [
        service.post(f"{path}/approval", {}),
        service.post(f"{path}/approval", {}, key=None),
        operations.post(f"{path}/withdrawal", {"reason": "no"}),
        operations.post(f"{path}/rejection", {}),
        operations.post("approvals/A26010100000000000/approval", {}),
        service.post("approvals", points(brand)),
        service.post("approvals", points(brand, 1001)),
        service.post("approvals", points(brand, act="points.invent")),
        service.post("approvals", points(brand, payload={"member": 7})),
        service.post("approvals", points(brand, reason="")),
        finance.post("approvals", points(brand, files=[FILE | {"content_type": "image/png"}])),
        finance.post("approvals", points(brand, state="executed")),
    ]
    assert [refusal.refusal for refusal in refusals] == [
        (403, "approval_own"),
        (400, "idempotency_key_missing"),
        (403, "not_permitted"),
        (400, "invalid_request"),
        (404, "approval_not_found"),
        (409, "approval_open_already"),
        (403, "not_permitted"),
        (422, "unknown_act"),
        (400, "invalid_payload"),
        (400, "invalid_request"),
        (400, "evidence_file_type"),
        (400, "invalid_request"),
    ]
    assert [one.state for one in Approval.objects.all()] == ["requested"]


def test_a_foreign_request_is_as_good_as_missing(brand: Brand, head_office: Caller) -> None:
    User.objects.create_user("wang", builders.PASSWORD)
    body = points(brand) | {
        "act": "staff.grant_role",
        "payload": {"user": "wang", "role": "clerk", "store": "A1"},
    }
    number = ask(head_office, body)
    owner = caller.staff("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    other = caller.staff("other", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)
    assert [one["number"] for one in owner.get("approvals").body["results"]] == [number]
    assert other.get("approvals").body["results"] == []

    def meet(key: str) -> list[Any]:
        met = []
        for step in ("", "/approval", "/rejection", "/withdrawal"):
            with CaptureQueriesContext(connection) as asked:
                path, reason = f"approvals/{key}{step}", {"reason": "no"}
                answer = other.post(path, reason) if step else other.get(path)
            known = {"fields", "request_id"}
            shown = {name: answer.body[name] for name in answer.body if name not in known}
            met.append((answer.status, shown, len(asked)))
        return met

    assert meet(number) == meet("A26010100000000000")
    assert {status for status, _shown, _count in meet(number)} == {404}


def test_who_has_no_business_with_approvals(brand: Brand, clerk: Caller, zhang: Caller) -> None:
    app = caller.app(*sorted(rules.CLIENT_SCOPES))
    for who in (clerk, zhang, app):
        assert who.get("approvals").refusal == (403, "not_permitted")
        assert who.post("approvals", points(brand)).refusal == (403, "not_permitted")
    assert Caller().get("approvals").status == 401
    assert not Approval.objects.exists()


def test_requests_are_filtered_and_cost_the_same_however_many(
    brand: Brand, service: Caller, operations: Caller
) -> None:
    counts = []
    for number in range(12):
        member = brand.zhang if number % 2 else brand.li
        payload = {"member": member.number, "points": 5}
        key = ask(service, points(brand, payload=payload, files=[FILE]))
        if number < 11:
            operations.post(f"approvals/{key}/rejection", {"reason": "no"})
        if number in (0, 11):
            with CaptureQueriesContext(connection) as asked:
                assert len(operations.get("approvals").body["results"]) == number + 1
            counts.append(len(asked))

    def found(**query: str) -> int:
        return len(operations.get("approvals", **query).body["results"])

    assert counts[0] == counts[1] <= 4
    assert (found(state="requested"), found(state="rejected"), found(state="executed")) == (
        1,
        11,
        0,
    )
    assert (found(act="points.adjust"), found(concerns=brand.zhang.number)) == (12, 6)
    assert operations.get("approvals", requester="service").refusal == (400, "invalid_request")
