"""The rules that turn the source's keys into ours, on plain values."""

from datetime import UTC, datetime

import pytest

from apps.common.keys import luhn_valid
from apps.demo import batches, mapping
from apps.members import rules as members
from apps.payments.rules import TenderDraft

SHANGHAI = "Asia/Shanghai"
HOUSEHOLDS = range(1, 2501)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_codes_say_what_they_came_from() -> None:
    assert mapping.store_code(330) == "S0330"
    assert mapping.store_code(34280) == "S34280"
    assert mapping.sku_code(25671) == "CJ00025671"
    assert mapping.receipt_reference(330, 7) == "RCV-CJ-S0330-W07"


def test_a_store_lies_where_it_always_lay() -> None:
    assert mapping.region_of(367).code == "SOUTH"
    assert mapping.owner_of(367) == "F-SOUTH-4"
    assert mapping.owner_of(406) is None
    assert mapping.store_names(367) == ("佛山朝阳街店", "Foshan Chaoyang Street")


def test_stores_of_one_street_are_told_apart() -> None:
    street = mapping.store_names(367)
    assert mapping.numbered(street, 1) == street
    assert mapping.numbered(street, 2) == ("佛山朝阳街二店", "Foshan Chaoyang Street 2")


def test_an_owner_runs_stores_of_one_region() -> None:
    owned = {store: mapping.owner_of(store) for store in range(1, 2000)}
    assert all(
        owner is None or owner.startswith(f"F-{mapping.region_of(store).code}-")
        for store, owner in owned.items()
    )
    assert len(set(owned.values())) == 25  # 24 franchisees, and the brand itself


def test_member_numbers_are_valid_and_all_different() -> None:
    numbers = {mapping.member_number(household) for household in HOUSEHOLDS}
    assert len(numbers) == len(HOUSEHOLDS)
    assert all(len(number) == 12 and luhn_valid(number) for number in numbers)
    assert mapping.member_number(900) == "232944388882"


def test_identities_are_in_their_stored_form_and_all_different() -> None:
    for kind in ("card", "phone"):
        values = {mapping.member_identities(household)[kind] for household in HOUSEHOLDS}
        assert len(values) == len(HOUSEHOLDS)
        assert all(members.normal_identity(kind, value) == value for value in values)


@pytest.mark.parametrize(("digits", "check"), [("400638133393", "1"), ("690123456789", "2")])
def test_the_ean_check_digit_is_that_of_known_barcodes(digits: str, check: str) -> None:
    assert mapping.ean_check_digit(digits) == check


def test_a_barcode_is_an_ean_of_the_in_store_range() -> None:
    assert mapping.barcode(25671) == "2000000256719"


def test_the_last_week_ends_with_the_sunday_before_the_load() -> None:
    tuesday = at("2026-11-24T10:00")
    shift = mapping.shift_at(tuesday, SHANGHAI)
    assert shift == 464
    end = mapping.week_starts_at(54, shift=shift, time_zone=SHANGHAI)
    assert end == at("2026-11-22T16:00")  # Monday 23 November, 00:00 in Shanghai


@pytest.mark.parametrize(
    ("now", "shift"),
    [
        ("2026-11-22T15:59:59", 463),  # still Sunday there
        ("2026-11-22T16:00:00", 464),  # Monday 00:00 there
        ("2026-11-29T15:59:59", 464),
    ],
)
def test_the_shift_changes_on_monday_of_our_time_zone(now: str, shift: int) -> None:
    assert mapping.shift_at(at(now), SHANGHAI) == shift


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ("2018-01-01T04:01:20", "2026-11-22T15:01:20"),  # New York 23:01:20 in winter (UTC-5)
        ("2017-07-03T03:59:59", "2026-05-24T15:59:59"),  # New York 23:59:59 in summer (UTC-4)
        ("2017-07-03T04:00:00", "2026-05-24T16:00:00"),  # a new week there and here
    ],
)
def test_the_wall_clock_of_the_store_is_kept(source: str, ours: str) -> None:
    assert mapping.placed_at(at(source), shift=464, time_zone=SHANGHAI) == at(ours)


@pytest.mark.parametrize(("need", "arrives"), [(1, 3), (10, 12), (11, 14), (100, 120), (101, 122)])
def test_a_receipt_covers_the_week_and_a_fifth(need: int, arrives: int) -> None:
    assert mapping.with_cushion(need) == arrives


@pytest.mark.parametrize(
    ("net", "coupon", "expected"),
    [
        (1000, 0, [("cash", 1000)]),
        (1000, 300, [("manufacturer_coupon", 300), ("cash", 700)]),
        (1000, 1000, [("manufacturer_coupon", 1000)]),
        (1000, 1500, [("manufacturer_coupon", 1000)]),
        (0, 500, [("cash", 0)]),
    ],
)
def test_a_coupon_pays_at_most_what_is_due(
    net: int, coupon: int, expected: list[tuple[str, int]]
) -> None:
    assert batches.tenders(net=net, coupon=coupon) == [TenderDraft(*pair) for pair in expected]


def test_names_come_from_type_and_size_and_fall_back_to_the_category() -> None:
    grocery = mapping.names_of("department", "GROCERY")
    assert grocery == ("食品杂货", "Groceries")
    fallback = mapping.product_names(grocery, "YOGURT", "SOMETHING NEW", "6 OZ")
    assert fallback == ("酸奶·Something new 6 oz", "Something new 6 oz")
    assert mapping.product_names(grocery, None, None, None) == grocery
