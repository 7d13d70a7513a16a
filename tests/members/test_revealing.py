"""Looks at personal values: on record before anything is shown, and too many open a case."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import AccessCase, AuditLine, PersonalDataAccess
from apps.accounts.services import privacy
from apps.members import services as members
from apps.members.services import revealing
from apps.org import rules as roles
from tests import builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 25, 9, 50, tzinfo=UTC)


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def service(brand: Brand) -> Actor:
    return builders.staff_actor("service", roles.CUSTOMER_SERVICE)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


def look(actor: Actor, brand: Brand, *, times: int = 1, reason: str = "asked") -> None:
    for _ in range(times):
        members.reveal(actor, brand.zhang.number, fields=["phone"], reason=reason, via="admin")


def test_nothing_is_shown_when_the_look_cannot_be_recorded(
    brand: Brand, service: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(privacy, "record", refuse)
    with pytest.raises(RuntimeError):
        look(service, brand)
    assert not PersonalDataAccess.objects.exists()


def test_a_look_stays_on_record(brand: Brand, service: Actor) -> None:
    look(service, brand)
    table = PersonalDataAccess.objects.all()
    for change in (lambda: table.update(reason=""), table.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert PersonalDataAccess.objects.count() == 1


def test_what_was_revealed_stands_in_no_repr_and_no_reason(brand: Brand, service: Actor) -> None:
    reason = "张小明 of 138 0000 1234 or 13800001234 rang"
    found = members.reveal(
        service, brand.zhang.number, fields=["phone", "name"], reason=reason, via="admin"
    )
    assert dict(found.values) == {"name": "张小明", "phone": "+8613800001234"}
    assert repr(found) == f"Revealed(number='{brand.zhang.number}')"
    kept = [PersonalDataAccess.objects.get().reason, AuditLine.objects.latest("id").reason]
    assert kept == ["*** of *** or *** rang"] * 2


def test_a_reason_that_grows_without_the_values_fits(brand: Brand, service: Actor) -> None:
    members.reveal(service, brand.li.number, fields=["name"], reason="李华" * 127, via="api")

    assert PersonalDataAccess.objects.get().reason == "*" * 255
    assert AuditLine.objects.latest("id").reason == "*" * 255


def test_thirty_looks_in_an_hour_are_work_and_one_more_opens_a_case(
    brand: Brand, service: Actor, clock: time_machine.Traveller
) -> None:
    look(service, brand, times=30)
    assert not AccessCase.objects.exists()

    look(service, brand)

    case = AccessCase.objects.get()
    assert (case.actor_label, case.status, case.opened_at) == ("service", "open", START)
    assert AuditLine.objects.filter(action="privacy.open_case", object_key="service").count() == 1


def test_further_looks_belong_to_the_case_of_their_hour(
    brand: Brand, service: Actor, clock: time_machine.Traveller
) -> None:
    """Also across the turn of the hour: it is counted from the case, not from the clock."""
    look(service, brand, times=31)
    clock.shift(timedelta(minutes=20))
    look(service, brand, times=5)
    assert PersonalDataAccess.objects.count() == 36
    assert AccessCase.objects.count() == 1

    clock.shift(timedelta(minutes=41))  # all but five are more than an hour ago
    look(service, brand, times=25)
    assert AccessCase.objects.count() == 1
    look(service, brand)
    assert AccessCase.objects.count() == 2


def test_looks_of_others_and_of_earlier_do_not_count(
    brand: Brand, service: Actor, clock: time_machine.Traveller
) -> None:
    other = builders.staff_actor("other", roles.HEAD_OFFICE_ADMIN)
    look(service, brand, times=20)
    look(other, brand, times=30)
    clock.shift(timedelta(minutes=61))
    look(service, brand, times=30)
    assert not AccessCase.objects.exists()


def test_a_case_is_closed_once_with_a_note_by_somebody_else(
    brand: Brand, service: Actor, clock: time_machine.Traveller
) -> None:
    look(service, brand, times=31)
    case = AccessCase.objects.get()
    auditor = builders.staff_actor("auditor", roles.AUDITOR)

    with pytest.raises(accounts.NoteWanted):
        accounts.close_case(auditor, case.pk, note=" ")
    with pytest.raises(accounts.CaseOfYourOwn):
        accounts.close_case(service, case.pk, note="that was me")
    case.refresh_from_db()
    assert case.status == "open"

    accounts.close_case(auditor, case.pk, note="recall of a batch")

    case.refresh_from_db()
    assert (case.status, case.closed_by, case.note) == ("closed", "auditor", "recall of a batch")
    line = AuditLine.objects.get(action="privacy.close_case")
    assert (line.object_key, line.reason, line.role) == ("service", case.note, roles.AUDITOR)
    with pytest.raises(accounts.CaseClosed):
        accounts.close_case(auditor, case.pk, note="again")
    with pytest.raises(accounts.CaseNotFound):
        accounts.close_case(auditor, 0, note="none")


@pytest.mark.parametrize("fields", [[], ["password"], ["phone", "password"]])
def test_only_known_values_can_be_asked_for(
    brand: Brand, service: Actor, fields: list[str]
) -> None:
    with pytest.raises(members.FieldUnknown):
        revealing.reveal(service, brand.zhang.number, fields=fields, reason="asked", via="api")
    assert not PersonalDataAccess.objects.exists()


def test_a_member_without_a_home_store_is_for_those_who_see_everybody(brand: Brand) -> None:
    free = members.enrol_member(builders.SYSTEM, identities={"card": "FREE-1"})
    service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
    found = members.reveal(service, free.number, fields=["card"], reason="asked", via="api")
    assert found.values == (("card", "FREE-1"),)
    assert PersonalDataAccess.objects.get().role == roles.CUSTOMER_SERVICE
