"""What a filtered list says of itself: each filter in force, and the way to the list without it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.db.models import BooleanField
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

KEPT = (SEARCH_VAR, ORDER_VAR)
"""What goes on when all filters are taken off."""
Given = Mapping[str, Sequence[str]]


class Chip(NamedTuple):
    """A filter in force. ``without`` is the query string of the list without it."""

    label: str
    value: str
    without: str


def chips_of(specs: Sequence[Any], given: Given) -> list[Chip]:
    """A chip for each of the filters ``specs`` that the parameters ``given`` set. No statement: the
    filters have read their choices already."""
    return [
        Chip(capfirst(str(spec.title)), _said(spec, given[name][-1]), _query(given, without={name}))
        for spec in specs
        for name in spec.expected_parameters()
        if name in given and given[name][-1]
    ]


def without_filters(given: Given) -> str:
    """The query string of the same list with no filter, searched and ordered as it is."""
    return _query(given, without=given.keys() - set(KEPT))


def _query(given: Given, *, without: Any) -> str:
    left = {name: values for name, values in given.items() if name not in without}
    return "?" + urlencode(sorted(left.items()), doseq=True)


def _said(spec: Any, value: str) -> str:
    """The choice as the filter offers it; what was typed, where it offers none."""
    return capfirst(str({str(key): text for key, text in _choices(spec)}.get(value, value)))


def _choices(spec: Any) -> Sequence[tuple[Any, Any]]:
    offered: Sequence[tuple[Any, Any]] | None = getattr(spec, "lookup_choices", None)
    if offered is not None:
        return offered
    if isinstance(spec.field, BooleanField):
        return [("1", _("yes")), ("0", _("no"))]
    named: Sequence[tuple[Any, Any]] = spec.field.flatchoices
    return named
