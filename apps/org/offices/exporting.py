"""Lists as files: what a list shows to a person, built anew by a worker, and the page that asks for it.

The rows are those of the list's own admin under the list's own query string, so filters, search and
order are the list's by construction. Who takes them out acts with those of their rights alone that
hold ``data.export``: rows and personal values are within reach of one and the same grant.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.messages import MessageFailure
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, Grant
from apps.accounts.models import User
from apps.common import clock
from apps.common.errors import ActionNotPermitted, Unprocessable
from apps.jobs.registry import Change, Export
from apps.jobs.rules import Asked, Listed
from apps.jobs.services import EXPORT, narrowed
from apps.org.offices.access import seat

NOT_KEPT = (PAGE_VAR, "e")
"""The page of a list, and Django's mark of an address that was wrong."""
FIGURE = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?")


class ListQueryInvalid(Unprocessable):
    code = "list_query_invalid"
    message = _("The filters of the list do not fit it any more. Open the list and set them again.")


class ListColumnUnknown(Unprocessable):
    code = "list_column_unknown"
    message = _("The list has no such column.")


class Listing:
    """The rows of a list as ``actor`` sees them, with the columns of ``asked``."""

    def __init__(self, admin: Any, actor: Actor, listed: Listed) -> None:
        self.admin, self.actor, self.listed = admin, actor, listed
        self.columns: tuple[str, ...] = ()
        self.clear: tuple[str, ...] = ()
        self.reason = ""
        self.request = _request_of(admin, actor, listed)
        if not admin.may_see(self.request):
            raise ActionNotPermitted
        self._list = _list_of(admin, self.request)

    def ask(self, asked: Asked) -> "Listing":
        """With columns; those in clear for who may see them so. Raises ListColumnUnknown,
        ActionNotPermitted."""
        if set(asked.columns) - set(self.admin.own_columns(self.request)):
            raise ListColumnUnknown(fields={"columns": None})
        if set(asked.clear) - set(personal_columns(self.admin, self.actor)):
            raise ActionNotPermitted
        self.columns, self.clear, self.reason = asked.columns, asked.clear, asked.reason
        return self

    @property
    def grants(self) -> Sequence[Grant]:
        """Those that let the person see the list; ``actor`` has none but those that count."""
        return narrowed(self.actor, self.admin.see_action).grants

    @property
    def clear_grants(self) -> Sequence[Grant]:
        """Those that show the personal columns of the list in clear."""
        return narrowed(self.actor, self.admin.personal_action).grants

    @cached_property
    def headings(self) -> Sequence[str]:
        return [heading_of(self.admin, name) for name in self.columns]

    def keys(self, at_most: int) -> list[int]:
        """The ids of the rows in the list's order. One statement."""
        rows: QuerySet[Any] = self._list.queryset
        if self.listed.chosen is not None:
            rows = rows.filter(pk__in=self.listed.chosen)
        return list(rows.values_list("pk", flat=True)[: at_most + 1])

    def rows(self, keys: Sequence[int]) -> list[Any]:
        """Those of ``keys`` that the list still finds, in this order."""
        return self._in_order(self._list.queryset, keys)

    def _in_order(self, rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
        found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def cells(self, rows: Sequence[Any]) -> Iterator[list[Any]]:
        """Plain values, row by row. Values in clear are on record before the first is handed out."""
        told: Mapping[int, Mapping[str, str]] = {}
        if self.clear:
            told = self.admin.in_clear(
                self.actor, rows, self.clear, reason=self.reason, via=self.listed.office
            )
        for row in rows:
            own = told.get(row.pk, {})
            yield [
                own[name] if name in own else read(row)
                for name, read in zip(self.columns, self._readers, strict=True)
            ]

    @cached_property
    def _readers(self) -> list[Callable[[Any], Any]]:
        return [reader_of(self.admin, name) for name in self.columns]


class ChosenRows(Listing):
    """Rows to be changed: once they are chosen it does not matter that a change takes them out of the
    filter that found them."""

    def rows(self, keys: Sequence[int]) -> list[Any]:
        """Those of ``keys`` that the person still sees."""
        return self._in_order(self.admin.get_queryset(self.request), keys)


def listing_for(admin: Any, actor: Actor, listed: Listed, asked: Asked) -> Listing:
    """What ``actor`` may take out of a list now. Raises ActionNotPermitted, ListQueryInvalid,
    ListColumnUnknown."""
    return Listing(admin, narrowed(actor, EXPORT), listed).ask(asked)


def export_of_list(model: type[Model], admins: Mapping[str, Any]) -> Export:
    """The export of the lists of ``model``; ``admins`` maps an office to its admin."""

    def found(actor: Actor, listed: Listed, asked: Asked) -> Listing:
        return listing_for(_admin_at(admins, listed, actor), actor, listed, asked)

    options = model._meta
    return Export(options.label_lower, options.verbose_name_plural, found)


def rows_for(change: Change, admins: Mapping[str, Any], actor: Actor, listed: Listed) -> Listing:
    """The rows that ``actor`` may change so."""
    admin = _admin_at(admins, listed, actor)
    return ChosenRows(admin, narrowed(actor, change.action), listed)


def _admin_at(admins: Mapping[str, Any], listed: Listed, actor: Actor) -> Any:
    """The admin of the office, for who is let in there. Raises ActionNotPermitted."""
    admin = admins.get(listed.office)
    person = User.objects.filter(pk=actor.id, is_active=True).first()
    if admin is None or person is None or not admin.admin_site.admits(person, actor):
        raise ActionNotPermitted
    return admin


def may_export(admin: Any, actor: Actor) -> bool:
    """Whether ``actor`` may take rows out of the list of ``admin``."""
    own = narrowed(actor, EXPORT)
    return bool(admin.see_action) and own.may(EXPORT) and own.may(admin.see_action)


def personal_columns(admin: Any, actor: Actor) -> tuple[str, ...]:
    """The masked columns of a list that ``actor`` (with the grants that count) may have in clear."""
    columns: tuple[str, ...] = admin.personal_columns
    return columns if columns and actor.may(admin.personal_action) else ()


def heading_of(admin: Any, name: str) -> str:
    """What the list calls a column, without signs that are for the screen."""
    label = label_for_field(name, admin.model, model_admin=admin)
    return capfirst(_without_marks(label))


def reader_of(admin: Any, name: str) -> Callable[[Any], Any]:
    """How the plain value of a column is read from a row.

    A column of ``columns`` has its value; of one that is written by hand the text is taken, and the
    number where its name says that it is one.
    """
    shown = getattr(admin, name, None)
    plain = getattr(shown, "plain", None)
    if plain is not None:
        return lambda row: plain(admin, row)
    if shown is None:
        return lambda row: _field(row, name)
    return lambda row: _text(name, shown(row))


def _text(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    said = _without_marks(value).strip()
    if name.startswith("n_") and FIGURE.fullmatch(said):
        number = float(said.replace(",", ""))
        return int(number) if number.is_integer() else number
    return said


def _without_marks(value: Any) -> str:
    """What a page shows of ``value``: only what is marked as HTML has tags and entities, any other text
    means every sign of it."""
    text = str(value)
    return html.unescape(strip_tags(text)) if hasattr(text, "__html__") else text


def _field(row: Any, name: str) -> Any:
    """A field of the row as people read it, or what an attribute of it says."""
    try:
        field, _attribute, value = lookup_field(name, row)
    except (ObjectDoesNotExist, FieldDoesNotExist):
        return None
    if field is not None and getattr(field, "flatchoices", None):
        return str(dict(field.flatchoices).get(value, value or ""))
    if isinstance(value, datetime):
        return value.astimezone(clock.zone(settings.TIME_ZONE))
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if hasattr(value, "isoformat") and hasattr(value, "year") else str(value)


def _request_of(admin: Any, actor: Actor, listed: Listed) -> HttpRequest:
    """What the list's admin would be asked by the person's browser."""
    request = HttpRequest()
    request.method = "GET"
    query = QueryDict(listed.query, mutable=True)
    for name in NOT_KEPT:
        query.pop(name, None)
    request.GET = query  # type: ignore[assignment]  # read as any other
    request.user = User.objects.get(pk=actor.id)
    seat(request, actor)
    return request


def _list_of(admin: Any, request: HttpRequest) -> Any:
    """The change list without reading a page of it. Raises ListQueryInvalid."""
    kind = admin.get_changelist(request)
    unread = type("UnreadList", (kind,), {"get_results": lambda _self, _request: None})
    columns = admin.own_columns(request)
    try:
        return unread(
            request, admin.model, columns, admin.get_list_display_links(request, columns),
            admin.get_list_filter(request), admin.date_hierarchy, admin.get_search_fields(request),
            admin.get_list_select_related(request), admin.list_per_page, admin.list_max_show_all,
            (), admin, admin.get_sortable_by(request), admin.search_help_text,
        )  # fmt: skip
    except (IncorrectLookupParameters, MessageFailure):  # nobody reads what the list would say
        raise ListQueryInvalid from None
