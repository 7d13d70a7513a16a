"""Approvals on both sites: what is shown, what is offered, who decides, and the evidence."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Approval, ApprovalFile, User
from apps.accounts.services import EvidenceFile
from apps.common import clock
from apps.flows.approvals import request_approval
from apps.loyalty import selectors as loyalty
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import RoleAssignment
from tests import builders
from tests.builders import Brand, ask_for_points, ask_for_role, grounds, once
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db

CONTENT = b"%PDF-1.7 <script>alert(1)</script>"
EVIDENCE = EvidenceFile("通话 记录.pdf", "application/pdf", CONTENT)
LIST = "/admin/accounts/approval/"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def admin(brand: Brand) -> User:
    return builders.build_staff("admin", rules.HEAD_OFFICE_ADMIN)


@pytest.fixture
def admin2(brand: Brand) -> User:
    return builders.build_staff("admin2", rules.HEAD_OFFICE_ADMIN)


@pytest.fixture
def owner(brand: Brand) -> User:
    return builders.build_staff("owner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)


@pytest.fixture
def wang(brand: Brand) -> User:
    return User.objects.create_user("wang", builders.PASSWORD)


def asked_by(user: User, brand: Brand, points: int = 500) -> Approval:
    return Approval.objects.get(number=ask_for_points(org.actor_of_user(user), brand.zhang, points))


def page(approval: Approval, site: str = "admin") -> str:
    return f"/{site}/accounts/approval/{approval.pk}/change/"


def decide(client: Client, approval: Approval, verb: str, site: str = "admin", **data: str) -> int:
    sent = {"_form_submitted": "on", "reason": "seen the evidence", "key": "k" * 32} | data
    url = f"/{site}/accounts/approval/{approval.pk}/{verb}/"
    return client.post(url, sent).status_code


def offered(client: Client, approval: Approval, site: str = "admin") -> set[str]:
    text = client.get(page(approval, site)).content.decode()
    root = f"/{site}/accounts/approval/{approval.pk}/"
    return set(re.findall(rf"{root}(approve|reject|withdraw)", text))


def test_the_page_says_what_will_happen_and_shows_the_evidence(
    brand: Brand, admin: User, admin2: User
) -> None:
    actor = org.actor_of_user(admin)
    payload = {"member": brand.zhang.number, "points": -1500}
    request_approval(
        actor, "points.adjust", payload, grounds(files=[EVIDENCE], reference="T-77"), once(actor)
    )
    approval = Approval.objects.get()
    text = signed_in(admin2).get(page(approval)).content.decode()

    for said in (
        f"1,500 points are taken from member {brand.zhang.number}.",
        "complaint settled",
        "call of 24 November, recorded",
        "T-77",
        "Waits for approval",
        "通话 记录.pdf",
    ):
        assert said in text
    chinese = signed_in(admin2, "zh-hans").get(page(approval)).content.decode()
    assert brand.zhang.number in chinese


def test_only_what_the_person_may_do_is_offered(
    brand: Brand, admin: User, admin2: User, wang: User
) -> None:
    approval = asked_by(admin, brand)
    auditor = builders.build_staff("auditor", rules.AUDITOR)
    assert offered(signed_in(admin), approval) == {"withdraw"}
    assert offered(signed_in(admin2), approval) == {"approve", "reject"}
    assert offered(signed_in(auditor), approval) == set()

    role = Approval.objects.get(
        number=ask_for_role(org.actor_of_user(admin), admin2, rules.AUDITOR)
    )
    assert offered(signed_in(admin2), role) == {"reject"}  # it is about them


def test_approving_carries_it_out_once(brand: Brand, admin: User, admin2: User) -> None:
    approval, client = asked_by(admin, brand), signed_in(admin2)
    assert decide(client, approval, "approve") == 302

    approval.refresh_from_db()
    assert (approval.state, approval.approver, approval.decision_reason) == (
        "executed",
        admin2,
        "seen the evidence",
    )
    assert loyalty.balance_of(brand.zhang.pk) == 500
    assert decide(client, approval, "approve") == 403  # it is decided
    assert loyalty.balance_of(brand.zhang.pk) == 500
    assert offered(client, approval) == set()


def test_nobody_approves_by_address_what_is_not_offered(
    brand: Brand, admin: User, owner: User
) -> None:
    approval = asked_by(admin, brand)
    auditor = builders.build_staff("auditor", rules.AUDITOR)
    assert decide(signed_in(admin), approval, "approve") == 403
    assert decide(signed_in(auditor), approval, "approve") == 403
    assert decide(signed_in(auditor), approval, "withdraw") == 403
    assert decide(signed_in(owner), approval, "approve", site="portal") in (403, 404)
    approval.refresh_from_db()
    assert (approval.state, loyalty.balance_of(brand.zhang.pk)) == ("requested", 0)


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("withdraw", "withdrawn")])
def test_a_no_needs_a_reason(
    brand: Brand, admin: User, admin2: User, verb: str, state: str
) -> None:
    approval = asked_by(admin, brand)
    client = signed_in(admin2 if verb == "reject" else admin)
    assert decide(client, approval, verb, reason="") == 200
    approval.refresh_from_db()
    assert approval.state == "requested"

    assert decide(client, approval, verb, reason="no proof") == 302
    approval.refresh_from_db()
    assert (approval.state, approval.decision_reason) == (state, "no proof")


def test_a_refusal_is_said_and_changes_nothing(brand: Brand, admin: User, admin2: User) -> None:
    approval = asked_by(admin, brand, -5)
    client = signed_in(admin2)
    decide(client, approval, "approve")
    approval.refresh_from_db()
    assert approval.state == "requested"
    assert "fewer points than" in client.get(page(approval)).content.decode()


def test_evidence_is_saved_and_never_shown(brand: Brand, admin: User, admin2: User) -> None:
    actor = org.actor_of_user(admin)
    payload = {"member": brand.zhang.number, "points": 5}
    request_approval(actor, "points.adjust", payload, grounds(files=[EVIDENCE]), once(actor))
    kept = ApprovalFile.objects.get()
    url = f"/admin/accounts/approval/{kept.approval_id}/files/{kept.pk}/"

    answer: Any = signed_in(admin2).get(url)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]

    other = f"/admin/accounts/approval/{kept.approval_id + 1}/files/{kept.pk}/"
    assert signed_in(admin2).get(other).status_code == 404
    regional = builders.build_staff("east", rules.REGIONAL_MANAGER, region=brand.east)
    assert signed_in(regional).get(url).status_code == 403
    operations = builders.build_staff("operations", rules.OPERATIONS)
    assert signed_in(operations).get(url).status_code == 200
    assert Client().get(url).status_code == 302


def test_evidence_of_a_foreign_request_is_missing(
    brand: Brand, admin: User, owner: User, wang: User
) -> None:
    actor = org.actor_of_user(admin)
    payload = {"user": "wang", "role": "clerk", "store": "B1"}
    request_approval(actor, "staff.grant_role", payload, grounds(files=[EVIDENCE]), once(actor))
    kept = ApprovalFile.objects.get()
    client = signed_in(owner)
    path = f"/portal/accounts/approval/{kept.approval_id}/"
    assert client.get(f"{path}files/{kept.pk}/").status_code == 404
    assert client.get(f"{path}change/").status_code == 404
    answer: Any = client.get("/portal/accounts/approval/")
    assert answer.context["cl"].result_count == 0


def role_form(**given: Any) -> dict[str, Any]:
    return {
        "user": "wang",
        "role": "clerk",
        "code": "a1",
        "starts_at": "",
        "ends_at": "2030-01-31T18:00",
        "reason": "new colleague",
        "evidence": "contract of 20 November",
        "reference": "HR-1",
        "key": "k" * 32,
    } | given


def test_an_owner_asks_for_a_clerk_and_a_partner_approves(
    brand: Brand, owner: User, wang: User
) -> None:
    partner = builders.build_staff("partner", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    client = signed_in(owner)
    shown = client.get("/portal/accounts/approval/add/").content.decode()
    assert 'value="clerk"' in shown
    assert 'value="operations"' not in shown  # an owner does not hold what it may do

    sent = role_form(documents=SimpleUploadedFile("c.pdf", CONTENT, "application/pdf"))
    answer = client.post("/portal/accounts/approval/add/", sent)

    approval = Approval.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page(approval, "portal"))
    assert approval.payload == {
        "user": "wang",
        "role": "clerk",
        "store": "A1",
        "ends_at": "2030-01-31T10:00:00Z",
    }
    assert bytes(approval.files.get().content) == CONTENT
    client.post("/portal/accounts/approval/add/", role_form())  # sent twice: asked for once
    assert Approval.objects.count() == 1

    assert offered(client, approval, "portal") == {"withdraw"}
    assert decide(signed_in(partner), approval, "approve", "portal") == 302
    held = RoleAssignment.objects.get(user=wang)
    assert (held.role, held.store) == ("clerk", brand.a1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"code": "B1"}, "There is no such region, franchisee or store."),
        ({"code": ""}, "The role does not fit these rows"),
        ({"user": "nobody"}, "There is no such person."),
        ({"role": "operations", "code": ""}, "Select a valid choice"),
        ({"reason": ""}, "This field is required"),
        ({"ends_at": f"{clock.now() - timedelta(days=30):%Y-%m-%dT18:00}"}, "it must end after it"),
        ({"ends_at": "2020-01-31T18:00"}, "Enter a day from"),
    ],
)
def test_a_role_that_may_not_be_asked_for_is_said_on_the_form(
    brand: Brand, owner: User, wang: User, given: dict[str, str], said: str
) -> None:
    answer = signed_in(owner).post("/portal/accounts/approval/add/", role_form(**given))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("c.pdf", b"MZ no pdf", "application/pdf"),
        SimpleUploadedFile("c.html", b"<script>", "text/html"),
        SimpleUploadedFile("c.pdf", b"%PDF-" + b"x" * 2_097_148, "application/pdf"),
    ],
    ids=["content", "type", "size"],
)
def test_a_file_that_is_no_evidence_is_refused(
    brand: Brand, owner: User, wang: User, upload: SimpleUploadedFile
) -> None:
    upload.seek(0)
    client = signed_in(owner)
    answer = client.post("/portal/accounts/approval/add/", role_form(documents=upload))
    assert answer.status_code == 200
    assert not Approval.objects.exists()


def test_who_manages_no_staff_asks_for_no_role(brand: Brand, admin: User) -> None:
    finance = signed_in(builders.build_staff("finance", rules.FINANCE))
    assert finance.get(f"{LIST}add/").status_code == 403
    assert finance.post(f"{LIST}add/", role_form()).status_code == 403
    assert not Approval.objects.exists()
    clerk = signed_in(builders.build_staff("clerk", rules.CLERK, store=brand.a1))
    assert clerk.get("/portal/accounts/approval/").status_code == 403
    assert clerk.get("/portal/accounts/approval/add/").status_code == 403


def ask_on_the_page(client: Client, brand: Brand, **data: Any) -> int:
    sent = {
        "_form_submitted": "on",
        "points": "500",
        "reason": "complaint settled",
        "evidence": "call of 24 November",
        "key": "k" * 32,
    } | data
    url = f"/admin/members/member/{brand.zhang.pk}/adjust_points/"
    return client.post(url, sent).status_code


def test_an_adjustment_is_asked_for_on_the_members_page(brand: Brand) -> None:
    client = signed_in(builders.build_staff("service", rules.CUSTOMER_SERVICE))
    member_page = f"/admin/members/member/{brand.zhang.pk}/change/"
    assert "adjust_points/" in client.get(member_page).content.decode()

    assert ask_on_the_page(client, brand) == 302
    assert ask_on_the_page(client, brand) == 302  # the same form once more

    approval = Approval.objects.get()
    assert approval.payload == {"member": brand.zhang.number, "points": 500}
    assert (approval.state, loyalty.balance_of(brand.zhang.pk)) == ("requested", 0)
    assert approval.number in client.get(member_page).content.decode()


def test_an_adjustment_that_may_not_be_asked_for(brand: Brand) -> None:
    service = signed_in(builders.build_staff("service", rules.CUSTOMER_SERVICE))
    assert ask_on_the_page(service, brand, evidence="") == 200
    ask_on_the_page(service, brand, points="1001")
    auditor = signed_in(builders.build_staff("auditor", rules.AUDITOR))
    member_page = f"/admin/members/member/{brand.zhang.pk}/change/"
    assert "adjust_points/" not in auditor.get(member_page).content.decode()
    assert ask_on_the_page(auditor, brand) == 403
    assert not Approval.objects.exists()


def test_a_list_costs_the_same_at_five_and_fifty_rows(
    brand: Brand, admin: User, owner: User
) -> None:
    actor = org.actor_of_user(admin)
    clients = {LIST: signed_in(admin), "/portal/accounts/approval/": signed_in(owner)}
    counts: dict[str, list[int]] = {url: [] for url in clients}
    for number in range(50):
        person = User.objects.create(username=f"person{number}")
        payload = {"user": person.username, "role": "clerk", "store": "A1"}
        request_approval(actor, "staff.grant_role", payload, grounds(), once(actor))
        if number in (4, 49):
            for url, client in clients.items():
                answer: Any
                answer, count = counted(client, url)
                assert answer.context["cl"].result_count == number + 1
                counts[url].append(count)
    assert {url: few == many for url, (few, many) in counts.items()} == dict.fromkeys(clients, True)
    assert max(map(max, counts.values())) <= 9


def test_the_home_page_counts_what_waits_for_the_person(
    brand: Brand, admin: User, admin2: User
) -> None:
    asked_by(admin, brand)
    shown = signed_in(admin2).get("/admin/").content.decode()
    assert "Waiting for your approval" in shown
    assert org.approvals_decidable_by(org.actor_of_user(admin2)).count() == 1
    assert org.approvals_decidable_by(org.actor_of_user(admin)).count() == 0
    org_services.end_assignment(builders.SYSTEM, RoleAssignment.objects.get(user=admin2))
    assert org.approvals_decidable_by(org.actor_of_user(admin2)).count() == 0
