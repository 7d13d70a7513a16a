"""One cell: what a person typed or a spreadsheet program stored, read as the column's kind."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common import money
from apps.jobs.rules import CellKind, Column

LANGUAGES = ("zh-hans", "en")
YES = gettext_lazy("yes")
NO = gettext_lazy("no")
TRUE = frozenset({"yes", "y", "true", "1", "是", "真", "√", "✓"})
FALSE = frozenset({"no", "n", "false", "0", "否", "假", "×"})
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
FORMULA_LEADS = ("\t", "\r", "\n")
"""After these, too, some spreadsheet programs go on to read a formula."""
EXCEL_DAY_0 = date(1899, 12, 30)
EXCEL_DAYS = range(18_264, 73_051)
"""1950-01-01 to 2099-12-31: a number outside of it is no date that somebody meant."""
EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number; a longer code has lost its last ones."""
MAX_INTEGER = 2**31 - 1
MAX_QUANTITY = Decimal(10) ** 9

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: "¥"}
_STRAY = {0x3000: " ", 0xA0: " ", 0x200B: None, 0x200E: None, 0xFEFF: None}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|[+-]?\.\d+")
_CURRENCY = re.compile(r"^([+-]?)\s*(?:¥|CNY|RMB|\$|€|£)\s*|\s*(?:元|CNY|RMB)$", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
)
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_WORDS: dict[int, tuple[Any, dict[str, str]]] = {}


class CellFault(Exception):
    """What is wrong with a cell: a stable code and a text for the person, without the value."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def read_cell(column: Column, raw: Any) -> Any:
    """The value of a cell, None if it is empty; see ``rules.Row`` for the types. Raises CellFault."""
    text = tidy(raw)
    if not text:
        if column.required:
            raise CellFault("cell_required", _("This cell must not be empty."))
        return None
    if _CONTROL.search(text):
        raise CellFault("cell_control", _("The cell holds invisible control characters."))
    return READERS[column.kind](column, raw, text)


def tidy(raw: Any) -> str:
    """What the cell says, without stray spaces and without the apostrophe that disarms a formula."""
    if raw is None or raw == "":
        return ""
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() else f"{raw:.15g}"
    text = str(raw).translate(_STRAY).strip()
    return text[1:].strip() if text.startswith("'") and may_be_formula(text[1:]) else text


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet program could take ``text`` for a formula; what is in front of its sign and
    not seen, some of them drop."""
    seen = text.translate(_STRAY).lstrip()
    return text.startswith(FORMULA_LEADS) or seen.startswith(FORMULA_STARTS)


def fold(text: str) -> str:
    """Full-width letters, digits and signs as their ASCII forms."""
    return text.translate(_WIDE).strip()


def _text(column: Column, raw: Any, text: str) -> str:
    if len(text) > column.max_length:
        detail = _("No more than %(length)s characters.") % {"length": column.max_length}
        raise CellFault("cell_too_long", detail)
    return text


def _code(column: Column, raw: Any, text: str) -> str:
    folded = fold(text)
    lost = isinstance(raw, int | float) and abs(raw) >= EXACT
    if lost or _ROUNDED.fullmatch(folded):
        raise CellFault(
            "cell_code_rounded",
            _(
                "The spreadsheet has rounded this number. Format the column as text and enter it again."
            ),
        )
    return _text(column, raw, re.sub(r"\s+", " ", folded))


def _number(raw: Any, text: str) -> Decimal:
    plain = _CURRENCY.sub(r"\1", fold(text)).replace(" ", "")
    if isinstance(raw, float) or _NUMBER.fullmatch(plain):
        try:
            number = Decimal(f"{raw:.15g}" if isinstance(raw, float) else plain.replace(",", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
    raise CellFault("cell_not_a_number", _("This is not a number like 1,234.50."))


def _scaled(raw: Any, text: str, *, places: int, limit: Decimal) -> Decimal:
    number = _number(raw, text)
    if abs(number) > limit:
        raise CellFault("cell_too_large", _("The number is too large."))
    rounded = round(number, places)
    if rounded != number:
        detail = _("No more than %(places)s decimal places.") % {"places": places}
        raise CellFault("cell_too_precise", detail)
    return rounded


def _amount(column: Column, raw: Any, text: str) -> int:
    limit = Decimal(money.MAX_AMOUNT) / money.minor_per_major()
    number = _scaled(raw, text, places=money.exponent(), limit=limit)
    return int(number * money.minor_per_major())


def _quantity(column: Column, raw: Any, text: str) -> Decimal:
    return _scaled(raw, text, places=3, limit=MAX_QUANTITY)


def _integer(column: Column, raw: Any, text: str) -> int:
    number = _number(raw, text)
    if abs(number) > MAX_INTEGER:
        raise CellFault("cell_too_large", _("The number is too large."))
    if number != int(number):
        raise CellFault("cell_not_whole", _("This must be a whole number."))
    return int(number)


def _date(column: Column, raw: Any, text: str) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    folded = _MIDNIGHT.sub("", fold(text)).replace(" ", "")
    for pattern in _DATES:
        if found := pattern.fullmatch(folded):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
    if re.fullmatch(r"\d{5}(\.\d+)?", folded) and int(float(folded)) in EXCEL_DAYS:
        return EXCEL_DAY_0 + timedelta(days=int(float(folded)))
    raise CellFault("cell_not_a_date", _("This is not a date like 2026-11-24."))


def _choice(column: Column, raw: Any, text: str) -> str:
    if (value := choices_by_word(column).get(fold(text).casefold())) is not None:
        return value
    detail = _("Use one of: %(choices)s.") % {
        "choices": ", ".join(str(label) for _value, label in column.choices)
    }
    raise CellFault("cell_not_a_choice", detail[:255])


def choices_by_word(column: Column) -> dict[str, str]:
    """Value and label in either language, folded → value."""
    # Held beside its words, so that no other choices can ever have its id.
    kept = _WORDS.get(id(column.choices))
    if kept is None:
        kept = _WORDS[id(column.choices)] = (column.choices, _words_of(column))
    return kept[1]


def _words_of(column: Column) -> dict[str, str]:
    words = {fold(value).casefold(): value for value, _label in column.choices}
    for language in LANGUAGES:
        with translation.override(language):
            for value, label in column.choices:
                words.setdefault(fold(str(label)).casefold(), value)
    return words


def _flag(column: Column, raw: Any, text: str) -> bool:
    word = fold(text).casefold()
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise CellFault("cell_not_a_flag", _("Use yes or no."))


READERS: dict[CellKind, Callable[[Column, Any, str], Any]] = {
    CellKind.TEXT: _text,
    CellKind.CODE: _code,
    CellKind.AMOUNT: _amount,
    CellKind.QUANTITY: _quantity,
    CellKind.INTEGER: _integer,
    CellKind.DATE: _date,
    CellKind.CHOICE: _choice,
    CellKind.FLAG: _flag,
}
