"""How identities are written, checked and masked. Pure functions on plain values."""

import re
import secrets
import unicodedata
from collections.abc import Iterable

import phonenumbers

from apps.common.keys import luhn_digit

NUMBER_LENGTH = 12
NAME_LENGTH = 64
TAIL_LENGTH = 4
CARD_PATTERN = re.compile(r"[A-Z0-9-]{4,32}")
OPENID_PATTERN = re.compile(r"[A-Za-z0-9_-]{6,64}")


def new_member_number() -> str:
    """Eleven random digits, the first not 0, and their Luhn check digit; it reads like no phone."""
    while True:
        digits = str(secrets.randbelow(9) + 1) + "".join(
            str(secrets.randbelow(10)) for _ in range(NUMBER_LENGTH - 2)
        )
        number = digits + luhn_digit(digits)
        if quotable(number):  # 1 of 200 begins like +86 and a phone
            return number


def quotable(number: str) -> str | None:
    """``number`` if a refusal may repeat it: of a member number's form, and no phone in its place."""
    fits = len(number) == NUMBER_LENGTH and number.isascii() and number.isdigit()
    return number if fits and normal_phone(number) is None else None


def normal_phone(text: str, region: str = "CN") -> str | None:
    """E.164 of a phone as people write it, full-width digits included; None if it is none.

    A masked number, a short code and a range that no country has given out are none.
    """
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def normal_identity(kind: str, text: str) -> str | None:
    """The one stored form of an identity value; None if the text cannot be one of that kind."""
    if kind == "phone":
        return normal_phone(text)
    pattern, value = (
        (OPENID_PATTERN, text.strip()) if kind == "openid" else (CARD_PATTERN, text.strip().upper())
    )
    return value if pattern.fullmatch(value) else None


def normal_name(text: str) -> str | None:
    """A name without blanks around it; None if it is too long or holds control characters."""
    name = text.strip()
    if len(name) > NAME_LENGTH or any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        return None
    return name


def tail_of_phone(kind: str, value: str) -> str | None:
    """The last four digits of a phone, by which staff may search; None of other kinds."""
    return value[-TAIL_LENGTH:] if kind == "phone" else None


def tail_asked_for(text: str) -> str | None:
    """``text`` if it is four digits, as somebody would read out the end of a phone."""
    return text if re.fullmatch(r"[0-9]{4}", text) else None


def mask_identity(kind: str, value: str) -> str:
    """``+8613800001234`` → ``138****1234``; other kinds keep their last four characters."""
    if kind == "phone":
        national = value.removeprefix("+86")
        return f"{national[:3]}****{national[-4:]}"
    return f"****{value[-4:]}" if len(value) > 4 else "****"


def mask_name(name: str) -> str:
    """``张小明`` → ``张*``: the first character and one star, so that the length is not told."""
    return f"{name[:1]}*" if name else ""


def without_values(text: str, values: Iterable[str]) -> str:
    """``text`` with each of ``values`` that it quotes, a phone also without +86, as ``***``."""
    for value in values:
        for written in (value, value.removeprefix("+86")):
            if len(written) > 1:
                text = re.sub(re.escape(written), "***", text, flags=re.IGNORECASE)
    return text
