"""Points that expire while others are earned: balance, lots and entries stay one."""

from datetime import timedelta

import pytest
from django.db import connection

from apps.common import clock
from apps.flows.place_order import place_order
from apps.loyalty import rules
from apps.loyalty import services as loyalty
from apps.loyalty.models import LotDraw, PointsAccount, PointsEntry, PointsLot
from tests import books, builders
from tests.builders import Brand
from tests.threads import run_in_threads

ROUNDS = 8


def expire(member_id: int) -> int:
    return loyalty.expire_lots(member_id, now=clock.now(), time_zone="Asia/Shanghai")


def age(member_id: int) -> None:
    """Every lot of the member is past its date."""
    PointsLot.objects.filter(member_id=member_id).update(expires_at=clock.now() - timedelta(days=1))


def rejuvenate() -> None:
    """Every lot has the date of its rule again, which the books go by."""
    for lot in PointsLot.objects.select_related("entry__store"):
        lot.expires_at = rules.lot_expiry(lot.entry.at, lot.entry.store.time_zone)
        lot.save(update_fields=["expires_at"])


def test_expiry_and_earning_at_once(brand: Brand) -> None:
    clerk = builders.clerk_at(brand.a1)
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)

    def earn() -> None:
        place_order(clerk, request, builders.once(clerk))

    earn()
    for round_no in range(1, ROUNDS + 1):
        age(brand.zhang.pk)
        due = PointsLot.objects.filter(remaining__gt=0).count() * 19
        results = run_in_threads(
            [lambda: expire(brand.zhang.pk), lambda: expire(brand.zhang.pk), earn, earn]
        )
        assert results[2:] == [None, None]
        assert sum(results[:2]) == due  # what was due expired once, whichever sweep had it
        balance = PointsAccount.objects.get().balance
        assert balance == 2 * 19
        assert PointsEntry.objects.filter(kind="earn").count() == 1 + 2 * round_no
    assert LotDraw.objects.count() == 1 + 2 * (ROUNDS - 1)
    rejuvenate()
    assert books.differences() == {}


def test_without_the_account_lock_one_lot_expires_twice(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger's own key (one expiry a lot) is what then stops the second sweep."""
    clerk = builders.clerk_at(brand.a1)
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    unlocked = loyalty.EXPIRE.replace("FOR UPDATE OF lot", "").replace("FOR UPDATE", "")
    monkeypatch.setattr(loyalty, "EXPIRE", unlocked)
    failures = []
    for _round in range(ROUNDS):
        place_order(clerk, request, builders.once(clerk))
        age(brand.zhang.pk)
        results = run_in_threads([lambda: expire(brand.zhang.pk)] * 4)
        failures += [result for result in results if isinstance(result, Exception)]
    assert failures
    assert all("points_entry_once" in str(failure) for failure in failures)
    rejuvenate()
    assert books.differences() == {}
    connection.close()
