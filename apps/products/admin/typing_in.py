"""Attributes as people type them: a field of its type for each, and lists one row a line."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from apps.products.product_rules import ATTRIBUTE_LENGTH, NUMBER_AT_MOST
from apps.products.selectors import NamedAttribute

LINE = " | "
FIELD = "attribute_"
"""Before the code of an attribute: the name of its field on the page of a product."""


def lines_of(rows: Iterable[Sequence[str]]) -> str:
    """One row a line, its parts with a bar between, empty ones at the end left out."""
    return "\n".join(LINE.join(row).rstrip(" |") for row in rows)


def rows_of(text: str) -> list[tuple[str, str, str]]:
    """Code, name and English name of each line that is not empty; the code alone is its own name.

    Raises ValidationError for a line of more parts.
    """
    rows = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) > 3:
            raise ValidationError(_("Too many bars: %(line)s") % {"line": line[:64]})
        if any(parts):
            code, name, name_en = (*parts, "", "")[:3]
            rows.append((code, name or code, name_en))
    return rows


def field_name(attribute: NamedAttribute) -> str:
    return FIELD + attribute.terms.code


def field_of(attribute: NamedAttribute, *, required: bool) -> forms.Field:
    """The field in which a value of this attribute is typed or chosen."""
    title = _named(attribute.name, attribute.name_en)
    label = f"{title} ({attribute.unit})" if attribute.unit else title
    said: dict[str, Any] = {"label": label, "required": required}
    match attribute.terms.type:
        case "number":
            said |= {"min_value": -NUMBER_AT_MOST, "max_value": NUMBER_AT_MOST}
            widget = UnfoldAdminDecimalFieldWidget({"step": "any"})
            return forms.DecimalField(decimal_places=6, widget=widget, **said)
        case "date":
            return forms.DateField(widget=UnfoldAdminSingleDateWidget, **said)
        case "flag":
            answers = [("", "–"), ("true", _("Yes")), ("false", _("No"))]
            return forms.TypedChoiceField(
                choices=answers, coerce=lambda text: text == "true", empty_value=None,
                widget=UnfoldAdminSelectWidget, **said,
            )  # fmt: skip
        case "choice":
            offered = [
                (one["code"], _named(one["name"], one["name_en"])) for one in attribute.choices
            ]
            return forms.ChoiceField(
                choices=[("", "–"), *offered], widget=UnfoldAdminSelectWidget, **said
            )
    return forms.CharField(max_length=ATTRIBUTE_LENGTH, widget=UnfoldAdminTextInputWidget, **said)


def shown_value(value: Any) -> Any:
    """A kept value as its field begins with it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _named(name: str, name_en: str) -> str:
    english = (get_language() or "").startswith("en")
    return (name_en if english else name) or name
