"""Members and their points over HTTP: found by exact values, masked, and only by those who may."""

import pytest

from apps.accounts.models import AuditLine
from apps.loyalty.models import PointsEntry
from apps.members.models import Identity, Member
from apps.org import rules
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
        "name": "张**",
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
    for stored in (row.name_cipher, row.name_index, identity.value_cipher, identity.value_index):
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
    assert points["next_expiry"]["expires_at"].endswith("-30T16:00:00Z")  # midnight in Shanghai
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
