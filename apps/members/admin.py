"""Head office: members, their identities (masked) and the tokens of their devices."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import SearchResult

from apps.accounts.office import who_looked
from apps.loyalty.office import AdjustsPoints, newest_entries
from apps.members import selectors as members
from apps.members.models import Identity, Member, MemberToken
from apps.members.office import MemberPages
from apps.orders import selectors as orders
from apps.orders.office import newest_orders
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import HomeStoreCodeFilter, period
from apps.org.offices.home import Panel
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import results_of
from apps.org.offices.sites import head_office


@admin.register(Member, site=head_office)
class MemberAdmin(AdjustsPoints, MemberPages):
    actions_detail = (*MemberPages.actions_detail, "adjust_points")
    list_display = (
        "number",
        "name",
        "identified_by",
        "state",
        "home_store",
        "n_points",
        "enrolled",
    )
    list_filter = (("status", ChoicesDropdownFilter), HomeStoreCodeFilter, period("enrolled_at"))

    def detail_panels(self, request: HttpRequest, obj: Member) -> list[Panel]:
        actor = actor_of(request)
        own = orders.orders_visible_to(actor).filter(member=obj)
        return [
            newest_orders("admin", own),
            newest_entries("admin", actor, obj.pk),
            *who_looked(request, obj.number),
        ]


@admin.register(Identity, site=head_office)
class IdentityAdmin(RecordAdmin):
    see_action = "members.see"
    visible = staticmethod(members.identities_visible_to)
    icon = "fingerprint"
    in_sidebar = False
    related = ("member",)
    masked = columns.text("masked_value", _("value (masked)"))
    holder = columns.link("member", _("member"))
    added = columns.when("created_at", _("created at"))
    list_display = ("masked", "kind", "holder", "added")
    list_filter = (("kind", ChoicesDropdownFilter),)
    exact = ("member__number",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = ("kind", "masked", "holder", "added")


@admin.register(MemberToken, site=head_office)
class MemberTokenAdmin(RecordAdmin):
    see_action = "members.see"
    visible = staticmethod(members.tokens_visible_to)
    icon = "token"
    in_sidebar = False
    related = ("member",)
    holder = columns.link("member", _("member"))
    issued = columns.when("created_at", _("created at"))
    expires = columns.when("expires_at", _("expires at"))
    revoked = columns.when("revoked_at", _("revoked at"))
    list_display = ("id", "holder", "issued", "expires", "revoked")
    exact = ("member__number",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = ("holder", "issued", "expires", "revoked")


@head_office.finder
def members_by_key(request: HttpRequest, text: str) -> list[SearchResult]:
    """A member by number or by a whole phone, card or name."""
    found: Any = members.find(members.members_visible_to(actor_of(request)), text)
    return results_of(
        "admin", found[:5], text=lambda row: f"{row.number} {row.masked_name}".strip()
    )
