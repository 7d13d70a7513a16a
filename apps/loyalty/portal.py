"""Franchise portal: the points that own stores gave and took."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.loyalty import selectors as loyalty
from apps.loyalty.models import PointsEntry
from apps.loyalty.office import ChangeFilter, source
from apps.org.offices import columns, words
from apps.org.offices.filters import DocumentStoreFilter, period
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import portal


@admin.register(PointsEntry, site=portal)
class PortalPointsEntryAdmin(RecordAdmin):
    see_action = "points.see"
    visible = staticmethod(loyalty.entries_visible_to)
    icon = "stars"
    empty_hint = Hint(_("Rows appear when a member earns the first points."), "members.member")
    related = ("member", "order", "store")
    holder = columns.text("member__number", _("member number"))
    document = columns.link("order", _("order"), text="number")
    shop = columns.text("store__display_name", _("store"))
    time = columns.when("at", _("time"), zone="store__time_zone")
    n_points = columns.count("points", _("points"))
    why = words.reason()
    source = source
    list_display = ("time", "kind", "holder", "document", "shop", "n_points")
    list_filter = (
        ("kind", ChoicesDropdownFilter),
        ChangeFilter,
        period("business_day"),
        DocumentStoreFilter,
    )
    exact = ("member__number", "order__number")
    search_help_text = _("Member number or order number")
    ordering = ("-at", "-id")
    fields = (
        ("time", "kind", "n_points"),
        ("holder", "document", "shop"),
        ("business_day", "source", "why"),
    )
