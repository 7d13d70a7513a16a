"""Imported history is kept under the owner and region of its own business day."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.common import clock
from apps.flows.change_owner import change_owner
from apps.flows.close_store import close_store
from apps.flows.import_orders import ImportBatch, import_orders
from apps.flows.store_plan import StoreTradedToday
from apps.flows.tasks import hand_over_stores
from apps.flows.withdraw_hand_over import withdraw_hand_over
from apps.inventory.models import Movement
from apps.inventory.services import ReceiptRow, UnknownReceipt
from apps.orders.models import Order
from apps.orders.services import LineRow, OrderRow
from apps.org import services as org_services
from apps.payments.rules import TenderDraft
from tests import books, builders
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db
ZONE = "Asia/Shanghai"
HAND_OVER = date(2026, 3, 1)
MIDNIGHT = clock.start_of_day(HAND_OVER, ZONE)


@pytest.fixture
def brand() -> Brand:
    """Store A1 went from Anhe to Baichuan on 1 March 2026."""
    with time_machine.travel(MIDNIGHT - timedelta(days=30)):
        brand = builders.build_brand()
        change_owner(SYSTEM, "A1", to="BAICHUAN", on=HAND_OVER, reason="sold")
    return brand


def sold_at(*receipts: ReceiptRow, **times: datetime) -> ImportBatch:
    """One TEA at A1, for each source key at its time."""
    return ImportBatch(
        source="till",
        prefix="T-",
        orders=[OrderRow(key, "A1", "pos", None, at) for key, at in times.items()],
        lines=[LineRow(key, 1, "TEA", 1, 1999, 1999) for key in times],
        tenders={key: [TenderDraft("cash", 1999)] for key in times},
        receipts=list(receipts),
    )


def test_an_order_is_the_owners_of_its_day(brand: Brand) -> None:
    batch = sold_at(last=MIDNIGHT - timedelta(seconds=1), first=MIDNIGHT)

    result = import_orders(SYSTEM, batch)

    assert (result.created, result.rejected) == (2, {})
    owners = dict(Order.objects.values_list("source_key", "franchisee__code"))
    assert owners == {"last": "ANHE", "first": "BAICHUAN"}
    moved = dict(Movement.objects.filter(kind="sale").values_list("reference", "franchisee__code"))
    assert moved == {"T-last": "ANHE", "T-first": "BAICHUAN"}
    assert set(books.differences()) == {"org.tenure"}  # the sweep has not run


def test_an_order_of_a_day_without_an_owner_is_reported(brand: Brand) -> None:
    before = clock.start_of_day(builders.OPENED_ON, ZONE) - timedelta(seconds=1)

    result = import_orders(SYSTEM, sold_at(early=before, first=MIDNIGHT))

    assert (result.created, result.rejected) == (1, {"early": "no_owner_that_day"})
    assert list(Order.objects.values_list("source_key", flat=True)) == ["first"]


def test_a_closed_store_takes_the_history_of_its_own_days_only(brand: Brand) -> None:
    with time_machine.travel(MIDNIGHT + timedelta(days=9, hours=12)):
        hand_over_stores()
        close_store(SYSTEM, "A1", successor=None, stock_to="B1", reason="lease ended")
    last, after = MIDNIGHT + timedelta(days=9), MIDNIGHT + timedelta(days=10)
    goods = ReceiptRow("A1", "TEA", 1, "R-1", last)

    result = import_orders(SYSTEM, sold_at(goods, last=last, after=after))

    assert (result.created, result.rejected) == (1, {"after": "no_owner_that_day"})
    assert Order.objects.get().franchisee == brand.baichuan
    assert books.differences() == {}


def test_a_receipt_is_the_owners_of_its_day(brand: Brand) -> None:
    batch = sold_at(
        ReceiptRow("A1", "TEA", 1, "R-last", MIDNIGHT - timedelta(seconds=1)),
        ReceiptRow("A1", "TEA", 2, "R-first", MIDNIGHT),
    )

    import_orders(SYSTEM, batch)

    received = Movement.objects.filter(reference__startswith="R-")
    owners = dict(received.values_list("reference", "franchisee__code"))
    assert owners == {"R-last": "ANHE", "R-first": "BAICHUAN"}


def test_a_receipt_of_a_day_without_an_owner_refuses_the_batch(brand: Brand) -> None:
    early = clock.start_of_day(builders.OPENED_ON, ZONE) - timedelta(seconds=1)
    batch = sold_at(ReceiptRow("A1", "TEA", 1, "R-early", early))
    rows = books.row_counts()

    with pytest.raises(UnknownReceipt):
        import_orders(SYSTEM, batch)

    assert books.row_counts() == rows


def test_what_was_imported_for_a_later_day_keeps_its_owner(brand: Brand) -> None:
    """A till whose clock is wrong: its orders are frozen under whom they were written down for."""
    with time_machine.travel(MIDNIGHT - timedelta(days=10)):
        import_orders(SYSTEM, sold_at(ahead=MIDNIGHT))
        with pytest.raises(StoreTradedToday):
            withdraw_hand_over(SYSTEM, "A1", reason="the sale fell through")
        with pytest.raises(StoreTradedToday):
            change_owner(SYSTEM, "A1", to=None, on=HAND_OVER, reason="again")
        change_owner(SYSTEM, "A1", to=None, on=HAND_OVER + timedelta(days=1), reason="again")
        assert books.differences() == {}


@pytest.mark.usefixtures("brand")
def test_all_stores_of_an_import_are_held_before_anything_else_is_locked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A store that only receives goods is no exception: stores come first in the house's order."""
    held: list[tuple[set[str], int]] = []
    hold = org_services.hold_stores

    def watched(codes: Collection[str]) -> None:
        held.append((set(codes), len(asked)))
        hold(codes)

    monkeypatch.setattr(org_services, "hold_stores", watched)
    arrived = ReceiptRow("B1", "TEA", 1, "RCV-B1", MIDNIGHT)
    with CaptureQueriesContext(connection) as asked:
        import_orders(SYSTEM, sold_at(arrived, one=MIDNIGHT))

    said = [query["sql"] for query in asked]
    [(stores, before)] = held
    assert stores == {"A1", "B1"}
    assert "FOR SHARE" in said[before]
    assert not any("INSERT INTO" in text for text in said[:before])
    assert sum("FOR SHARE" in text for text in said) == 1
