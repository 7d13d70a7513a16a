"""Barcodes as plain values: GS1 check digits, one spelling for one number, labels of weighed goods.

GS1 General Specifications: check digits §7.9, GTIN-8, -12 and -13 as GTIN-14 with leading zeros §3.3,
numbers for use inside a store (restricted circulation) §2.1.11.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict, Unprocessable

GTIN = "gtin"
INTERNAL = "internal"
WEIGHED = "weighed"
WEIGHT = "weight"
PRICE = "price"

MAX_LENGTH = 32
LENGTHS = (8, 12, 13, 14)
DIGITS = re.compile(r"[0-9]+")
IN_STORE = re.compile(r"2|0[24]")
"""How a GTIN-13 begins that a shop gives out itself: GS1 prefixes 20 to 29, 02 and 04."""
IN_STORE_8 = re.compile(r"[02]")
WEIGHED_ITEM = re.compile(r"(2[0-9]|0[24])[0-9]{3,7}")


class BarcodeCheckDigit(Unprocessable):
    code = "barcode_check_digit"
    message = _("The last digit of barcode %(barcode)s does not fit the others: %(right)s would.")


class BarcodeInvalid(Unprocessable):
    code = "barcode_invalid"
    message = _("A barcode is 1 to 32 printable ASCII characters without spaces.")


class BarcodeTaken(Conflict):
    code = "barcode_taken"
    message = _("Barcode %(barcode)s belongs to SKU %(sku)s.")


@dataclass(frozen=True, slots=True)
class Format:
    """How labels that begin with ``prefix`` are read: item number, perhaps a digit that checks the
    value, the value with so many ``decimals``, and the check digit of the whole."""

    prefix: str
    item_digits: int
    value: str
    value_digits: int
    decimals: int

    def item_of(self, code: str) -> str:
        """What leads to the SKU: the prefix and the item number."""
        return code[: len(self.prefix) + self.item_digits]

    def value_of(self, code: str) -> Decimal:
        """The weight in the SKU's unit, or the price in the currency."""
        return Decimal(int(code[-1 - self.value_digits : -1])).scaleb(-self.decimals)


@dataclass(frozen=True, slots=True)
class Judged:
    """A barcode as it is kept, and what it is."""

    code: str
    kind: str


def check_digit(digits: str) -> str:
    """The digit that comes after ``digits``: weights 3, 1, 3 … from the right."""
    weighed = sum(int(digit) * (1 if n % 2 else 3) for n, digit in enumerate(reversed(digits)))
    return str(-weighed % 10)


def is_gtin(text: str) -> bool:
    """Whether these are 8, 12, 13 or 14 digits, the last of which checks the others."""
    return _has_length(text) and text[-1] == check_digit(text[:-1])


def canonical(text: str) -> str:
    """A GTIN as it is kept: a GTIN-12 as the GTIN-13 that it is, and none longer than it need be."""
    padded = text.zfill(14)
    if padded.startswith("000000"):
        return padded[6:]
    return padded.removeprefix("0")


def spellings(text: str) -> set[str]:
    """Every way a scanner may tell this barcode: with leading zeros or without."""
    if not _has_length(text):
        return {text}
    stem = text.lstrip("0")
    return {text} | {stem.zfill(length) for length in LENGTHS if len(stem) <= length}


def judge(text: str, formats: Iterable[Format] = ()) -> Judged:
    """What a new barcode is, and how it is kept. Raises BarcodeInvalid, BarcodeCheckDigit."""
    if not 0 < len(text) <= MAX_LENGTH or not text.isascii() or not _printable(text):
        raise BarcodeInvalid(fields={"barcode": text[:MAX_LENGTH]})
    found = as_kept(text, formats)
    if found.kind == INTERNAL and _has_length(text) and not _in_store(text):
        right = check_digit(text[:-1])
        raise BarcodeCheckDigit(fields={"barcode": text}, barcode=text, right=right)
    return found


def as_kept(text: str, formats: Iterable[Format] = ()) -> Judged:
    """The same of a barcode that was in use before: one with a wrong digit is the shop's own."""
    if is_item(text, formats):
        return Judged(text, WEIGHED)
    return Judged(canonical(text), GTIN) if is_gtin(text) else Judged(text, INTERNAL)


def may_be_item(text: str) -> bool:
    """Whether it looks like prefix and item number of a weighed good."""
    return WEIGHED_ITEM.fullmatch(text) is not None


def is_item(text: str, formats: Iterable[Format]) -> bool:
    """Whether it is prefix and item number of a weighed good."""
    return may_be_item(text) and any(
        text.startswith(one.prefix) and len(text) == len(one.prefix) + one.item_digits
        for one in formats
    )


def is_label(text: str) -> bool:
    """Whether it has the shape of a weighed good's label: a GTIN-13 of the shop's own."""
    return (
        len(text) == 13 and DIGITS.fullmatch(text) is not None and IN_STORE.match(text) is not None
    )


def require_check_digit(text: str) -> None:
    """Raises BarcodeCheckDigit."""
    right = check_digit(text[:-1])
    if text[-1] != right:
        raise BarcodeCheckDigit(fields={"barcode": text}, barcode=text, right=right)


def _has_length(text: str) -> bool:
    return len(text) in LENGTHS and text.isascii() and DIGITS.fullmatch(text) is not None


def _in_store(text: str) -> bool:
    if len(text) == 8:
        return IN_STORE_8.match(text) is not None
    kept = text.zfill(14)
    return kept[0] == "0" and IN_STORE.match(kept[1:]) is not None


def _printable(text: str) -> bool:
    return all("!" <= letter <= "~" for letter in text)
