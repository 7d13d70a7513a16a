"""The words without business: money, time, keys."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.common import clock, keys, money
from apps.orders.rules import InvalidQuantity, parse_quantity, quantity_text


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.5", 1), ("0.49", 0), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-2.5", -3), ("1e3", 1000)],
)
def test_halves_are_rounded_away_from_zero(value: str, rounded: int) -> None:
    assert money.round_half_up(Decimal(value)) == rounded


@pytest.mark.parametrize(
    ("currency", "minor", "text"),
    [
        ("CNY", 123450, "¥1,234.50"),
        ("CNY", -5, "-¥0.05"),
        ("CNY", 0, "¥0.00"),
        ("JPY", 1234, "¥1,234"),
        ("KWD", 1234567, "KWD 1,234.567"),
        ("USD", 100, "$1.00"),
    ],
)
def test_money_is_shown_in_the_currency_of_the_deployment(
    currency: str, minor: int, text: str
) -> None:
    with override_settings(CURRENCY=currency):
        assert money.format_money(minor) == text


def test_a_business_day_belongs_to_the_time_zone_of_the_store() -> None:
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
    assert clock.business_day(late, "Asia/Shanghai") == date(2026, 11, 25)
    assert clock.business_day(late, "America/New_York") == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("earned", "end"),
    [
        ("2026-11-24T08:00:00", "2028-11-30T16:00:00"),
        ("2026-11-30T15:59:59", "2028-11-30T16:00:00"),
        ("2026-11-30T16:00:00", "2028-12-31T16:00:00"),  # December already, in Shanghai
        ("2024-02-29T00:00:00", "2026-02-28T16:00:00"),
        ("2026-12-15T00:00:00", "2028-12-31T16:00:00"),
    ],
)
def test_the_end_of_the_month_so_many_months_on(earned: str, end: str) -> None:
    at = datetime.fromisoformat(earned).replace(tzinfo=UTC)
    found = clock.end_of_month_after(at, 24, "Asia/Shanghai")
    assert found == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_a_day_with_a_clock_change_starts_at_its_own_midnight() -> None:
    assert clock.start_of_day(date(2026, 3, 8), "America/New_York").hour == 5
    assert clock.start_of_day(date(2026, 3, 9), "America/New_York").hour == 4


def test_instants_are_written_in_utc() -> None:
    at = datetime.fromisoformat("2026-11-24T16:00:00.000120+08:00")
    assert clock.rfc3339(at) == "2026-11-24T08:00:00.000120Z"


def test_document_numbers_are_random_and_easy_to_read() -> None:
    numbers = {keys.document_number("S", date(2026, 11, 24)) for _n in range(1000)}
    assert len(numbers) == 1000
    assert all(number.startswith("S261124") and len(number) == 17 for number in numbers)
    assert not set("".join(number[7:] for number in numbers)) & set("ILOU")


@given(st.from_regex(r"[0-9]{1,30}", fullmatch=True), st.integers(0, 29), st.integers(1, 9))
def test_the_check_digit_finds_every_single_mistake(digits: str, place: int, off: int) -> None:
    number = digits + keys.luhn_digit(digits)
    assert keys.luhn_valid(number)
    at = place % len(number)
    wrong = number[:at] + str((int(number[at]) + off) % 10) + number[at + 1 :]
    assert not keys.luhn_valid(wrong)


def test_the_check_digit_of_the_standard() -> None:
    assert keys.luhn_digit("7992739871") == "3"
    assert not keys.luhn_valid("")
    assert not keys.luhn_valid("7992739871３")


@given(st.integers(1, 999_999_999))
def test_a_quantity_reads_as_it_is_shown(thousandths: int) -> None:
    quantity = Decimal(thousandths) / 1000
    assert parse_quantity(quantity_text(quantity)) == quantity


@pytest.mark.parametrize(
    ("quantity", "text"), [("1.500", "1.5"), ("2.000", "2"), ("100", "100"), ("0.001", "0.001")]
)
def test_quantities_carry_no_needless_zeros(quantity: str, text: str) -> None:
    assert quantity_text(Decimal(quantity)) == text


@given(st.text(max_size=12))
def test_any_other_text_is_no_quantity(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except InvalidQuantity:
        return
    assert 0 < quantity <= Decimal("999999.999")
    assert text.isascii()
