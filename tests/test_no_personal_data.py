"""Canaries: what is personal goes in by a body, and comes out of one answer only.

Four values that occur nowhere else go through enrolment, search, refusals, imports, failures and looks.
Afterwards no table, log line, message, address, header, cookie or page holds any of them.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from celery import signals
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings

from apps.accounts.models import AccessCase, AuditLine, PersonalDataAccess
from apps.common import clock
from apps.common.logs import JsonFormatter
from apps.common.models import Heartbeat
from apps.members import selectors as members
from apps.members import services
from apps.members.models import Member
from apps.org import rules as roles
from config.celery import app as celery
from tests import builders
from tests.api import bodies, caller
from tests.api.caller import Caller
from tests.builders import Brand
from tests.offices import pages

pytestmark = pytest.mark.django_db

PHONE, NAME, OPENID, CARD = (
    "13987654321",
    "欧阳镜花",
    "oCanary_7Gq2LxVb9TzKd3WmPa8Y",
    "CANARY-77-XQ",
)
WRITTEN = {"phone": "+86 139 8765 4321", "openid": OPENID, "card": CARD.lower()}
VALUES = (PHONE, "139 8765 4321", NAME, OPENID, CARD)
FIELDS = ["name", "phone", "openid", "card"]


def forms_of(value: str) -> set[str]:
    """How a value may hide: as it is, in small letters, as bytea, in JSON, in an address."""
    return {
        value.lower(),
        value.encode().hex(),
        json.dumps(value)[1:-1].lower(),
        quote(value).lower(),
        repr(value.encode())[2:-1].lower(),
    }


def found_in(text: str) -> set[str]:
    text = text.lower()
    return {value for value in VALUES if any(form in text for form in forms_of(value))}


def around(page: str) -> str:
    """What stands beside the first canary of a page, for whoever has to find its source."""
    found = [page.lower().find(form) for value in VALUES for form in forms_of(value)]
    place = min(index for index in found if index >= 0)
    return page[max(0, place - 300) : place + 100]


class LogLines(logging.Handler):
    """Every line as it is written to the log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Browser(Client):
    """Remembers all that came back: status, headers, cookies and body."""

    seen: list[str]

    def request(self, **asked: Any) -> Any:
        answer = super().request(**asked)
        headers = [f"{name}: {value}" for name, value in answer.items()]
        cookies = [morsel.OutputString() for morsel in answer.cookies.values()]
        body = answer.content.decode()
        self.seen.append("\n".join([*headers, *cookies, body]))
        return answer


@dataclass
class Traces:
    """Everything that left the code while the canaries went through it."""

    logs: LogLines = field(default_factory=LogLines)
    answers: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def caller(self, token: str, **options: Any) -> Caller:
        browser = Browser(headers={"accept-language": "en"}, **options)
        browser.seen = self.answers
        return Caller(token, browser)

    def office(self, role: str, **scope: object) -> Browser:
        browser: Any = pages.signed_in(builders.build_staff(f"at-{role}", role, **scope))
        browser.__class__ = Browser
        browser.seen = self.answers
        return browser  # type: ignore[no-any-return]

    def forget_last(self, count: int) -> None:
        """The one kind of answer that may hold the values."""
        shown = [self.answers.pop() for _ in range(count)]
        assert all(found_in(page) for page in shown)


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[Traces]:
    kept = Traces()

    def publish(sender: Any = None, headers: Any = None, body: Any = None, **_: Any) -> None:
        kept.messages.append(repr((sender, headers, body)))

    root = logging.getLogger()
    root.addHandler(kept.logs)
    signals.before_task_publish.connect(publish)
    yield kept
    signals.before_task_publish.disconnect(publish)
    root.removeHandler(kept.logs)


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def stored() -> dict[str, set[str]]:
    """Table → the canaries in any of its columns, of whatever type."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            if here := found_in("\n".join(line for (line,) in cursor.fetchall())):
                found[table] = here
    for session in Session.objects.all():  # signed and perhaps packed
        if here := found_in(repr(session.get_decoded())):
            found["session"] = here
    return found


def enrol(clerk: Caller) -> str:
    body = {**WRITTEN, "name": NAME, "store": "A1"}
    return str(clerk.post("members", body, key=None).body["number"])


def refusals(clerk: Caller) -> None:
    """Each of them has a canary in what was sent."""
    taken = {"name": NAME, "store": "A1"}
    for kind, value in WRITTEN.items():
        assert clerk.post("members/lookup", {kind: value}).status == 200
        assert clerk.post("members", {kind: value, **taken}).status == 409
    for body, status in (
        ({"phone": PHONE + "99", **taken}, 422),
        ({"openid": OPENID + "!", **taken}, 422),
        ({"card": CARD + "*", **taken}, 422),
        ({"card": "NEW-1", "name": NAME + "\u0007", "store": "A1"}, 422),
        ({"card": "NEW-1", "name": NAME + "\u0000", "store": "A1"}, 400),
        ({"card": "NEW-1", "name": NAME * 20, "store": "A1"}, 400),
        ({"card": "NEW-1", "name": NAME, "store": "NOWHERE"}, 404),
        ({"phone": int(PHONE)}, 400),
        ({"phone": PHONE, "card": CARD}, 400),
        (f'{{"phone": "{PHONE}"'.encode(), 400),
        (f'{{"name": "{NAME}'.encode()[:-1] + b'"}', 400),
    ):
        for path in ("members", "members/lookup"):
            answer = clerk.post(path, body)
            assert path == "members/lookup" or answer.status == status, (body, answer.body)
    for path in (f"members/{PHONE}", f"members/{PHONE}/points", f"members/{quote(NAME)}"):
        assert clerk.get(path).status == 404
    sale = bodies.sale(member=PHONE)
    assert clerk.post("orders", sale).status == 404


def failures(clerk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database and the code break while they hold the values."""

    def broken(kind: str, text: str) -> Member:
        name, openid = NAME, OPENID
        assert name
        assert openid
        raise RuntimeError(f"{kind} {text} {OPENID}")

    def refused(*_args: object, **_named: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [NAME])

    for target in (broken, refused):
        with monkeypatch.context() as patch, transaction.atomic():
            patch.setattr(members, "require_by_identity", target)
            answer = clerk.post("members/lookup", {"phone": PHONE})
            transaction.set_rollback(True)
        assert answer.status == 500


