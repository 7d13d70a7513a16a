"""Roll-ups: what documents say, in time, once, and the same again from scratch."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from apps.common import clock, sql
from apps.flows.cancel_order import cancel_order
from apps.flows.pay_order import pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.receive_notice import receive_notice
from apps.insights import services, statements
from apps.insights.models import Mark, StoreDay, StoreHour
from apps.insights.statements import MEASURES
from apps.loyalty import services as loyalty
from apps.org.models import Store
from apps.payments.services import CaptureNotice
from tests import builders
from tests.threads import run_in_threads

PLACE = ("business_day", "store_id", "franchisee_id", "region_id")


def rows_of(model: Any) -> list[tuple[Any, ...]]:
    """Everything but ids and the time stamp."""
    hour = ("hour",) if model is StoreHour else ()
    return sorted(model.objects.values_list(*PLACE, *hour, *MEASURES), key=repr)


def sell(brand: builders.Brand, *, times: int, seed: int) -> None:
    """A random day: counter sales, unpaid, cancelled and late-paid orders, expired points."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(times):
        store = chance.choice([brand.a1, brand.a2, brand.b1, brand.direct])
        member = chance.choice([brand.zhang, brand.li])
        shopper, clerk = builders.member_actor(member), builders.SYSTEM
        if chance.random() < 0.5:
            wish = builders.sale_of(store, {"MILK": "2"}, 600, member=member)
            place_order(clerk, wish, builders.once(clerk))
            continue
        wish = builders.unpaid_order_of(store, {"MILK": "1"}, 300, member=member)
        order = place_order(shopper, wish, builders.once(shopper))["number"]
        payment = pay_with_provider(shopper, order, builders.once(shopper))["number"]
        if chance.random() < 0.5:
            cancel_order(shopper, order, reason="no", once=builders.once(shopper))
        if chance.random() < 0.7:
            receive_notice(CaptureNotice("sandbox", f"{seed}-{number}", payment, 300))
    later = clock.now() + timedelta(days=800)
    loyalty.expire_lots(brand.zhang.pk, now=later, time_zone="Asia/Shanghai")


@pytest.mark.django_db
def test_a_day_is_what_its_documents_say() -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.a1)
    now = clock.now()
    today = clock.business_day(now, "Asia/Shanghai")
    sale = builders.sale_of(brand.a1, {"TEA": "2", "RICE": "1.5"}, 5273, member=brand.zhang)
    place_order(clerk, sale, builders.once(clerk))
    unpaid = builders.unpaid_order_of(brand.a1, {"MILK": "1"}, 300)
    place_order(builders.SYSTEM, unpaid, builders.once(builders.SYSTEM))

    services.roll_up(today, now=now)

    (day,) = StoreDay.objects.all()
    (hour,) = StoreHour.objects.all()
    assert hour.hour == now.astimezone(clock.zone("Asia/Shanghai")).hour
    expected = (today, brand.a1.pk, brand.anhe.pk, brand.east.pk, 1, 5273, 1, 0, 52, 0)
    assert rows_of(StoreDay) == [expected]
    assert rows_of(StoreHour) == [(*expected[:4], hour.hour, *expected[4:])]
    assert day.rolled_up_at == now


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_rebuild_makes_the_same_rows(seed: int) -> None:
    brand = builders.build_brand()
    for part in range(3):
        sell(brand, times=6, seed=seed * 10 + part)
        services.refresh(now=clock.now())
    kept = rows_of(StoreDay), rows_of(StoreHour)
    assert kept[0]
    assert sum(line[5] for line in kept[0]) > 0
    StoreHour.objects.all().delete()
    StoreDay.objects.all().update(sales=7)

    call_command("rebuild_insights")

    assert (rows_of(StoreDay), rows_of(StoreHour)) == kept


@pytest.mark.django_db
def test_what_is_right_is_not_written_again_and_what_is_gone_is_removed() -> None:
    brand = builders.build_brand()
    sell(brand, times=4, seed=5)
    first, later = clock.now(), clock.now() + timedelta(hours=1)
    today = clock.business_day(first, "Asia/Shanghai")
    services.roll_up(today, now=first)
    kept = rows_of(StoreDay)
    StoreDay.objects.bulk_create(
        [StoreDay(business_day=today, rolled_up_at=first, **dict.fromkeys(MEASURES, 1))]
    )

    services.roll_up(today, now=later)

    assert rows_of(StoreDay) == kept
    assert set(StoreDay.objects.values_list("rolled_up_at", flat=True)) == {first}


