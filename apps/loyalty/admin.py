"""Head office: points balances, the ledger, lots and what was taken from them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.loyalty import selectors as loyalty
from apps.loyalty.models import LotDraw, PointsAccount, PointsEntry, PointsLot
from apps.loyalty.office import ChangeFilter, ExpiringFilter, source, told_of_entry
from apps.members import selectors as members
from apps.org.offices import columns, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import period
from apps.org.offices.lists import Hint
from apps.org.offices.record import RecordPage
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


class PointsPages(RecordAdmin):
    """Points of members; not everybody who sees points sees the member too."""

    see_action = "points.see"
    member_path = "member"
    holder = columns.link("member", _("member"), seen="member_is_seen")
    n_points = columns.count("points", _("points"))
    exact: tuple[str, ...] = ("member__number",)
    search_help_text = _("Member number")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return members.with_member_seen(actor_of(request), rows, self.member_path)


@admin.register(PointsAccount, site=head_office)
class PointsAccountAdmin(PointsPages):
    visible = staticmethod(loyalty.accounts_visible_to)
    icon = "stars"
    empty_hint = Hint(_("Rows appear when a member earns the first points."), "members.member")
    related = ("member",)
    n_balance = columns.count("balance", _("balance"))
    list_display = ("member", "n_balance")
    fields = ("holder", "n_balance")


@admin.register(PointsEntry, site=head_office)
class PointsEntryAdmin(RecordPage, PointsPages):
    visible = staticmethod(loyalty.entries_visible_to)
    icon = "swap_vert"
    empty_hint = Hint(_("Rows appear when a member earns the first points."), "members.member")
    related = ("member", "order", "store", "franchisee", "region")
    document = columns.link("order", _("order"))
    time = columns.when("at", _("time"), zone="store__time_zone")
    why = words.reason()
    source = source
    list_display = ("time", "holder", "kind", "document", "store", "n_points")
    list_filter = (("kind", ChoicesDropdownFilter), ChangeFilter, period("business_day"))
    exact = ("member__number", "order__number")
    search_help_text = _("Member number or order number")
    fields = (
        ("time", "kind", "n_points"),
        ("holder", "document", "source", "why"),
        ("store", "franchisee", "region", "business_day"),
    )
    parts = (told_of_entry,)


@admin.register(PointsLot, site=head_office)
class PointsLotAdmin(PointsPages):
    visible = staticmethod(loyalty.lots_visible_to)
    icon = "stacks"
    empty_hint = Hint(_("Rows appear when a member earns the first points."), "members.member")
    related = ("member", "entry__order")
    document = columns.link("entry__order", _("order"))
    n_remaining = columns.count("remaining", _("remaining"))
    expires = columns.when("expires_at", _("expires at"))
    list_display = ("member", "document", "n_points", "n_remaining", "expires")
    list_filter = (ExpiringFilter,)
    fields = ("holder", "document", "n_points", "n_remaining", "expires")


@admin.register(LotDraw, site=head_office)
class LotDrawAdmin(PointsPages):
    visible = staticmethod(loyalty.draws_visible_to)
    icon = "move_down"
    empty_hint = Hint(_("A line appears when points are spent or expire."), "loyalty.pointslot")
    in_sidebar = False
    related = ("entry__member", "lot__member")
    member_path = "entry__member"
    holder = columns.link("entry__member", _("member"), seen="member_is_seen")
    source = columns.link("lot", _("points lot"))
    list_display = ("id", "holder", "source", "n_points")
    exact = ()
    fields = ("holder", "source", "n_points")
