"""How identities are written, checked and masked. Pure functions on plain values."""

import re
import secrets

import phonenumbers

from apps.common.keys import luhn_digit

NUMBER_LENGTH = 12
CARD_PATTERN = re.compile(r"[A-Z0-9-]{4,32}")
OPENID_PATTERN = re.compile(r"[A-Za-z0-9_-]{6,64}")


def new_member_number() -> str:
    """Eleven random digits, the first not 0, and their Luhn check digit."""
    digits = str(secrets.randbelow(9) + 1) + "".join(
        str(secrets.randbelow(10)) for _ in range(NUMBER_LENGTH - 2)
    )
    return digits + luhn_digit(digits)


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


def mask_identity(kind: str, value: str) -> str:
    """``+8613800001234`` → ``138****1234``; other kinds keep their last four characters."""
    if kind == "phone":
        national = value.removeprefix("+86")
        return f"{national[:3]}****{national[-4:]}"
    return f"****{value[-4:]}" if len(value) > 4 else "****"


def mask_name(name: str) -> str:
    """``张小明`` → ``张**``: the first character, and a star for each other."""
    return name[:1] + "*" * max(len(name) - 1, 1)
