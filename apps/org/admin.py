"""Head office: regions, franchisees, stores, warehouses, channels, roles and client bindings."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import SearchResult

from apps.flows.open_store import open_store
from apps.flows.open_warehouse import open_warehouse
from apps.org import selectors as org
from apps.org import services
from apps.org.models import (
    Channel,
    ClientBinding,
    Franchisee,
    Region,
    RoleAssignment,
    Store,
    Warehouse,
)
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.filters import FranchiseeFilter, RegionFilter
from apps.org.offices.results import results_of
from apps.org.offices.sites import head_office

NAMES = ("code", "name", "name_en")
BY_NAME = ("code__istartswith", "name__icontains", "name_en__icontains")
STORE_TONES: dict[str, str] = {Store.Status.OPEN: "success", Store.Status.CLOSED: "plain"}


class PlaceAdmin(OfficeAdmin):
    """What the places of the organisation have in common."""

    see_action = "org.see"
    manage_action = "org.manage"
    search_fields = BY_NAME
    search_help_text = _("Code or name")
    ordering = ("code",)


@admin.register(Region, site=head_office)
class RegionAdmin(PlaceAdmin):
    visible = staticmethod(org.regions_visible_to)
    icon = "map"
    list_display = NAMES


@admin.register(Franchisee, site=head_office)
class FranchiseeAdmin(PlaceAdmin):
    visible = staticmethod(org.franchisees_visible_to)
    icon = "handshake"
    list_display = NAMES


class StoreForm(forms.ModelForm):
    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise ValidationError(_("There is no such time zone."))
        return name


@admin.register(Store, site=head_office)
class StoreAdmin(PlaceAdmin):
    form = StoreForm
    visible = staticmethod(org.stores_visible_to)
    icon = "storefront"
    related = ("region", "franchisee")
    state = columns.state("status", _("status"), STORE_TONES)
    list_display = (*NAMES, "region", "franchisee", "state", "time_zone")
    list_filter = (("status", ChoicesDropdownFilter), RegionFilter, FranchiseeFilter)
    autocomplete_fields = ("region", "franchisee")
    fields = ("code", "name", "name_en", "region", "franchisee", "time_zone", "status")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A store is closed; its documents and its stock location stay."""
        return False

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: Any) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            open_store(actor_of(request), obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The flow has written the line."""


@admin.register(Warehouse, site=head_office)
class WarehouseAdmin(PlaceAdmin):
    visible = staticmethod(org.warehouses_visible_to)
    icon = "warehouse"
    related = ("region",)
    list_display = (*NAMES, "region")
    list_filter = (RegionFilter,)
    autocomplete_fields = ("region",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its stock location stays."""
        return False

    def save_model(self, request: HttpRequest, obj: Warehouse, form: Any, change: Any) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            open_warehouse(actor_of(request), obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The flow has written the line."""


@admin.register(Channel, site=head_office)
class ChannelAdmin(PlaceAdmin):
    visible = staticmethod(org.channels_visible_to)
    icon = "hub"
    list_display = (*NAMES, "kind", "is_active")
    list_filter = (("kind", ChoicesDropdownFilter),)
    fields = ("code", "name", "name_en", "kind", "is_active")


@admin.register(RoleAssignment, site=head_office)
class RoleAssignmentAdmin(OfficeAdmin):
    """A role is given and taken away; it is not edited."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    visible = staticmethod(org.assignments_visible_to)
    icon = "badge"
    center = "accounts"
    related = ("user", "region", "franchisee", "store")
    list_display = ("user", "role", "region", "franchisee", "store")
    list_filter = (("role", ChoicesDropdownFilter),)
    exact = ("user__username", "store__code", "franchisee__code")
    search_help_text = _("User name, store code or franchisee code")
    ordering = ("user__username", "id")
    fields = ("user", "role", "region", "franchisee", "store")
    autocomplete_fields = ("user", "region", "franchisee", "store")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is not None and obj.user_id == request.user.pk
        return self.may_manage(request) and not own

    def save_model(self, request: HttpRequest, obj: RoleAssignment, form: Any, change: Any) -> None:
        given = services.assign_role(
            actor_of(request),
            obj.user,
            obj.role,
            region=obj.region,
            franchisee=obj.franchisee,
            store=obj.store,
        )
        obj.pk = given.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the line."""

    def key_of(self, obj: RoleAssignment) -> str:
        scope = obj.region or obj.franchisee or obj.store
        return f"{obj.user.username} {obj.role} {scope.code if scope else 'all'}"[:64]


@admin.register(ClientBinding, site=head_office)
class ClientBindingAdmin(OfficeAdmin):
    see_action = "clients.see"
    manage_action = "clients.manage"
    visible = staticmethod(org.bindings_visible_to)
    icon = "link"
    center = "accounts"
    related = ("client", "store")
    list_display = ("client", "store")
    exact = ("client__key_id", "store__code")
    search_help_text = _("Key id or store code")
    ordering = ("client__name", "store__code")
    autocomplete_fields = ("client", "store")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def key_of(self, obj: ClientBinding) -> str:
        return f"{obj.client.key_id} {obj.store.code}"[:64]


@head_office.finder
def stores_by_code(request: HttpRequest, text: str) -> list[SearchResult]:
    """A store by its whole code."""
    found = org.stores_visible_to(actor_of(request)).filter(code__in={text, text.upper()})[:5]
    return results_of("admin", found)
