"""Head office: store groups."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.org import selectors as org
from apps.org.admin.dated import OfStoreAdmin
from apps.org.admin.places import NAMES, PlaceAdmin
from apps.org.models import StoreGroup, StoreGroupMember
from apps.org.offices.lists import Hint
from apps.org.offices.settings import SettingsInline
from apps.org.offices.sites import head_office


class StoresOfGroup(SettingsInline):
    """The stores that stand in a group."""

    model = StoreGroupMember
    verbose_name_plural = _("Stores of this group")
    see_action = "org.see"
    manage_action = "org.manage"
    visible = staticmethod(org.group_members_visible_to)
    related = ("store",)
    ordering = ("store__code",)
    autocomplete_fields = ("store",)


@admin.register(StoreGroup, site=head_office)
class StoreGroupAdmin(PlaceAdmin):
    visible = staticmethod(org.store_groups_visible_to)
    icon = "workspaces"
    instead = _("Take its stores out: rules that name it then hold for no store.")
    empty_hint = Hint(_("A group names stores together, so that one rule holds for all of them."))
    sortable_by = ("code", "name")
    list_display = NAMES
    fields = NAMES
    inlines = (StoresOfGroup,)


@admin.register(StoreGroupMember, site=head_office)
class StoreGroupMemberAdmin(OfStoreAdmin):
    visible = staticmethod(org.group_members_visible_to)
    icon = "workspaces"
    empty_hint = Hint(_("A store group names its stores on its page."), "org.storegroup")
    in_sidebar = False
    related = ("store", "group")
    list_display = ("store", "group")
    ordering = ("group_id", "store_id")
    fields = ("shop", "group")
