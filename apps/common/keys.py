"""Public business keys: random, free of meaning, hard to mistype."""

import hashlib
import secrets
from datetime import date

# Crockford's base 32: no I, L, O, U, so nothing is read as 1, 0 or V.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_key(length: int) -> str:
    """``length`` random characters; 12 of them hold 60 bits (256 is a multiple of 32: no bias)."""
    return "".join([ALPHABET[byte % 32] for byte in secrets.token_bytes(length)])


def document_number(prefix: str, day: date) -> str:
    """A number for a document of ``day``: prefix, yymmdd, 10 random characters (50 bits a day)."""
    return f"{prefix}{day:%y%m%d}{random_key(10)}"


def luhn_digit(digits: str) -> str:
    """The check digit of a string of decimal digits (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_valid(number: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return number.isascii() and number.isdigit() and luhn_digit(number[:-1]) == number[-1]


def hash_token(token: str) -> str:
    """SHA-256 in hex; enough for secrets of 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
