"""What a list of the offices is: its order and pages, its columns, and what it says when it is empty.

Rows are paged by key, so only what an index serves may order them: the list's own order, and the
columns that ``sortable_by`` names.
"""

import hashlib
import json
from typing import Any, ClassVar, NamedTuple

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db.models import Model, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.views import ChangeList

from apps.common import keyset
from apps.common.keyset import CursorInvalid, Order
from apps.org.offices import arranging
from apps.org.offices.access import actor_of
from apps.org.offices.chips import Chip, chips_of, without_filters
from apps.org.offices.paging import Page, Pager


class Hint(NamedTuple):
    """What an empty list says: what comes first, and the label of the list where that is done."""

    text: str | Promise
    label: str = ""


class NextStep(NamedTuple):
    """A link below it."""

    url: str
    text: str


NOTHING_YET = Hint(gettext_lazy("Rows appear here as soon as there are any."))


class OfficeList(ChangeList):
    """One page of a list, and what stands around it."""

    request: HttpRequest
    page: Page
    order: Order

    def get_results(self, request: HttpRequest) -> None:
        """Instead of numbered pages. What Django's templates ask of numbers is told from the page."""
        self.request = request
        paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.page = self._page(request)
        paginator.found = self.page.found
        self.paginator = paginator
        self.result_list = self.page.rows
        self.result_count = self.full_result_count = paginator.count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = bool(self.page.before or self.page.after)

    def get_filters(self, request: HttpRequest) -> Any:
        """Raises IncorrectLookupParameters also for NUL, which no text of the database holds."""
        given = self.get_filters_params().values()
        if any("\0" in value for values in given for value in values):
            raise IncorrectLookupParameters
        return super().get_filters(request)

    def _page(self, request: HttpRequest) -> Page:
        pager = Pager(self.queryset, self.order, self.list_per_page, self._signature(request))
        try:
            return pager.page(request.GET.get(PAGE_VAR, ""))
        except CursorInvalid:
            if request.method == "GET":
                messages.warning(request, _("That page is no longer there; this is the first one."))
            return pager.page()

    def _signature(self, request: HttpRequest) -> str:
        """Of what list a cursor is: site, model, filters, order and reader."""
        site, actor = self.model_admin.admin_site.name, actor_of(request)
        order = [str(expression) for expression in keyset.expressions(self.order)]
        parts = [site, self.opts.label_lower, actor.kind, actor.id, order, self.list_per_page]
        text = json.dumps([*parts, sorted(self.filter_params.items())])
        return hashlib.sha256(text.encode()).hexdigest()

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """The column that was asked for, where it may be; else the list's own order. Always total."""
        self._normalise_order()
        unordered = queryset.order_by()  # Django would append the list's own order to the column's
        asked: list[Any] = super().get_ordering(request, unordered)
        ordering = [one for one in asked if one != "-pk"]  # which Django appends
        self.order = keyset.total_order(self.model, ordering)
        return keyset.expressions(self.order)

    def _normalise_order(self) -> None:
        """``o`` as Django knows it, by number, in ``params``; in addresses by the column's name,
        which stays right when columns are hidden. One column: no index serves two."""
        column = self._sorted_column(str(self.params.pop(ORDER_VAR, "")).split(".")[0])
        self.filter_params.pop(ORDER_VAR, None)
        if column:
            sign = "-" if column.startswith("-") else ""
            place = list(self.list_display).index(column.removeprefix("-"))
            self.params[ORDER_VAR] = f"{sign}{place}"
            self.filter_params[ORDER_VAR] = [column]

    def _sorted_column(self, asked: str) -> str:
        """``-2`` or ``-code`` → ``-code``; nothing for a column by which nobody may sort."""
        sign, name = ("-", asked[1:]) if asked.startswith("-") else ("", asked)
        if name.isascii() and name.isdigit():
            place = int(name[:4])
            name = str(self.list_display[place]) if place < len(self.list_display) else ""
        sortable = name in self.list_display and name in (self.sortable_by or ())
        return f"{sign}{name}" if sortable and self.get_ordering_field(name) else ""

    @property
    def query_to_keep(self) -> str:
        """The filters, search and order of this list as a query string, without the page."""
        return urlencode(sorted(self.filter_params.items()), doseq=True)

    def link_to(self, cursor: str) -> str:
        return str(self.get_query_string({PAGE_VAR: cursor}))

    @property
    def previous_link(self) -> str:
        return self.link_to(self.page.before) if self.page.before else ""

    @property
    def next_link(self) -> str:
        return self.link_to(self.page.after) if self.page.after else ""

    @property
    def first_link(self) -> str:
        return str(self.get_query_string())

    @property
    def is_narrowed(self) -> bool:
        """Whether filters or a search hide rows."""
        return bool(self.query) or any(self.get_filters_params().values())

    @property
    def chips(self) -> list[Chip]:
        """Each filter in force, and the way to the list without it."""
        return chips_of(self.filter_specs, self.filter_params)

    @property
    def without_filters(self) -> str:
        return without_filters(self.filter_params)

    @property
    def arrangement(self) -> Any:
        return arranging.arrangement_of(self.request, self.model_admin)

    @property
    def may_be_saved(self) -> bool:
        """Whether there is something to save that is not saved already."""
        kept = arranging.query_to_save(self.model_admin, self.query_to_keep)
        return bool(kept) and all(kept != view.query for view in self.arrangement.views)

    @property
    def search_is_kept_out(self) -> bool:
        """Whether what is searched for would not be saved."""
        saved = arranging.query_to_save(self.model_admin, self.query_to_keep)
        return bool(self.query) and f"{SEARCH_VAR}=" not in saved

    @property
    def columns(self) -> list[tuple[str, str, bool]]:
        """Name and heading of every column that may be hidden, and whether it is shown."""
        own = self.model_admin.own_columns(self.request)[1:]
        shown = set(self.list_display)
        return [(name, self._heading(name), name in shown) for name in own]

    @property
    def columns_are_chosen(self) -> bool:
        return not all(shown for _name, _heading, shown in self.columns)

    @property
    def first_column(self) -> str:
        return self._heading(self.model_admin.own_columns(self.request)[0])

    def _heading(self, name: str) -> str:
        return capfirst(str(label_for_field(name, self.model, model_admin=self.model_admin)))

    @property
    def next_step(self) -> NextStep | None:
        """Where that is done which comes before the first row, for people who see that list."""
        own = self.model_admin
        other = own.admin_site.admin_called(own.empty_hint.label)
        if other is None or not other.may_see(self.request):
            return None
        return NextStep(list_url(other), capfirst(str(other.opts.verbose_name_plural)))


class ListedPages:
    """The part of an OfficeAdmin that its list asks."""

    model: type[Model]
    opts: Any
    admin_site: Any
    empty_hint: ClassVar[Hint] = NOTHING_YET
    private_search = False
    """Whether what people type to find rows may be a personal value; then no view keeps it."""

    class Media:
        css: ClassVar = {"all": ["offices/lists.css"]}
        js: ClassVar = [Script("offices/lists.js", defer=True)]

    def own_columns(self, request: HttpRequest) -> list[str]:
        """Every column of the list."""
        return [str(name) for name in super().get_list_display(request)]  # type: ignore[misc]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """The columns that the person wants; the first always, for it leads to the row."""
        own = self.own_columns(request)
        wanted = arranging.arrangement_of(request, self).columns
        if wanted is None:
            return own
        return [name for place, name in enumerate(own) if not place or name in wanted]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeList]:
        return OfficeList


def list_url(admin: Any) -> str:
    """The address of the list."""
    options = admin.opts
    name = f"{admin.admin_site.name}:{options.app_label}_{options.model_name}_changelist"
    return reverse(name)
