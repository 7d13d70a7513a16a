"""The life of a product, its attributes and its options: plain values in, plain values out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Conflict, Unprocessable


class ProductStatusRefused(Conflict):
    code = "product_status_refused"
    message = _("Product %(product)s is not in a status from which that can be done.")


class Step(NamedTuple):
    """A step of a product's life: from which status to which."""

    before: str
    after: str


STEPS = {
    "submit": Step("draft", "review"),
    "send_back": Step("review", "draft"),
    "activate": Step("review", "active"),
    "retire": Step("active", "retired"),
    "reactivate": Step("retired", "review"),
}
"""The whole life of a product; what has been retired is looked at again before it is sold."""


def steps_from(status: str) -> frozenset[str]:
    """The names of the steps that lead on from a status."""
    return frozenset(name for name, step in STEPS.items() if step.before == status)


def require_step(name: str, *, code: str, status: str) -> Step:
    """The step, for a product in ``status``. Raises ProductStatusRefused."""
    step = STEPS[name]
    if step.before != status:
        raise ProductStatusRefused(fields={"product": code}, product=code)
    return step


class AttributeUnknown(Unprocessable):
    code = "attribute_unknown"
    message = _("Products of this category have no such attribute: %(attributes)s.")


class AttributeInvalid(Unprocessable):
    code = "attribute_invalid"
    message = _("These attributes are missing or not of their type: %(attributes)s.")


@dataclass(frozen=True, slots=True)
class AttributeTerms:
    """What a value must be; ``choices`` are the codes of an attribute of type choice."""

    code: str
    type: str
    choices: frozenset[str] = frozenset()
    required: bool = False


ATTRIBUTE_LENGTH = 255
NUMBER_AT_MOST = Decimal(10) ** 12


def checked_attributes(
    given: Mapping[str, Any], terms: Iterable[AttributeTerms]
) -> dict[str, str | bool]:
    """The values as they are kept: numbers and dates as text, empty ones left out.

    Raises AttributeUnknown, AttributeInvalid; ``fields`` names what is wrong with each.
    """
    known = {one.code: one for one in terms}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise AttributeUnknown(fields=dict.fromkeys(unknown, "unknown"), attributes=_list(unknown))
    kept: dict[str, str | bool] = {}
    wrong: dict[str, str] = {}
    for code, one in known.items():
        value = given.get(code)
        if value is None or value == "":
            wrong |= {code: "required"} if one.required else {}
            continue
        kept_value = _KEPT_AS[one.type](value, one)
        if kept_value is None:
            wrong[code] = one.type
        else:
            kept[code] = kept_value
    if wrong:
        raise AttributeInvalid(fields=wrong, attributes=_list(sorted(wrong)))
    return kept


def fitting_attributes(
    values: Mapping[str, Any], terms: Iterable[AttributeTerms]
) -> dict[str, str | bool]:
    """Those of ``values`` that a product keeps in a category with these attributes."""
    return {
        one.code: kept
        for one in terms
        if (value := values.get(one.code)) is not None
        if (kept := _KEPT_AS[one.type](value, one)) is not None
    }


def _list(codes: Iterable[str]) -> str:
    return ", ".join(code[:32] for code in list(codes)[:10])


def _text(value: Any, _terms: AttributeTerms) -> str | None:
    text = value.strip() if isinstance(value, str) else ""
    return text if text.isprintable() and 0 < len(text) <= ATTRIBUTE_LENGTH else None


def _number(value: Any, _terms: AttributeTerms) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
        # More digits than the context has would be rounded.
        fits = abs(number) <= NUMBER_AT_MOST and number == number.quantize(Decimal("0.000001"))
    except InvalidOperation:
        return None
    return f"{number.normalize():f}" if fits else None


def _flag(value: Any, _terms: AttributeTerms) -> bool | None:
    return value if isinstance(value, bool) else None


def _choice(value: Any, terms: AttributeTerms) -> str | None:
    return value if isinstance(value, str) and value in terms.choices else None


def _date(value: Any, _terms: AttributeTerms) -> str | None:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    except (TypeError, ValueError):
        return None


_KEPT_AS: dict[str, Callable[[Any, AttributeTerms], str | bool | None]] = {
    "text": _text,
    "number": _number,
    "flag": _flag,
    "choice": _choice,
    "date": _date,
}


class TooManyOptions(Unprocessable):
    code = "too_many_options"
    message = _("A product has at most 3 options of at most 100 values each.")


class TooManyCombinations(Unprocessable):
    code = "too_many_combinations"
    message = _("The options have %(count)s combinations; at most 500 SKUs are made of them.")


OPTIONS_AT_MOST = 3
VALUES_AT_MOST = 100
COMBINATIONS_AT_MOST = 500
BETWEEN_VALUES = "/"


def require_few(values: Sequence[Sequence[str]]) -> None:
    """Raises TooManyOptions, TooManyCombinations; ``values`` holds the codes of each option."""
    if len(values) > OPTIONS_AT_MOST or any(len(one) > VALUES_AT_MOST for one in values):
        raise TooManyOptions(fields={"options": len(values)})
    count = prod(len(one) for one in values) if values else 0
    if count > COMBINATIONS_AT_MOST:
        raise TooManyCombinations(fields={"combinations": count}, count=count)


def combinations(values: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """One value of each option, the last one varying fastest; none for no options."""
    return list(product(*values)) if values else []
