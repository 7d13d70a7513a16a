"""How personal values are masked and which texts count as what."""

import pytest

from apps.members import rules


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张小明", "张*"),
        ("李华", "李*"),
        ("王", "王*"),
        ("欧阳明月", "欧*"),
        ("Ann Lee", "A*"),
        ("", ""),
    ],
)
def test_a_masked_name_tells_its_first_character_and_not_its_length(name: str, masked: str) -> None:
    assert rules.mask_name(name) == masked


@pytest.mark.parametrize(
    ("kind", "value", "masked"),
    [
        ("phone", "+8613800001234", "138****1234"),
        ("phone", "+85261234567", "+85****4567"),
        ("openid", "oABCDEF1234567", "****4567"),
        ("card", "VIP-0001", "****0001"),
        ("card", "1234", "****"),
    ],
)
def test_a_masked_identity_keeps_its_end(kind: str, value: str, masked: str) -> None:
    assert rules.mask_identity(kind, value) == masked


@pytest.mark.parametrize("text", ["a" * 65, "王\x00芳", "王\n芳", "王\x7f", "\ud800"])
def test_a_name_with_control_characters_or_too_long_is_none(text: str) -> None:
    assert rules.normal_name(text) is None


def test_a_name_loses_blanks_around_it() -> None:
    assert rules.normal_name("  王 芳 ") == "王 芳"
    assert rules.normal_name("") == ""


@pytest.mark.parametrize("text", ["", "123", "12345", "12a4", "１２３４", "1234\n", "+123"])
def test_only_four_digits_ask_for_the_end_of_a_phone(text: str) -> None:
    assert rules.tail_asked_for(text) is None
    assert rules.tail_asked_for("0123") == "0123"


@pytest.mark.parametrize(
    "text",
    ["013800001234", "861038001234", "12345678901", "1234567890123", "１２３４５６７８９０１２"],
)
def test_a_refusal_repeats_a_member_number_and_no_phone_in_its_place(text: str) -> None:
    assert rules.quotable(text) is None
    assert rules.quotable("400000000002") == "400000000002"


def test_a_new_member_number_reads_like_no_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = iter(
        [int(digit) - (place == 0) for place, digit in enumerate("86219336025")] + [3] * 11
    )
    monkeypatch.setattr(rules.secrets, "randbelow", lambda _limit: next(digits))

    assert rules.new_member_number() == "433333333337"


def test_only_a_phone_has_an_end_to_search_by() -> None:
    assert rules.tail_of_phone("phone", "+8613800001234") == "1234"
    assert rules.tail_of_phone("card", "VIP-0001") is None


def test_a_reason_does_not_quote_what_is_looked_at() -> None:
    values = ["张小明", "+8613800001234", "oABC"]
    text = "张小明 13800001234 (+8613800001234) rang about OABC"
    assert rules.without_values(text, values) == "*** *** (***) rang about ***"
    assert rules.without_values("asked", values) == "asked"
