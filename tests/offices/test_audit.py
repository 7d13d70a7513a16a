"""The audit trail on the screen: found by actor, action, object and period, with the role used."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, AuditSeal, User
from apps.org import rules as roles
from apps.org import selectors as org
from tests import builders
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db

TRAIL = "/admin/accounts/auditline/"


@pytest.fixture
def boss() -> User:
    return builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)


@pytest.fixture
def client(boss: User) -> Client:
    client = signed_in(boss)
    actor = org.actor_of_user(boss)
    accounts.record(actor, "org.open_store", target=("store", "A1"), under="org.manage")
    accounts.record(actor, "products.set_price", target=("sku", "TEA"), reason="wrong sticker")
    accounts.record(builders.SYSTEM, "org.open_store", target=("store", "B1"))
    return client


def keys(client: Client, **asked: str) -> set[str]:
    answer: Any = client.get(TRAIL, asked)
    assert answer.status_code == 200
    return {line.object_key for line in answer.context["cl"].result_list}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "tests"}, {"B1"}),
        ({"action": "org.open_store"}, {"A1", "B1"}),
        ({"object": "tea"}, {"TEA"}),
        ({"object": "A1", "actor": "tests"}, set()),
        ({"actor": "admin", "action": "org.open_store", "period": "today"}, {"A1"}),
        ({"period": "yesterday"}, set()),
    ],
)
def test_lines_are_found(client: Client, asked: dict[str, str], found: set[str]) -> None:
    seen = keys(client, **asked) & {"A1", "B1", "TEA"}
    assert seen == found


def test_the_choice_of_actions_is_what_the_trail_knows(client: Client) -> None:
    used = set(AuditLine.objects.values_list("action", flat=True))
    assert {"org.open_store", "products.set_price"} <= used
    head = org.actor_of_user(User.objects.get(username="admin"))
    assert org.audit_actions(head) == sorted(used)
    assert org.audit_actions(builders.staff_actor("o", roles.OPERATIONS)) == []


def test_the_page_of_a_line_names_role_and_assignment(client: Client, boss: User) -> None:
    line = AuditLine.objects.get(object_key="A1", actor_label="admin")
    text = client.get(f"{TRAIL}{line.pk}/change/").content.decode()

    assert f"Head-office administrator · #{boss.assignments.get().pk}" in text
    assert "wrong sticker" not in text


@pytest.mark.parametrize(
    ("action", "kind", "changes", "said"),
    [
        (
            "members.reveal",
            "member",
            {"fields": ["name", "phone"]},
            "Fields: name, phone",
        ),
        ("clients.add", "apiclient", {"scopes": ["orders.see"]}, "Scopes: see orders"),
        (
            "clients.change",
            "apiclient",
            {"scopes": [["orders.see"], ["orders.see", "points.see"]]},
            "Scopes: see orders → see orders, see points",
        ),
        ("org.assign_role", "user", {"role": "clerk"}, "Role: clerk"),
        (
            "org.assign_role",
            "user",
            {"starts_at": "2026-11-25T03:34:31.421492Z"},
            "From: 2026-11-25 11:34",
        ),
        ("accounts.sign_in", "user", {"site": "admin"}, "Site: head-office site"),
        ("accounts.sign_in", "user", {"second_factor": "code"}, "factor: code from the app"),
        ("orders.import", "import", {"rejected": 3}, "Rows rejected: 3"),
        ("approvals.approve", "approval", {"act": "points.adjust"}, "Act: adjust points"),
    ],
)
def test_changes_are_said_in_words(
    client: Client, action: str, kind: str, changes: dict[str, Any], said: str
) -> None:
    accounts.record(builders.SYSTEM, action, target=(kind, "X1"), changes=changes)
    line = AuditLine.objects.get(object_key="X1")

    text = client.get(f"{TRAIL}{line.pk}/change/").content.decode()

    assert f"{said}</div>" in text


def test_a_reason_names_the_approval_it_came_by(client: Client) -> None:
    reason = "approval:A261125X on leave"
    accounts.record(builders.SYSTEM, "org.assign_role", target=("user", "X1"), reason=reason)
    line = AuditLine.objects.get(object_key="X1")

    text = client.get(f"{TRAIL}{line.pk}/change/").content.decode()

    assert "Approval A261125X: on leave" in text


def test_every_filter_goes_by_an_index(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_auditline (at, actor_kind, actor_id, actor_label, role, action,"
            " object_type, object_key, changes, reason, request_id, address)"
            " SELECT now() - n * interval '1 minute', 'staff', n % 50, 'p' || n % 50, '',"
            " 'a.' || n % 40, 'thing', 'K' || n, '{}', '', '', ''"
            " FROM generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE accounts_auditline")
    lines = AuditLine.objects.order_by("-id")
    for index, rows in (
        ("audit_actor", lines.filter(actor_label="admin")),
        ("audit_action", lines.filter(action="org.open_store")),
        ("audit_object", lines.filter(object_key__in={"A1", "a1"})),
    ):
        assert index in rows[:50].explain(), rows[:50].explain()
    answer, statements = counted(client, f"{TRAIL}?actor=admin&action=org.open_store")
    assert answer.status_code == 200
    assert statements <= 9


def test_the_chain_is_shown_to_who_sees_the_trail(client: Client) -> None:
    AuditSeal.objects.create(
        number=1,
        line_ids=[1, 2],
        line_count=2,
        upto_transaction=3,
        after_line=0,
        last_line=2,
        cluster=4,
        hash="f" * 64,
        sealed_at="2026-11-11T00:00:00Z",
    )

    assert "f" * 64 in client.get("/admin/accounts/auditseal/").content.decode()
    page = client.get("/admin/accounts/auditseal/1/change/").content.decode()
    assert "f" * 64 in page
    other = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    assert other.get("/admin/accounts/auditseal/").status_code == 403
