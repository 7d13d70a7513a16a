"""Head office: what is dated or hangs on a store, as lists of its own."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.org import selectors as org
from apps.org.models import ChannelStore, StoreHours, Tenure
from apps.org.offices import columns
from apps.org.offices.filters import FranchiseeFilter, RegionFilter
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


class OfStoreAdmin(RecordAdmin):
    """Found by the store's code; changed on the page of the store or channel, or by its acts."""

    see_action = "org.see"
    exact = ("store__code",)
    search_help_text = _("Store code")
    shop = columns.link("store", _("store"))


@admin.register(Tenure, site=head_office)
class TenureAdmin(OfStoreAdmin):
    visible = staticmethod(org.tenures_visible_to)
    icon = "history"
    empty_hint = Hint(_("A tenure appears with the first store."), "org.store")
    related = ("store", "region", "franchisee")
    list_display = ("store", "region", "franchisee", "contract", "starts_on", "ends_on")
    list_filter = (RegionFilter, FranchiseeFilter)
    ordering = ("-starts_on", "-id")
    fields = (("shop", "contract"), ("region", "franchisee"), ("starts_on", "ends_on"))


@admin.register(StoreHours, site=head_office)
class StoreHoursAdmin(OfStoreAdmin):
    visible = staticmethod(org.hours_visible_to)
    icon = "schedule"
    empty_hint = Hint(_("Hours are set on the page of a store."), "org.store")
    in_sidebar = False
    related = ("store",)
    list_display = ("store", "weekday", "opens_at", "closes_at")
    ordering = ("store_id", "weekday")
    fields = ("shop", "weekday", ("opens_at", "closes_at"))


@admin.register(ChannelStore, site=head_office)
class ChannelStoreAdmin(OfStoreAdmin):
    visible = staticmethod(org.channel_stores_visible_to)
    icon = "hub"
    empty_hint = Hint(
        _("A channel that serves named stores names them on its page."), "org.channel"
    )
    in_sidebar = False
    related = ("store", "channel")
    list_display = ("store", "channel")
    ordering = ("channel_id", "store_id")
    fields = ("shop", "channel")
