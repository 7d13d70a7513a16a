"""Documents and ledgers: lists, pages and tables that nobody edits by hand."""

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from apps.org.offices.base import Guarded, OfficeAdmin


class RecordAdmin(OfficeAdmin):
    """Documents and ledgers: nobody adds, changes or deletes a row by hand."""

    compressed_fields = False
    list_display_links: Any = None

    def __init__(self, model: type[Model], admin_site: AdminSite) -> None:
        super().__init__(model, admin_site)
        if self.list_display_links is None:
            self.list_display_links = (self.list_display[0],)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordInline(Guarded, TabularInline):
    """Rows of a document on its page, read-only."""

    extra = 0
    max_num = 0
    can_delete = False
    tab = True
    hide_title = True
    prefetched: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(*self.prefetched)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
