"""Head office: regions, franchisees, warehouses and channels."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.flows.open_warehouse import open_warehouse
from apps.org import selectors as org
from apps.org.models import (
    Channel,
    ChannelStore,
    Franchisee,
    Region,
    Warehouse,
)
from apps.org.offices.access import actor_of
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.filters import RegionFilter
from apps.org.offices.lists import Hint
from apps.org.offices.settings import SettingsInline
from apps.org.offices.sites import head_office

NAMES = ("code", "name", "name_en")
BY_NAME = ("code__istartswith", "name__icontains", "name_en__icontains")


class PlaceAdmin(OfficeAdmin):
    """What the places of the organisation have in common."""

    see_action = "org.see"
    manage_action = "org.manage"
    search_fields = BY_NAME
    search_help_text = _("Code or name")
    ordering = ("code",)
    sortable_by: ClassVar[tuple[str, ...]] = ("code",)


@admin.register(Region, site=head_office)
class RegionAdmin(PlaceAdmin):
    visible = staticmethod(org.regions_visible_to)
    icon = "map"
    instead = _("Give its stores and warehouses to another region: then nothing new arises in it.")
    empty_hint = Hint(_("Regions come first: stores and warehouses belong to one."))
    sortable_by = ("code", "name")
    list_display = NAMES


@admin.register(Franchisee, site=head_office)
class FranchiseeAdmin(PlaceAdmin):
    visible = staticmethod(org.franchisees_visible_to)
    icon = "handshake"
    instead = _("Hand its stores over to another franchisee: past orders stay with this one.")
    empty_hint = Hint(_("Add the franchisees before the stores that they run."))
    sortable_by = ("code", "name")
    list_display = NAMES


@admin.register(Warehouse, site=head_office)
class WarehouseAdmin(PlaceAdmin):
    visible = staticmethod(org.warehouses_visible_to)
    icon = "warehouse"
    empty_hint = Hint(_("A warehouse belongs to a region; add the region first."), "org.region")
    sortable_by = ("code", "name")
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


class StoresOfChannel(SettingsInline):
    """Where a channel that serves named stores only is open."""

    model = ChannelStore
    verbose_name_plural = _("Stores that it serves, where these are named")
    see_action = "org.see"
    manage_action = "org.manage"
    visible = staticmethod(org.channel_stores_visible_to)
    related = ("store",)
    ordering = ("store__code",)
    autocomplete_fields = ("store",)


@admin.register(Channel, site=head_office)
class ChannelAdmin(PlaceAdmin):
    visible = staticmethod(org.channels_visible_to)
    icon = "hub"
    instead = _("Take the mark off “active” on its page: nothing is sold through it any more.")
    empty_hint = Hint(_("Add the channels through which the brand sells."))
    sortable_by = ("code", "name")
    list_display = (*NAMES, "kind", "is_active")
    list_filter = (("kind", ChoicesDropdownFilter),)
    fields = ("code", "name", "name_en", "kind", "is_active", "serves")
    inlines = (StoresOfChannel,)
