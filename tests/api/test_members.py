"""Members and their points over HTTP: found by exact values, masked, and only by those who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditLine, PersonalDataAccess
from apps.loyalty.models import PointsEntry
from apps.members import services
from apps.members.models import Identity, IdentityIndex, Member
from apps.members.services import looking_up
from apps.org import rules
from apps.org import services as org_services
from tests import books, builders
from tests.api import bodies, caller
from tests.api.caller import Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("written", ["13800001234", "+86 138 0000 1234", "１３８００００１２３４"])
def test_a_member_is_found_by_phone_and_masked(brand: Brand, clerk: Caller, written: str) -> None:
    answer = clerk.post("members/lookup", {"phone": written}, key=None)
    assert answer.status == 200
    assert answer.body == {
        "number": brand.zhang.number,
        "status": "active",
        "name": "张*",
        "identities": [{"kind": "phone", "value": "138****1234"}],
        "home_store": "A1",
        "enrolled_at": answer.body["enrolled_at"],
    }


def test_a_member_of_another_store_is_found_by_exact_values(brand: Brand, clerk: Caller) -> None:
    """A store serves every member of the brand; what it may list are those it acquired."""
    assert clerk.post("members/lookup", {"phone": builders.LI_PHONE}).status == 200
    assert clerk.get(f"members/{brand.li.number}").body["name"] == "李*"
    assert clerk.get(f"members/{brand.li.number}/points").body == {
        "balance": 0,
        "next_expiry": None,
    }
    listed = [row["number"] for row in clerk.get("members").body["results"]]
    assert listed == [brand.zhang.number]
    entries = clerk.get(f"members/{brand.li.number}/points/entries")
    assert entries.refusal == (404, "member_not_found")


@pytest.mark.parametrize("value", ["13800001235", "1380000", "", "not a phone", "x" * 64])
def test_a_part_of_a_phone_finds_nobody(clerk: Caller, value: str) -> None:
    answer = clerk.post("members/lookup", {"phone": value})
    assert answer.refusal == (404, "member_not_found")
    assert answer.body["fields"] == {"phone": None}


@pytest.mark.parametrize("body", [{}, {"phone": "13800001234", "card": "C1"}, {"phone": None}])
def test_a_lookup_names_exactly_one_identity(clerk: Caller, body: dict[str, str]) -> None:
    assert clerk.post("members/lookup", body).refusal == (400, "one_identity_wanted")


def test_a_member_is_enrolled_at_the_counter(brand: Brand, clerk: Caller) -> None:
    body = {"phone": "13700009999", "card": "vip-0001", "name": "王芳", "store": "A1"}
    answer = clerk.post("members", body, key=None)

    assert answer.status == 201
    assert (answer.body["name"], answer.body["home_store"]) == ("王*", "A1")
    assert answer.body["identities"] == [
        {"kind": "card", "value": "****0001"},
        {"kind": "phone", "value": "137****9999"},
    ]
    assert (
        clerk.post("members/lookup", {"card": "VIP-0001"}).body["number"] == answer.body["number"]
    )
    line = AuditLine.objects.filter(action="members.enrol").latest("id")
    assert line.changes == {"identities": ["card", "phone"], "store": "A1"}


def test_no_personal_value_is_stored_or_said_in_clear(brand: Brand, clerk: Caller) -> None:
    body = {"phone": "13700009999", "name": "王芳芳", "store": "A1"}
    answer = clerk.post("members", body)
    row = Member.objects.get(number=answer.body["number"])
    identity = Identity.objects.get(member=row)
    index = IdentityIndex.objects.get(identity=identity)
    for stored in (
        row.name_cipher,
        row.name_index,
        identity.value_cipher,
        identity.tail_index,
        index.value,
    ):
        assert len(bytes(stored or b"")) > 16
        assert b"13700009999" not in bytes(stored or b"")
        assert "王芳芳".encode() not in bytes(stored or b"")
    again = clerk.post("members", body)
    assert again.refusal == (409, "identity_taken")
    assert again.body["fields"] == {"phone": None}
    for said in (answer.raw, again.raw):
        assert b"13700009999" not in said


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"phone": builders.ZHANG_PHONE, "store": "A1"}, (409, "identity_taken")),
        ({"card": "new-card", "phone": builders.LI_PHONE, "store": "A1"}, (409, "identity_taken")),
        ({"store": "A1"}, (422, "identity_missing")),
        ({"phone": "12", "store": "A1"}, (422, "identity_invalid")),
        ({"phone": "13800", "store": "A1"}, (422, "identity_invalid")),
        ({"phone": "138****1234", "store": "A1"}, (422, "identity_invalid")),
        ({"phone": "00000000000", "store": "A1"}, (422, "identity_invalid")),
        ({"openid": "x y", "store": "A1"}, (422, "identity_invalid")),
        ({"phone": "13700009999", "name": "王\u0007", "store": "A1"}, (422, "name_invalid")),
        ({"phone": "13700009999", "name": "王\u0000", "store": "A1"}, (400, "invalid_request")),
        ({"phone": "13700009999"}, (400, "store_wanted")),
        ({"phone": "13700009999", "store": "B1"}, (404, "store_not_found")),
        ({"phone": "13700009999", "store": "NOWHERE"}, (404, "store_not_found")),
        ({"email": "a@b.cn", "store": "A1"}, (400, "invalid_request")),
        ({"phone": "1" * 65, "store": "A1"}, (400, "invalid_request")),
    ],
)
def test_a_refused_enrolment_writes_nothing(
    clerk: Caller, body: dict[str, str], refusal: tuple[int, str]
) -> None:
    with books.unchanged():
        assert clerk.post("members", body).refusal == refusal


def test_an_application_enrols_without_a_store_unless_it_is_bound(brand: Brand) -> None:
    free = caller.app("members.enrol")
    bound = caller.app("members.enrol", stores=(brand.a1,))
    assert free.post("members", {"openid": "oABCDEF123456"}).body["home_store"] is None
    assert bound.post("members", {"openid": "oABCDEF999999"}).refusal == (400, "store_wanted")
    foreign = bound.post("members", {"openid": "oABCDEF999999", "store": "A2"})
    assert foreign.refusal == (404, "store_not_found")
    own = bound.post("members", {"openid": "oABCDEF999999", "store": "A1"})
    assert own.body["home_store"] == "A1"


def test_a_closed_member_is_read_by_those_who_acquired_them(brand: Brand, clerk: Caller) -> None:
    Member.objects.update(status="closed")
    assert clerk.get(f"members/{brand.zhang.number}").body["status"] == "closed"
    assert clerk.get(f"members/{brand.li.number}").refusal == (404, "member_not_found")
    answer = clerk.post("orders", bodies.sale_to_zhang(brand))
    assert answer.refusal == (409, "member_closed")


def test_a_member_reads_themselves_and_nobody_else(brand: Brand, zhang: Caller) -> None:
    by_number = zhang.get(f"members/{brand.zhang.number}")
    assert zhang.get("members/me").raw == by_number.raw
    foreign, missing = (zhang.get(f"members/{n}") for n in (brand.li.number, "123456789012"))
    for answer in (foreign, missing):
        assert answer.refusal == (404, "member_not_found")
        del answer.body["fields"], answer.body["request_id"]
    assert foreign.body == missing.body
    for rest in ("", "/points", "/points/entries"):
        assert zhang.get(f"members/{brand.li.number}{rest}").status == 404
        assert zhang.get(f"members/me{rest}").status == 200
    assert zhang.get("members").refusal == (403, "not_permitted")


def test_me_is_for_members(clerk: Caller) -> None:
    assert clerk.get("members/me").refusal == (404, "member_not_found")


def test_points_and_their_ledger(brand: Brand, clerk: Caller, zhang: Caller) -> None:
    first = clerk.post("orders", bodies.sale_to_zhang(brand)).body
    second = clerk.post("orders", bodies.sale_to_zhang(brand)).body

    points = zhang.get("members/me/points").body
    assert points["balance"] == 104
    assert points["next_expiry"]["points"] == 104
    assert points["next_expiry"]["expires_at"].endswith("T16:00:00Z")  # midnight in Shanghai
    rows = zhang.get("members/me/points/entries").body["results"]
    assert [(row["order"], row["points"], row["store"], row["kind"]) for row in rows] == [
        (second["number"], 52, "A1", "earn"),
        (first["number"], 52, "A1", "earn"),
    ]
    ours = clerk.get(f"members/{brand.zhang.number}/points/entries").body["results"]
    assert ours == rows


def test_a_store_sees_of_its_members_the_entries_it_caused(brand: Brand, zhang: Caller) -> None:
    other = caller.staff("clerk.b", rules.CLERK, store=brand.b1)
    clerk = caller.staff("clerk.a", rules.CLERK, store=brand.a1)
    other.post("orders", bodies.sale_to_zhang(brand, store="B1"))
    assert PointsEntry.objects.count() == 1
    assert clerk.get(f"members/{brand.zhang.number}/points/entries").body["results"] == []
    assert len(zhang.get("members/me/points/entries").body["results"]) == 1
    assert other.get(f"members/{brand.zhang.number}/points/entries").status == 404


ASKED = {"fields": ["name", "phone"], "reason": "returns the shopper's call"}


def test_customer_service_sees_values_in_clear_once_and_on_record(brand: Brand) -> None:
    service = caller.staff("service", rules.CUSTOMER_SERVICE)

    answer = service.post(f"members/{brand.zhang.number}/reveal", ASKED, key=None)

    assert answer.status == 200
    assert answer.body == {
        "number": brand.zhang.number,
        "values": [
            {"field": "name", "value": "张小明"},
            {"field": "phone", "value": "+8613800001234"},
        ],
    }
    assert answer.headers["Cache-Control"] == "no-store"
    look = PersonalDataAccess.objects.get()
    assert (look.actor_label, look.subject_key, look.via) == ("service", brand.zhang.number, "api")
    assert (look.fields, look.reason) == (["name", "phone"], "returns the shopper's call")
    assert look.role == rules.CUSTOMER_SERVICE
    assert look.request_id == answer.headers["X-Request-Id"]
    line = AuditLine.objects.get(action="members.reveal")
    assert (line.object_key, line.changes) == (brand.zhang.number, {"fields": ["name", "phone"]})
    assert (line.assignment_id, line.reason) == (look.assignment_id, look.reason)


def test_only_the_values_asked_for_are_shown(brand: Brand) -> None:
    service = caller.staff("service", rules.CUSTOMER_SERVICE)
    for fields, shown in ((["card", "openid"], []), (["name"], ["name"]), (["phone"], ["phone"])):
        answer = service.post(
            f"members/{brand.zhang.number}/reveal", {"fields": fields, "reason": "asked"}
        )
        assert [one["field"] for one in answer.body["values"]] == shown


@pytest.mark.parametrize(
    "role",
    [
        rules.OPERATIONS,
        rules.FINANCE,
        rules.AUDITOR,
        rules.REGIONAL_MANAGER,
        rules.FRANCHISE_OWNER,
        rules.STORE_MANAGER,
        rules.CLERK,
    ],
)
def test_without_the_right_nothing_is_shown_in_clear(brand: Brand, role: str) -> None:
    scope: dict[str, dict[str, object]] = {
        rules.REGIONAL_MANAGER: {"region": brand.east},
        rules.FRANCHISE_OWNER: {"franchisee": brand.anhe},
        rules.STORE_MANAGER: {"store": brand.a1},
        rules.CLERK: {"store": brand.a1},
    }
    person = caller.staff("person", role, **scope.get(role, {}))
    with books.unchanged():
        answer = person.post(f"members/{brand.zhang.number}/reveal", ASKED)
    assert answer.refusal == (403, "not_permitted")


def test_neither_a_member_nor_an_application_sees_values_in_clear(
    brand: Brand, zhang: Caller
) -> None:
    storefront = caller.app("members.see", "members.lookup", "members.see_personal")
    for who in (zhang, storefront):
        answer = who.post(f"members/{brand.zhang.number}/reveal", ASKED)
        assert answer.refusal == (403, "not_permitted")
    assert not PersonalDataAccess.objects.exists()


def test_the_right_reaches_as_far_as_the_assignment_that_holds_it(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """See everybody of both stores, but in clear only where that role is held."""
    held = rules.ROLE_ACTIONS[rules.STORE_MANAGER] | {"members.see_personal"}
    monkeypatch.setitem(rules.ROLE_ACTIONS, rules.STORE_MANAGER, held)
    user = builders.build_staff("both", rules.STORE_MANAGER, store=brand.a1)
    org_services.assign_role(builders.SYSTEM, user, rules.CLERK, store=brand.b1)
    both = Caller(builders.staff_token(user))
    assert len(both.get("members").body["results"]) == 2

    own, foreign, missing = (
        both.post(f"members/{number}/reveal", ASKED)
        for number in (brand.zhang.number, brand.li.number, "123456789012")
    )

    assert own.status == 200
    for answer in (foreign, missing):
        assert answer.refusal == (404, "member_not_found")
        del answer.body["fields"], answer.body["request_id"]
    assert foreign.body == missing.body
    assert [look.subject_key for look in PersonalDataAccess.objects.all()] == [brand.zhang.number]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"fields": ["phone"], "reason": ""}, (422, "reason_wanted")),
        ({"fields": ["phone"], "reason": "   x "}, (422, "reason_wanted")),
        ({"fields": ["phone"], "reason": "a\nb"}, (422, "reason_wanted")),
        ({"fields": ["phone"], "reason": "x" * 256}, (400, "invalid_request")),
        ({"fields": ["phone"]}, (400, "invalid_request")),
        ({"fields": [], "reason": "asked"}, (400, "invalid_request")),
        ({"fields": ["password"], "reason": "asked"}, (400, "invalid_request")),
        ({"reason": "asked"}, (400, "invalid_request")),
    ],
)
def test_a_look_without_a_reason_or_a_value_is_refused(
    brand: Brand, body: dict[str, object], refusal: tuple[int, str]
) -> None:
    service = caller.staff("service", rules.CUSTOMER_SERVICE)
    with books.unchanged():
        answer = service.post(f"members/{brand.zhang.number}/reveal", body)
    assert answer.refusal == refusal


def test_the_last_four_digits_find_members_within_reach(brand: Brand, clerk: Caller) -> None:
    office = caller.staff("office", rules.HEAD_OFFICE_ADMIN)
    clerk.post("members", {"phone": "13700001234", "card": "1234", "store": "A1"})
    services.enrol_member(builders.SYSTEM, identities={"phone": "13711111234"}, home_store=brand.b1)

    assert len(clerk.get("members", phone_last4="1234").body["results"]) == 2
    assert len(office.get("members", phone_last4="1234").body["results"]) == 3
    assert len(office.get("members", phone_last4="5678").body["results"]) == 1
    for part in ("123", "01234", "234", "00001234", "+861", "１２３４", "abcd", "12 4"):
        assert office.get("members", phone_last4=part).body["results"] == [], part


def test_members_found_by_four_digits_come_in_pages(brand: Brand, clerk: Caller) -> None:
    for number in range(5):
        clerk.post("members", {"phone": f"1370{number:03}9999", "store": "A1"})
    seen = []
    with CaptureQueriesContext(connection) as asked:
        page = clerk.get("members", phone_last4="9999", page_size="2").body
    assert len(asked) == 3
    while True:
        seen += [row["number"] for row in page["results"]]
        if page["next"] is None:
            break
        page = clerk.get(page["next"]).body
    assert len(seen) == len(set(seen)) == 5


def test_a_person_who_tries_phones_is_stopped_hits_and_all(
    brand: Brand, clerk: Caller, manager: Caller
) -> None:
    for _try in range(looking_up.MISSES.burst - 1):
        assert clerk.post("members/lookup", {"phone": "13700000000"}).status == 404
    assert clerk.post("members/lookup", {"phone": builders.ZHANG_PHONE}).status == 200
    assert clerk.post("members/lookup", {"phone": "13700000000"}).status == 404

    for phone in ("13700000000", builders.ZHANG_PHONE):
        refused = clerk.post("members/lookup", {"phone": phone})
        assert refused.refusal == (429, "too_many_requests")
        assert 1 <= int(refused.headers["Retry-After"]) <= looking_up.MISSES.seconds
    assert manager.post("members/lookup", {"phone": builders.ZHANG_PHONE}).status == 200
