"""Points by hand: lots drain as a plain reference says, and the tables refuse what is no adjustment."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.common import clock
from apps.loyalty import rules, services
from apps.loyalty import selectors as loyalty
from apps.loyalty.models import LotDraw, PointsAccount, PointsEntry, PointsLot
from apps.members.models import Member
from tests import builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db

ZONE = "Asia/Shanghai"
NOW = clock.now()


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def adjust(member: Member, points: int, reference: str) -> int:
    adjustment = services.Adjustment(member.pk, points, f"approval:{reference}", "by hand")
    return services.adjust_points(adjustment, at=NOW, time_zone=ZONE)


def test_points_added_are_a_lot_with_the_usual_expiry(brand: Brand) -> None:
    assert adjust(brand.zhang, 40, "A1") == 40
    assert adjust(brand.zhang, 2, "A2") == 42

    lots = PointsLot.objects.order_by("id")
    assert [(lot.points, lot.remaining) for lot in lots] == [(40, 40), (2, 2)]
    assert {lot.expires_at for lot in lots} == {rules.lot_expiry(NOW, ZONE)}
    assert PointsAccount.objects.get().balance == 42
    assert {entry.business_day for entry in PointsEntry.objects.all()} == {
        clock.business_day(NOW, ZONE)
    }


def test_an_adjustment_under_one_reference_happens_once(brand: Brand) -> None:
    adjust(brand.zhang, 40, "A1")
    for points in (40, -40):
        with pytest.raises(IntegrityError, match="points_entry_once"), transaction.atomic():
            adjust(brand.zhang, points, "A1")
    assert PointsAccount.objects.get().balance == 40


def test_a_member_without_points_has_none_to_take(brand: Brand) -> None:
    with pytest.raises(services.InsufficientPoints):
        adjust(brand.zhang, -1, "A1")
    assert not PointsEntry.objects.exists()
    assert not PointsAccount.objects.exists()


@pytest.mark.parametrize("lots", [1, 60])
def test_taking_costs_the_same_whatever_the_lots(brand: Brand, lots: int) -> None:
    for number in range(lots):
        adjust(brand.zhang, 10, f"A{number}")
    with CaptureQueriesContext(connection) as asked:
        assert adjust(brand.zhang, -10 * lots, "A-take") == 0
    written = [one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]
    assert len(written) == 2
    assert LotDraw.objects.count() == lots


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"points": 0}, "points_entry_sign"),
        ({"reference": "order:S1"}, "points_adjusted_by_approval"),
    ],
)
def test_the_ledger_knows_what_an_adjustment_is(
    brand: Brand, change: dict[str, object], constraint: str
) -> None:
    entry = {
        "kind": "adjust",
        "points": 1,
        "reference": "approval:A1",
        "reason": "by hand",
        "member": brand.zhang,
        "business_day": clock.business_day(NOW, ZONE),
        "at": NOW,
    } | change
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PointsEntry.objects.create(**entry)


def test_the_right_that_so_many_points_need() -> None:
    assert [rules.action_to_adjust(points) for points in (1, -1000, 1000, 1001, -1001)] == [
        "points.adjust",
        "points.adjust",
        "points.adjust",
        "points.adjust_above_limit",
        "points.adjust_above_limit",
    ]


@dataclass
class Lot:
    """The reference's lot: what is left, and after how many days it ends (negative: it has)."""

    remaining: int
    days: int
    key: int = 0


def drain(lots: list[Lot], points: int) -> dict[int, int] | None:
    """What a plain loop takes from which lot; None where there is not enough."""
    open_lots = [lot for lot in lots if lot.days > 0 and lot.remaining > 0]
    if sum(lot.remaining for lot in open_lots) < points:
        return None
    taken = {}
    for lot in sorted(open_lots, key=lambda lot: (lot.days, lot.key)):
        part = min(lot.remaining, points)
        if part:
            taken[lot.key] = part
        points -= part
    return taken


LOTS = st.lists(st.builds(Lot, st.integers(1, 50), st.sampled_from([-1, 1, 2, 3])), max_size=8)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lots=LOTS, amounts=st.lists(st.integers(1, 120), min_size=1, max_size=4))
def test_lots_drain_as_the_reference_says(
    brand: Brand, lots: list[Lot], amounts: list[int]
) -> None:
    save = transaction.savepoint()
    try:
        _fill(brand.zhang, lots)
        for number, amount in enumerate(amounts):
            expected = drain(lots, amount)
            assert _taken(brand.zhang, amount, f"A-take-{number}") == expected
            for lot in lots:
                lot.remaining -= (expected or {}).get(lot.key, 0)
            assert loyalty.balance_of(brand.zhang.pk) == sum(lot.remaining for lot in lots)
        rows = PointsLot.objects.order_by("id").values_list("remaining", flat=True)
        assert list(rows) == [lot.remaining for lot in lots]
    finally:
        transaction.savepoint_rollback(save)


def _fill(member: Member, lots: list[Lot]) -> None:
    for number, lot in enumerate(lots):
        adjust(member, lot.remaining, f"A{number}")
        row = PointsLot.objects.latest("id")
        row.expires_at = NOW + timedelta(days=lot.days)
        row.save(update_fields=["expires_at"])
        lot.key = row.pk


def _taken(member: Member, amount: int, reference: str) -> dict[int, int] | None:
    """What the service took from which lot; None where it refused."""
    before = loyalty.balance_of(member.pk)
    try:
        balance = adjust(member, -amount, reference)
    except services.InsufficientPoints:
        assert not PointsEntry.objects.filter(reference=f"approval:{reference}").exists()
        return None
    assert balance == before - amount
    draws = LotDraw.objects.filter(entry__reference=f"approval:{reference}")
    return dict(draws.values_list("lot_id", "points"))
