"""A store sees the members who let it: given and withdrawn over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.flows.change_owner import change_owner
from apps.flows.tasks import hand_over_stores
from apps.members.models import Member, StoreConsent
from apps.members.services import looking_up
from apps.org import rules
from apps.org.models import Store
from tests import builders
from tests.api import caller
from tests.api.caller import Caller
from tests.builders import Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(brand: Brand) -> Caller:
    """The member Li, acquired by B1."""
    return caller.member(brand.li)


def shown_to(who: Caller) -> list[str]:
    return [row["number"] for row in who.get("members").body["results"]]


def test_a_member_lets_a_store_see_them_and_takes_it_back(
    brand: Brand, clerk: Caller, li: Caller
) -> None:
    assert shown_to(clerk) == [brand.zhang.number]

    given = li.post("members/me/consents", {"store": "A1"}, key=None)

    assert given.status == 201
    assert given.body == {
        "store": "A1",
        "purpose": "service",
        "given_at": given.body["given_at"],
        "given_via": "member",
        "withdrawn_at": None,
    }
    assert shown_to(clerk) == [brand.li.number, brand.zhang.number]
    seen = clerk.get(f"members/{brand.li.number}").body
    assert (seen["name"], seen["identities"][0]["value"]) == ("李*", "139****5678")

    assert li.delete("members/me/consents/A1").status == 204

    assert shown_to(clerk) == [brand.zhang.number]
    assert clerk.get(f"members/{brand.li.number}/consents").refusal == (404, "member_not_found")
    [row] = li.get("members/me/consents").body["results"]
    assert row["withdrawn_at"] is not None
    lines = AuditLine.objects.filter(action__contains="consent").order_by("id")
    assert [(line.action, line.actor_kind, line.object_key, line.changes) for line in lines] == [
        (action, "member", brand.li.number, {"store": "A1", "purpose": "service"})
        for action in ("members.give_consent", "members.withdraw_consent")
    ]


def test_a_consent_that_is_live_is_answered_and_not_given_twice(brand: Brand, li: Caller) -> None:
    first = li.post("members/me/consents", {"store": "A1"})
    again = li.post(f"members/{brand.li.number}/consents", {"store": "A1"})

    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert StoreConsent.objects.count() == 1
    assert AuditLine.objects.filter(action="members.give_consent").count() == 1


def test_after_a_withdrawal_another_consent_is_another_row(brand: Brand, li: Caller) -> None:
    li.post("members/me/consents", {"store": "A1"})
    li.delete("members/me/consents/A1")

    assert li.post("members/me/consents", {"store": "A1"}).status == 201

    ended, live = StoreConsent.objects.order_by("id")
    assert ended.withdrawn_by == live.given_by == f"member:{brand.li.pk}"
    assert (ended.withdrawn_at is None, live.withdrawn_at) == (False, None)


def test_at_the_counter_the_member_is_there(brand: Brand, clerk: Caller) -> None:
    path = f"members/{brand.li.number}/consents"

    given = clerk.post(path, {"store": "A1", "phone": "139 0000 5678"})

    assert (given.status, given.body["given_via"]) == (201, "staff")
    assert StoreConsent.objects.get().given_by.startswith("staff:")
    assert shown_to(clerk) == [brand.li.number, brand.zhang.number]
    assert [row["store"] for row in clerk.get(path).body["results"]] == ["A1"]
    assert clerk.delete(f"{path}/A1").status == 204
    assert shown_to(clerk) == [brand.zhang.number]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"store": "A1"}, (400, "one_identity_wanted")),
        ({"store": "A1", "phone": builders.LI_PHONE, "card": "C-1"}, (400, "one_identity_wanted")),
        ({"store": "A1", "phone": builders.ZHANG_PHONE}, (404, "member_not_found")),
        ({"store": "A1", "phone": "13700000000"}, (404, "member_not_found")),
        ({"store": "A1", "phone": "0000"}, (404, "member_not_found")),
        ({"store": "B1", "phone": builders.LI_PHONE}, (404, "store_not_found")),
        ({"store": "NOWHERE", "phone": builders.LI_PHONE}, (404, "store_not_found")),
        ({"phone": builders.LI_PHONE}, (400, "invalid_request")),
        ({"store": "A1", "phone": builders.LI_PHONE, "purpose": "ads"}, (400, "invalid_request")),
    ],
)
def test_without_the_member_nothing_is_given(
    brand: Brand, clerk: Caller, body: dict[str, str], refusal: tuple[int, str]
) -> None:
    answer = clerk.post(f"members/{brand.li.number}/consents", body)

    assert answer.refusal == refusal
    assert not StoreConsent.objects.exists()
    assert not AuditLine.objects.filter(action="members.give_consent").exists()


def test_somebody_elses_identity_is_a_miss_like_any_other(
    brand: Brand, clerk: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the numbers of a list and the phones of another could be brought together."""
    monkeypatch.setattr(looking_up, "MISSES", looking_up.limits.Limit(burst=3, seconds=3600))
    path = f"members/{brand.li.number}/consents"
    wrong = {"store": "A1", "phone": builders.ZHANG_PHONE}
    nobody = {"store": "A1", "phone": "13700000000"}

    refused = [clerk.post(path, body) for body in (wrong, nobody, wrong, wrong)]

    assert [answer.refusal[0] for answer in refused] == [404, 404, 404, 429]
    assert refused[0].body["fields"] == refused[1].body["fields"] == {"phone": None}
    right = {"store": "A1", "phone": builders.LI_PHONE}
    assert clerk.post(path, right).refusal == (429, "too_many_requests")
    assert not StoreConsent.objects.exists()