@pytest.mark.django_db
def test_an_earlier_day_that_is_touched_is_rolled_up_again() -> None:
    """The marks lag: what came with a low id is found for ten minutes more."""
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.a1)
    wish = builders.sale_of(brand.a1, {"MILK": "2"}, 600, member=brand.zhang)
    place_order(clerk, wish, builders.once(clerk))
    now = clock.now()
    tomorrow = now + timedelta(days=1)
    services.refresh(now=now)
    assert set(Mark.objects.values_list("low", flat=True)) == {0}
    StoreDay.objects.update(sales=1)

    assert services.refresh(now=tomorrow) == 2  # nothing new, but above the mark still

    assert StoreDay.objects.get().sales == 600
    assert min(Mark.objects.values_list("low", flat=True)) > 0
    later = tomorrow + timedelta(minutes=1)
    assert services.refresh(now=later) == 1  # the day of that moment alone
    place_order(clerk, wish, builders.once(clerk))
    assert services.refresh(now=later) == 2
    assert (StoreDay.objects.get().sales, StoreDay.objects.get().orders) == (1200, 2)


def test_two_at_a_time_make_one(committed_db: str) -> None:
    brand = builders.build_brand()
    sell(brand, times=6, seed=4)
    now = clock.now()
    today = clock.business_day(now, "Asia/Shanghai")

    results = run_in_threads([lambda: services.roll_up(today, now=now)] * 4)

    assert results == [None] * 4
    assert sum(line[4] for line in rows_of(StoreDay)) == sum(line[5] for line in rows_of(StoreHour))


def test_a_roll_up_waits_for_another_of_its_day(committed_db: str) -> None:
    """Without the lock, one that read before a sale could write after one that saw it."""
    today = date(2026, 11, 24)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_lock(hashtextextended('insights ' || %s::date, 0))", [today]
        )

        def hurried() -> str:
            with connection.cursor() as inner:
                inner.execute("SET lock_timeout = '200ms'")
                try:
                    services.roll_up(today, now=clock.now())
                except Exception as error:  # noqa: BLE001 - its name is the result
                    return type(error).__name__
            return "done"

        assert run_in_threads([hurried]) == ["OperationalError"]
        cursor.execute("SELECT pg_advisory_unlock_all()")
        assert run_in_threads([hurried]) == ["done"]


@pytest.mark.django_db
def test_a_changed_clock_moves_the_hours_of_all_days() -> None:
    with time_machine.travel(clock.now() - timedelta(days=4)):
        brand = builders.build_brand()
    with time_machine.travel(clock.now() - timedelta(days=3)):
        sell(brand, times=6, seed=3)
    now = clock.now()
    for minutes in (0, 11, 22):  # until the marks stand above everything
        services.refresh(now=now + timedelta(minutes=minutes))
    before = rows_of(StoreHour)

    Store.objects.filter(code="A1").update(time_zone="Asia/Tokyo")
    assert differing_days() == []  # not wrong, but not looked at yet
    services.refresh(now=now + timedelta(minutes=23))

    after = rows_of(StoreHour)
    assert after != before
    services.rebuild(None, None, now=now)
    assert rows_of(StoreHour) == after


@pytest.mark.django_db
def test_a_changed_clock_is_worked_off_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark lags behind the change, and with it came all days of the store on every run."""
    with time_machine.travel(clock.now() - timedelta(days=4)):
        brand = builders.build_brand()
    now = clock.now()
    past = [now - timedelta(days=back) for back in (3, 2, 1)]
    for at in past:
        with time_machine.travel(at):
            for store in (brand.a1, brand.b1):
                wish = builders.sale_of(store, {"MILK": "2"}, 600, member=brand.zhang)
                place_order(builders.SYSTEM, wish, builders.once(builders.SYSTEM))
    for minutes in (0, 11, 22):
        services.refresh(now=now + timedelta(minutes=minutes))
    done: list[date] = []
    roll_up = services.roll_up

    def counted(day: date, *, now: Any) -> None:
        done.append(day)
        roll_up(day, now=now)

    monkeypatch.setattr(services, "roll_up", counted)
    today = clock.business_day(now + timedelta(minutes=23), "Asia/Shanghai")
    days = {clock.business_day(at, "Asia/Shanghai") for at in past}

    Store.objects.filter(code="A1").update(time_zone="Asia/Tokyo")
    services.refresh(now=now + timedelta(minutes=23))
    first, done[:] = list(done), []
    later = [now + timedelta(minutes=minutes) for minutes in (24, 25, 34)]
    for at in later:
        services.refresh(now=at)

    assert set(first) == days | {today}
    assert done == [clock.business_day(at, "Asia/Shanghai") for at in later]
    waits = [line[0] for line in sql.rows(statements.CLOCKS, {})]
    assert waits == [brand.a1.pk], "the mark stands below the change still"


def differing_days() -> list[str]:
    """Business days that the proof finds wrong."""
    found = sql.rows(statements.PROOF, {"zone": "Asia/Shanghai"})
    return [day for day, right in found if not right]


@pytest.mark.django_db
def test_the_command_takes_days_and_refuses_a_wrong_order(capsys: Any) -> None:
    brand = builders.build_brand()
    sell(brand, times=2, seed=2)

    call_command("rebuild_insights", "--from", "2026-01-01", "--to", "2026-01-03")

    assert "3" in capsys.readouterr().out
    assert not StoreDay.objects.exists()
    with pytest.raises(CommandError):
        call_command("rebuild_insights", "--from", "2026-01-03", "--to", "2026-01-01")
