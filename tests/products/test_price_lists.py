"""Price lists over time: drafted, released by two people, scheduled, ended; and what prices were."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.flows.decide_approval import approve
from apps.flows.place_order import place_order
from apps.flows.quote import QuoteRequest, quote
from apps.orders.models import OrderLine
from apps.orders.rules import LineRequest, PriceChanged
from apps.org import rules as roles
from apps.products import services as products
from apps.products.models import Price, PriceList
from tests import books, builders
from tests.builders import SYSTEM, Brand, grounds, once

pytestmark = pytest.mark.django_db

MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
SINGLES_DAY = datetime(2026, 12, 12, tzinfo=UTC)


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def operations() -> Actor:
    return builders.staff_actor("operations", roles.OPERATIONS)


def drafted(code: str, brand: Brand, amount: int | None = 1500, **terms: Any) -> PriceList:
    price_list = PriceList.objects.create(code=code, name=code, **terms)
    products.set_price(SYSTEM, sku="TEA", price_list=code, amount=amount)
    return price_list


def release(price_list: PriceList) -> PriceList:
    with transaction.atomic():
        locked = products.lock_price_list(price_list.code)
        products.release_price_list(SYSTEM, locked, at=clock.now(), reason="Singles' Day")
    return locked


def quoted(brand: Brand, quantity: str = "1") -> dict[str, Any]:
    wish = QuoteRequest("A1", "pos", [LineRequest("TEA", Decimal(quantity))])
    line: dict[str, Any] = quote(SYSTEM, wish)["lines"][0]
    return line


def refusal_of(act: Any) -> str:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


def test_a_draft_is_nobodys_price(brand: Brand) -> None:
    drafted("SALE", brand, priority=1)
    assert quoted(brand)["unit_price"] == 1999


def test_a_scheduled_list_begins_and_ends_by_the_clock(brand: Brand) -> None:
    """No job runs: the last moment before, the first, the last and the one after."""
    begin, end = SINGLES_DAY, SINGLES_DAY + HOUR
    release(drafted("SALE", brand, priority=1, starts_at=begin, ends_at=end))
    found = {}
    for at in (begin - MOMENT, begin, end - MOMENT, end):
        with time_machine.travel(at, tick=False):
            line = quoted(brand)
            found[at] = (line["unit_price"], line["price"]["price_list"])

    assert found == {
        begin - MOMENT: (1999, "BASE"),
        begin: (1500, "SALE"),
        end - MOMENT: (1500, "SALE"),
        end: (1999, "BASE"),
    }


def test_a_scheduled_price_takes_over_at_its_instant(brand: Brand) -> None:
    products.set_price(SYSTEM, sku="TEA", amount=2200, starts_at=SINGLES_DAY)
    with time_machine.travel(SINGLES_DAY - MOMENT, tick=False):
        assert quoted(brand)["unit_price"] == 1999
    with time_machine.travel(SINGLES_DAY, tick=False):
        line = quoted(brand)
        assert line["unit_price"] == 2200
        assert line["price"]["since"] == "2026-12-12T00:00:00Z"


def test_a_quote_says_why(brand: Brand) -> None:
    since = clock.now()
    release(drafted("EAST", brand, 1800, region=brand.east))
    release(drafted("DOZEN", brand, 1700, region=brand.east, min_quantity=Decimal(12)))

    line = quoted(brand, "12")

    assert line["base_price"] == 1999
    assert line["unit_price"] == 1700
    assert line["gross"] == 12 * 1700
    why = line["price"]
    assert datetime.fromisoformat(why.pop("since")) >= since.replace(microsecond=0)
    assert why == {
        "price_list": "DOZEN",
        "scope": {"region": "EAST"},
        "min_quantity": "12",
        "priority": 0,
        "until": None,
        "instead_of": {"price_list": "EAST", "unit_price": 1800},
    }
    assert quoted(brand, "11")["price"]["price_list"] == "EAST"


def test_a_break_counts_all_lines_of_the_sku(brand: Brand) -> None:
    release(drafted("DOZEN", brand, 1700, min_quantity=Decimal(12)))
    lines = [LineRequest("TEA", Decimal(5)), LineRequest("TEA", Decimal(7))]
    found = quote(SYSTEM, QuoteRequest("A1", "pos", lines))
    assert [line["unit_price"] for line in found["lines"]] == [1700, 1700]
    assert found["total"] == 12 * 1700


def test_a_sale_is_priced_as_it_was_quoted(brand: Brand) -> None:
    release(drafted("A1ONLY", brand, 1800, store=brand.a1))
    sale = builders.sale_of(brand.a1, {"TEA": "2"}, 3600)
    with books.unchanged(), pytest.raises(PriceChanged):
        place_order(SYSTEM, builders.sale_of(brand.a2, {"TEA": "2"}, 3600), once(SYSTEM))

    place_order(SYSTEM, sale, once(SYSTEM))

    line = OrderLine.objects.get()
    assert (line.price_list, line.unit_price, line.net_amount) == ("A1ONLY", 1800, 3600)


def test_what_it_cost_at_any_time_and_who_set_it(brand: Brand, operations: Actor) -> None:
    first = Price.objects.get(sku=brand.tea)
    products.set_price(operations, sku="TEA", amount=2100, reason="harvest")
    products.set_price(operations, sku="TEA", amount=None, reason="out of season")
    products.set_price(operations, sku="TEA", amount=2100, reason="again")

    told = Price.objects.filter(sku=brand.tea).order_by("starts_at")
    assert [(row.amount, row.set_by, row.reason) for row in told] == [
        (1999, "tests", ""),
        (2100, "operations", "harvest"),
        (None, "operations", "out of season"),
        (2100, "operations", "again"),
    ]
    with time_machine.travel(first.starts_at, tick=False):
        assert quoted(brand)["unit_price"] == 1999
    with time_machine.travel(told[2].starts_at, tick=False), books.unchanged():
        assert refusal_of(lambda: quoted(brand)) == "sku_not_priced"
    lines = AuditLine.objects.filter(action="products.set_price", actor_label="operations")
    assert [line.changes for line in lines.order_by("id")] == [
        {"base_price": [1999, 2100]},
        {"base_price": [2100, None]},
        {"base_price": [None, 2100]},
    ]


def test_the_same_price_again_is_no_change(brand: Brand) -> None:
    products.set_price(SYSTEM, sku="TEA", amount=1999)
    assert Price.objects.filter(sku=brand.tea).count() == 1


@pytest.mark.parametrize("amount", [-1, 10**12 + 1, 10**18])
def test_an_amount_out_of_range_is_refused(brand: Brand, amount: int) -> None:
    with books.unchanged():
        act = lambda: products.set_price(SYSTEM, sku="TEA", amount=amount)  # noqa: E731
        assert refusal_of(act) == "price_out_of_range"
    assert Price.objects.filter(sku=brand.tea).count() == 1


def test_a_price_is_set_for_now_or_later(brand: Brand) -> None:
    past = clock.now() - HOUR
    act = lambda: products.set_price(SYSTEM, sku="TEA", amount=1, starts_at=past)  # noqa: E731
    assert refusal_of(act) == "price_in_the_past"


def test_what_has_begun_stays_and_what_waits_may_be_called_off(brand: Brand) -> None:
    begun = Price.objects.get(sku=brand.tea)
    products.set_price(SYSTEM, sku="TEA", amount=2200, starts_at=SINGLES_DAY)
    waiting = Price.objects.get(sku=brand.tea, amount=2200)

    act = lambda: products.call_off_price(SYSTEM, begun.pk, reason="no")  # noqa: E731
    assert refusal_of(act) == "price_has_begun"
    products.call_off_price(SYSTEM, waiting.pk, reason="too dear")

    assert list(Price.objects.filter(sku=brand.tea)) == [begun]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        begun.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Price.objects.update(amount=1)


def test_two_lists_that_nothing_tells_apart_are_refused(brand: Brand) -> None:
    day = {"starts_at": SINGLES_DAY, "ends_at": SINGLES_DAY + 2 * HOUR, "region": brand.east}
    release(drafted("ONE", brand, **day))
    later = day | {"starts_at": SINGLES_DAY + HOUR, "ends_at": SINGLES_DAY + 3 * HOUR}
    two = drafted("TWO", brand, **later)

    with books.unchanged():
        assert refusal_of(lambda: release(two)) == "price_list_ambiguous"
    assert PriceList.objects.get(code="TWO").status == "draft"
    for other in ({"priority": 1}, {"min_quantity": Decimal(2)}, {"channel": brand.pos}):
        release(drafted(f"T{len(PriceList.objects.all())}", brand, **later | other))
    touching = later | {"starts_at": day["ends_at"]}
    release(drafted("AFTER", brand, **touching))


def test_a_released_list_keeps_what_it_holds_for(brand: Brand) -> None:
    kept = release(drafted("EAST", brand, region=brand.east))
    for change in ({"region": brand.north}, {"priority": 9}, {"status": "draft"}):
        with pytest.raises(DatabaseError, match="only its end may change"), transaction.atomic():
            PriceList.objects.filter(pk=kept.pk).update(**change)
    empty = release(PriceList.objects.create(code="EMPTY", name="EMPTY", priority=2))
    with pytest.raises(DatabaseError, match="is released and stays"), transaction.atomic():
        PriceList.objects.filter(pk=empty.pk).delete()


def test_a_list_does_not_begin_before_it_is_released(brand: Brand) -> None:
    before = clock.now()
    kept = release(drafted("OLD", brand, priority=1, starts_at=before - 24 * HOUR))
    assert kept.starts_at is not None
    assert kept.starts_at >= before


def test_a_list_is_ended_and_what_it_cost_stays(brand: Brand, operations: Actor) -> None:
    release(drafted("EAST", brand, 1800, region=brand.east))
    sold_at = clock.now()

    products.end_price_list(operations, "EAST", reason="over")

    assert quoted(brand)["unit_price"] == 1999
    with time_machine.travel(sold_at, tick=False):
        assert quoted(brand)["unit_price"] == 1800
    again = lambda: products.end_price_list(operations, "EAST", reason="over")  # noqa: E731
    assert refusal_of(again) == "price_list_over"
    base = lambda: products.end_price_list(operations, "BASE", reason="over")  # noqa: E731
    assert refusal_of(base) == "base_price_list_stays"
    past = lambda: products.end_price_list(  # noqa: E731
        operations, "NEXT", at=sold_at - HOUR, reason="over"
    )
    release(drafted("NEXT", brand, 1800, region=brand.north))
    assert refusal_of(past) == "end_in_the_past"


def test_a_window_that_is_turned_round_is_no_window(brand: Brand) -> None:
    for ends_at in (SINGLES_DAY, SINGLES_DAY - HOUR):
        with pytest.raises(IntegrityError, match="price_list_from_before_to"), transaction.atomic():
            PriceList.objects.create(
                code="ROUND", name="ROUND", starts_at=SINGLES_DAY, ends_at=ends_at
            )


def test_a_second_person_releases_it(brand: Brand, operations: Actor) -> None:
    price_list = drafted("EAST", brand, 1800, region=brand.east)
    asked = request_approval(
        operations,
        "products.release_price_list",
        {"price_list": "EAST"},
        grounds(),
        once(operations),
    )
    number = str(asked["number"])
    own = lambda: approve(operations, number, reason="", once=once(operations))  # noqa: E731
    assert refusal_of(own) == "approval_own"
    assert quoted(brand)["unit_price"] == 1999

    second = builders.staff_actor("second", roles.OPERATIONS)
    approve(second, number, reason="", once=once(second))

    price_list.refresh_from_db()
    assert price_list.status == PriceList.Status.RELEASED
    assert quoted(brand)["unit_price"] == 1800
    line = AuditLine.objects.get(action="products.release_price_list")
    assert (line.actor_label, line.object_key) == ("second", "EAST")
    assert line.changes["approval"] == number


def test_who_may_not_change_prices_releases_none(brand: Brand) -> None:
    drafted("EAST", brand, region=brand.east)
    service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
    act = lambda: request_approval(  # noqa: E731
        service, "products.release_price_list", {"price_list": "EAST"}, grounds(), once(service)
    )
    assert refusal_of(act) == "not_permitted"