def imports(brand: Brand) -> None:
    """A second member of the same values, names that are none, all in one batch."""
    for name, number in ((NAME, "100000000008"), (NAME + "\x00", "100000000016")):
        one = services.ImportedMember(number, name, WRITTEN, brand.a1.pk, clock.now())
        with pytest.raises((IntegrityError, services.NameInvalid)) as refusal, transaction.atomic():
            services.import_members(builders.SYSTEM, [one])
        assert not found_in(str(refusal.value) + repr(refusal.value))


def offices(traces: Traces, brand: Brand, row: Member) -> None:
    """Searched on both sites, looked at, and listed."""
    office = traces.office(roles.HEAD_OFFICE_ADMIN)
    portal = traces.office(roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    for browser, site in ((office, "/admin/"), (portal, "/portal/")):
        for text in (PHONE, NAME, OPENID, CARD, NAME[:2], "a\x00" + PHONE):
            moved = browser.post(f"{site}members/member/", {"q": text})
            assert moved.status_code == 302
            assert browser.get(moved["Location"]).status_code == 200
            for shape in ("", "?extended=1"):
                assert browser.post(f"{site}search/{shape}", {"s": text}).status_code == 200
        assert browser.get(f"{site}members/member/{row.pk}/change/").status_code == 200
    sent = {"_form_submitted": "on", "fields_wanted": FIELDS, "reason": f"{NAME} {PHONE}"}
    url = f"/admin/members/member/{row.pk}/reveal/"
    assert office.post(url, sent | {"fields_wanted": ["all"], "reason": ""}).status_code == 200
    for headers in ({}, {"HX-Request": "true"}):
        assert office.post(url, sent, headers=headers).status_code == 200
    traces.forget_last(2)
    for page in (
        "",
        "members/member/",
        "members/identity/",
        f"members/member/{row.pk}/change/",
        "accounts/auditline/",
        "accounts/personaldataaccess/",
        "accounts/accesscase/",
    ):
        assert office.get(f"/admin/{page}").status_code == 200


@override_settings(DEBUG=False)
def test_no_personal_value_is_left_anywhere(
    brand: Brand, traces: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk_user = builders.build_staff("clerk", roles.CLERK, store=brand.a1)
    clerk = traces.caller(builders.staff_token(clerk_user), raise_request_exception=False)
    number = enrol(clerk)
    row = Member.objects.get(number=number)
    refusals(clerk)
    failures(clerk, monkeypatch)
    imports(brand)
    service = traces.caller(caller.staff("service", roles.CUSTOMER_SERVICE).token)
    asked = {"fields": FIELDS, "reason": f"{NAME} ({OPENID}, {CARD.lower()}) rang: {PHONE}"}
    for _ in range(31):
        assert service.post(f"members/{number}/reveal", asked).status == 200
    traces.forget_last(31)
    assert service.post(f"members/{number}/reveal", asked | {"fields": ["all"]}).status == 400
    offices(traces, brand, row)
    assert traces.caller(services.issue_member_token(row)).get("members/me").status == 200
    celery.send_task("apps.common.tasks.heartbeat", expires=1)

    assert stored() == {}
    assert found_in("\n".join(traces.logs.lines)) == set()
    assert [around(page) for page in traces.answers if found_in(page)] == []
    assert found_in("\n".join(traces.messages)) == set()
    assert len(traces.logs.lines) > 20
    assert len(traces.answers) > 80
    assert len(traces.messages) == 1
    assert Member.objects.count() == 3
    assert PersonalDataAccess.objects.count() == 33
    assert AccessCase.objects.count() == 1
    assert "***" in PersonalDataAccess.objects.latest("pk").reason


def plant_text() -> None:
    Heartbeat.objects.create(name=f"worker of {NAME}", at=clock.now())


def plant_json() -> None:
    AuditLine.objects.create(
        at=clock.now(), actor_id=0, object_key="x", changes={"name": [None, NAME]}
    )


def plant_bytes(brand: Brand) -> None:
    Member.objects.filter(pk=brand.zhang.pk).update(name_cipher=b"\0" + NAME.encode() + b"\0")


def plant_array() -> None:
    PersonalDataAccess.objects.create(at=clock.now(), actor_id=0, fields=[CARD.lower()])


def plant_session() -> None:
    browser = Client()
    session = browser.session
    session["last"] = {"phone": "+86" + PHONE}
    session.save()


def test_the_search_sees_what_is_planted(brand: Brand, traces: Traces) -> None:
    assert stored() == {}
    plant_text()
    plant_json()
    plant_bytes(brand)
    plant_array()
    plant_session()
    assert stored() == {
        "common_heartbeat": {NAME},
        "accounts_auditline": {NAME},
        "members_member": {NAME},
        "accounts_personaldataaccess": {CARD},
        "session": {PHONE},
    }
    logging.getLogger("apps").warning("lookup of %s", NAME)
    assert found_in("\n".join(traces.logs.lines)) == {NAME}
    assert found_in(f"/admin/members/?q={quote(NAME)}") == {NAME}
