"""What every list and page of both sites is made from. Deny by default."""

from collections.abc import Sequence
from functools import wraps
from typing import Any, ClassVar, NoReturn

from django.contrib.admin import ShowFacets
from django.contrib.admin.sites import AdminSite
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.org import selectors as org
from apps.org.offices import audit, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.changing import ChangesRows
from apps.org.offices.deleting import Deletes, reason_of
from apps.org.offices.home import Section
from apps.org.offices.lists import ListedPages
from apps.org.offices.paging import BoundedPaginator
from apps.org.offices.restoring import Versioned
from apps.org.offices.stale import Fresh


class Guarded:
    """Permission and rows, asked of the actor: ``see_action`` to look, ``manage_action`` to change.

    ``visible`` is the selector from which every row comes. A class that names none shows nothing.
    """

    see_action = ""
    manage_action = ""
    related: tuple[str, ...] = ()
    admin_site: AdminSite
    model: type[Model]

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return self.model._default_manager.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.visible(actor_of(request))
        if self.related:  # without names it would join everything
            rows = rows.select_related(*self.related)
        ordering = self.get_ordering(request)  # type: ignore[attr-defined]  # of the admin class beside
        return rows.order_by(*ordering) if ordering else rows

    def may_see(self, request: HttpRequest) -> bool:
        return bool(self.see_action) and actor_of(request).may(self.see_action)

    def may_manage(self, request: HttpRequest) -> bool:
        """Settings are the brand's: they are changed by those who reach everything."""
        if not self.manage_action:
            return False
        return org.reach_of(actor_of(request), self.manage_action).everything

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_see(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_see(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_manage(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers only rows that the person sees on this site."""
        related = db_field.remote_field.model
        if self.admin_site.is_registered(related):
            rows = self.admin_site.get_model_admin(related).get_queryset(request)
        else:
            rows = related._default_manager.none()
        kwargs["queryset"] = rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class OfficeAdmin(Fresh, Versioned, Deletes, Guarded, ChangesRows, ListedPages, ModelAdmin):
    """A list and its pages; changes are made here only where ``manage_action`` is named."""

    icon = "description"
    center = ""
    """The app under which the sidebar shows this; its own by default."""
    in_sidebar = True
    known_as: Any = ""
    """What the people of this site call its rows; the name of the model by default."""
    add_title: Any = ""
    """What its plus stands for; to add a row by default."""
    private_fields: frozenset[str] = frozenset()
    """Fields that an audit line names without their values."""

    personal_columns: tuple[str, ...] = ()
    """Columns that are masked, and that ``in_clear`` can tell for a file."""
    personal_action = ""
    """The right to have them in clear."""

    exact: tuple[str, ...] = ()
    """Search by whole keys, here or one relation away; lists without it use ``search_fields``."""
    quick_filters: tuple[tuple[Any, str], ...] = ()
    """Links above the list: text and query string."""

    extra_pages: dict[str, str] = {}
    """Addresses of its own beyond Django's and the buttons: name → the action that it asks."""

    actions = ()
    sortable_by: ClassVar[tuple[str, ...]] = ()
    """Columns that order the list when their heading is pressed: those that an index serves."""
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = BoundedPaginator
    list_filter_submit = True
    list_fullwidth = True
    compressed_fields = True
    preserve_filters = True
    view_on_site = False
    list_before_template = "offices/quick_filters.html"
    change_form_outer_after_template = "offices/panels.html"

    def get_search_fields(self, request: HttpRequest) -> Any:
        return self.exact or self.search_fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not self.exact or not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(lookups.exact_match(self.model, self.exact, search_term)), False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only what the filters name: a free lookup could feel its way to what no column shows."""
        return lookup.removesuffix("__exact") in {lookups.name_of(one) for one in self.list_filter}

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> NoReturn:
        raise Http404

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> dict[str, Any]:
        return audit.changes_of(form, formsets or (), private=self.private_fields, add=add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self.record(request, obj, "create", message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        if message:
            self.record(request, obj, "change", message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            gone = audit.values_of(obj, private=self.private_fields)
            self.record(request, obj, "delete", gone, reason_of(request))

    def record(
        self, request: HttpRequest, obj: Any, verb: str, changes: dict[str, Any], reason: str = ""
    ) -> None:
        """The audit line of one change made on this site; same transaction as the change."""
        accounts.record(
            actor_of(request),
            f"{self.opts.app_label}.{verb}_{self.opts.model_name}",
            target=(str(self.opts.model_name), self.key_of(obj)),
            changes=changes,
            reason=reason,
            under=self.manage_action,
        )

    def key_of(self, obj: Any) -> str:
        return audit.key_of(obj)

    def detail_panels(self, request: HttpRequest, obj: Any) -> Sequence[Section]:
        """What stands below the page of a row."""
        return []

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> Any:
        if kwargs.get("obj") is not None:
            context["panels"] = self.detail_panels(request, kwargs["obj"])
        return super().render_change_form(request, context, **kwargs)

    def get_unfold_action(self, action: str) -> Any:
        """An action on a row is for rows that the person sees; every other one is not there."""
        found = super().get_unfold_action(action)
        found.method = self._on_visible_rows(found.method)
        return found

    def _on_visible_rows(self, method: Any) -> Any:
        @wraps(method)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            key = kwargs.get("object_id")
            if key and not lookups.with_key(self.get_queryset(request), key).exists():
                raise Http404
            return method(request, *args, **kwargs)

        return guarded

    def back_to(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page of the row, also from a dialog."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        url = reverse(name, args=[object_id])
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
