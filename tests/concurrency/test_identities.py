"""One phone is one member, also while its index moves to a new key; one burst of looks is one case."""

import contextlib
import secrets
import threading
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from apps.accounts import services as accounts
from apps.accounts.models import AccessCase, PersonalDataAccess
from apps.common import invariants
from apps.common.invariants import Result
from apps.members import services as members
from apps.members.invariants import INVARIANTS
from apps.members.models import Identity, IdentityIndex, Member
from apps.members.selectors import HomePlace
from apps.org import rules as roles
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

OLD, NEW = "1:" + secrets.token_urlsafe(48), "2:" + secrets.token_urlsafe(48)
PHONES = [f"137{number:08}" for number in range(40)]
KNOWN = PHONES[:20]
THREADS = 8


def enrol(phone: str, card: str = "") -> str:
    """The kind that was refused; empty for who came first."""
    identities = {"phone": phone} | ({"card": card} if card else {})
    try:
        members.enrol_member(SYSTEM, identities=identities, name="张小明")
    except members.IdentityTaken as refusal:
        return next(iter(refusal.fields))
    return ""


def assert_one_member_each(phones: list[str]) -> None:
    lines = [invariants.check(line) for line in INVARIANTS]
    assert [line.code for line in lines if line.result is Result.DIFFERS] == []
    assert Member.objects.count() == len(phones)
    assert Identity.objects.filter(kind="phone").count() == len(phones)


def test_one_phone_is_one_member_whoever_comes_first(committed_db: str) -> None:
    for phone in PHONES[:5]:
        results = run_in_threads([partial(enrol, phone)] * THREADS)
        assert sorted(results) == [""] + ["phone"] * (THREADS - 1)
    assert_one_member_each(PHONES[:5])


def test_the_same_values_in_any_order_do_not_deadlock(committed_db: str) -> None:
    """Each pair shares the phone with one neighbour and the card with the other."""
    for turn in range(5):
        work = [
            lambda n=n, turn=turn: enrol(f"1380{turn:03}{n // 2:04}", f"C-{turn}-{(n + 1) // 2}")
            for n in range(THREADS)
        ]
        results = run_in_threads(work)
        assert all(isinstance(one, str) for one in results), results
        assert results.count("") >= THREADS // 4


def test_enrolments_beside_a_change_of_keys(committed_db: str) -> None:
    """Twenty phones are known under the old key alone; forty are enrolled by eight tills at once
    while the rotation runs."""
    with override_settings(BLIND_INDEX_KEYS=[OLD]):
        for phone in KNOWN:
            assert enrol(phone) == ""
    said = StringIO()

    def rotate() -> None:
        call_command("rotate_identity_keys", "--page=1", stdout=said)

    def till(number: int) -> list[str]:
        own = PHONES[number * 5 :] + PHONES[: number * 5]  # each begins elsewhere
        return [phone for phone in own if enrol(phone) == ""]

    with override_settings(BLIND_INDEX_KEYS=[NEW, OLD]):
        results = run_in_threads(
            [rotate, *(lambda number=number: till(number) for number in range(THREADS))]
        )
        assert results[0] is None
        taken = [phone for won in results[1:] for phone in won]
        assert sorted(taken) == PHONES[20:]
        call_command("rotate_identity_keys", "--finish", stdout=said)
        assert_one_member_each(PHONES)
    with override_settings(BLIND_INDEX_KEYS=[NEW]):
        assert all(enrol(phone) == "phone" for phone in PHONES)
        assert_one_member_each(PHONES)
    assert IdentityIndex.objects.count() == len(PHONES)


def test_two_rotations_at_once_end_as_one(committed_db: str) -> None:
    with override_settings(BLIND_INDEX_KEYS=[OLD]):
        for phone in KNOWN:
            enrol(phone)

    def rotate() -> None:
        call_command("rotate_identity_keys", "--page=3", "--finish", stdout=StringIO())

    with override_settings(BLIND_INDEX_KEYS=[NEW, OLD]):
        assert run_in_threads([rotate] * 4) == [None] * 4
        assert_one_member_each(KNOWN)
    assert IdentityIndex.objects.count() == len(KNOWN)


@pytest.mark.parametrize("before", [20, 30])
def test_a_burst_of_looks_opens_one_case(brand: Brand, before: int) -> None:
    service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
    number = brand.zhang.number

    def look() -> None:
        members.reveal(service, number, fields=["phone"], reason="asked", via="admin")

    for _ in range(before):
        look()
    assert not AccessCase.objects.exists()

    assert run_in_threads([look] * 16) == [None] * 16

    assert PersonalDataAccess.objects.count() == before + 16
    assert AccessCase.objects.count() == 1


def test_two_looks_at_once_are_counted_one_after_the_other(brand: Brand) -> None:
    """The thirtieth and the one after it: uncommitted, neither would see the other."""
    service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
    for _ in range(29):
        members.reveal(service, brand.zhang.number, fields=["name"], reason="asked", via="api")
    both_written = threading.Barrier(2)

    def look() -> None:
        with transaction.atomic():
            accounts.note_access(
                service,
                subject=("member", brand.zhang.number),
                fields=["name"],
                reason="asked",
                via="api",
                under="members.see_personal",
                place=HomePlace(None, None, None),
            )
            with contextlib.suppress(threading.BrokenBarrierError):
                both_written.wait(1)

    assert run_in_threads([look, look]) == [None, None]

    assert PersonalDataAccess.objects.count() == 31
    assert AccessCase.objects.count() == 1


def test_a_case_is_kept_single_by_the_database_too(brand: Brand) -> None:
    service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
    for _ in range(31):
        members.reveal(service, brand.zhang.number, fields=["name"], reason="asked", via="admin")
    case = AccessCase.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_accesscase (actor_kind, actor_id, actor_label, opened_at,"
            " covers_until, status, closed_by, note) SELECT actor_kind, actor_id, actor_label,"
            " opened_at + interval '59 minutes', covers_until + interval '59 minutes', status,"
            " closed_by, note FROM accounts_accesscase ON CONFLICT DO NOTHING"
        )
        assert cursor.rowcount == 0
    assert AccessCase.objects.get() == case