def test_nobody_gives_or_withdraws_for_another_member(brand: Brand, li: Caller) -> None:
    zhang = caller.member(brand.zhang)
    zhang.post("members/me/consents", {"store": "B1"})

    given = li.post(f"members/{brand.zhang.number}/consents", {"store": "A1"})
    withdrawn = li.delete(f"members/{brand.zhang.number}/consents/B1")

    assert given.refusal == (404, "member_not_found")
    assert withdrawn.refusal == (404, "consent_not_found")
    assert li.get(f"members/{brand.zhang.number}/consents").refusal == (404, "member_not_found")
    assert StoreConsent.objects.get().withdrawn_at is None


def test_a_consent_to_another_owners_store_is_no_business_of_mine(
    brand: Brand, clerk: Caller
) -> None:
    caller.member(brand.zhang).post("members/me/consents", {"store": "B1"})
    path = f"members/{brand.zhang.number}/consents"

    assert clerk.get(path).body["results"] == []
    assert clerk.delete(f"{path}/B1").refusal == (404, "consent_not_found")
    assert clerk.delete(f"{path}/A1").refusal == (404, "consent_not_found")
    assert StoreConsent.objects.get().withdrawn_at is None


def test_who_only_looks_takes_down_no_consent(brand: Brand) -> None:
    east = caller.staff("east", rules.REGIONAL_MANAGER, region=brand.east)
    path = f"members/{brand.zhang.number}/consents"

    given = east.post(path, {"store": "A1", "phone": builders.ZHANG_PHONE})

    assert given.refusal == (403, "not_permitted")
    assert east.delete(f"{path}/A1").refusal == (403, "not_permitted")
    assert not StoreConsent.objects.exists()


@pytest.mark.parametrize(
    ("status", "refusal"), [("frozen", (409, "store_frozen")), ("closed", (409, "store_closed"))]
)
def test_a_store_that_takes_no_members_takes_no_consents(
    brand: Brand, li: Caller, status: str, refusal: tuple[int, str]
) -> None:
    li.post("members/me/consents", {"store": "A2"})
    Store.objects.filter(code__in=["A1", "A2"]).update(status=status)

    assert li.post("members/me/consents", {"store": "A1"}).refusal == refusal
    assert li.delete("members/me/consents/A2").status == 204  # but it lets them go at any time


def test_a_closed_membership_gives_no_consent(brand: Brand, clerk: Caller) -> None:
    Member.objects.filter(pk=brand.li.pk).update(status="closed")
    body = {"store": "A1", "phone": builders.LI_PHONE}

    answer = clerk.post(f"members/{brand.li.number}/consents", body)

    assert answer.refusal == (409, "member_closed")
    assert not StoreConsent.objects.exists()


def test_an_application_speaks_for_its_stores(brand: Brand) -> None:
    till = caller.app("members.enrol", "members.see", stores=(brand.a1,))
    path = f"members/{brand.li.number}/consents"

    there = till.post(path, {"store": "A1", "phone": builders.LI_PHONE})
    elsewhere = till.post(path, {"store": "A2", "phone": builders.LI_PHONE})

    assert (there.status, there.body["given_via"]) == (201, "app")
    assert elsewhere.refusal == (404, "store_not_found")
    assert shown_to(till) == [brand.li.number, brand.zhang.number]


def test_a_consent_tells_no_store_where_else_the_member_belongs(
    brand: Brand, clerk: Caller, li: Caller
) -> None:
    """Neither the list, nor the profile, nor a look-up; who works with members there is told."""
    li.post("members/me/consents", {"store": "A1"})
    office = caller.staff("office", rules.CUSTOMER_SERVICE)
    theirs = caller.staff("theirs", rules.CLERK, store=brand.b1)
    bound, chain = caller.app("members.lookup", stores=(brand.a1,)), caller.app("members.lookup")

    def homes(who: Caller) -> set[str | None]:
        found = who.post("members/lookup", {"phone": builders.LI_PHONE})
        read = who.get(f"members/{brand.li.number}")
        return {answer.body["home_store"] for answer in (found, read)}

    told = {row["number"]: row["home_store"] for row in clerk.get("members").body["results"]}
    assert told == {brand.zhang.number: "A1", brand.li.number: None}
    for who, home in ((clerk, None), (bound, None), (office, "B1"), (theirs, "B1"), (chain, "B1")):
        assert homes(who) == {home}
    assert li.get("members/me").body["home_store"] == "B1"
    east = caller.staff("east", rules.REGIONAL_MANAGER, region=brand.east)
    assert east.get(f"members/{brand.li.number}").body["home_store"] is None


def test_after_a_hand_over_the_member_finds_the_consent_ended(brand: Brand, li: Caller) -> None:
    li.post("members/me/consents", {"store": "A1"})
    li.post("members/me/consents", {"store": "A2"})
    tomorrow = clock.business_day(clock.now(), brand.a1.time_zone) + timedelta(days=1)
    change_owner(builders.SYSTEM, "A1", to="BAICHUAN", on=tomorrow, reason="sold")

    with time_machine.travel(clock.now() + timedelta(days=1)):
        hand_over_stores()
        rows = li.get("members/me/consents").body["results"]
        assert {row["store"]: row["withdrawn_at"] is None for row in rows} == {
            "A1": False,
            "A2": True,
        }
        assert li.delete("members/me/consents/A1").refusal == (404, "consent_not_found")
        admin = signed_in(builders.build_staff("admin", rules.HEAD_OFFICE_ADMIN))
        for state, stores in (("live", ["A2"]), ("withdrawn", ["A1"])):
            answer: Any = admin.get(f"/admin/members/storeconsent/?state={state}")
            shown = answer.context["cl"].result_list
            assert [row.store.code for row in shown] == stores
