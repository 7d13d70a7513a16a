"""Head office: members, their identities (masked) and the tokens of their devices."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from apps.accounts.office import who_looked
from apps.loyalty.office import AdjustsPoints
from apps.loyalty.office import told_of_member as their_points
from apps.members import selectors as members
from apps.members.models import Identity, Member, MemberToken, StoreConsent
from apps.members.office import KnownFilter, MemberPages, members_found, told_of_enrolment
from apps.orders.office import BoughtFilter
from apps.orders.office import told_of_member as what_they_bought
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import HomeStoreCodeFilter, StoreCodeFilter, period
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import Hit
from apps.org.offices.sites import head_office
from apps.payments.office import told_of_member as what_goes_back


@admin.register(Member, site=head_office)
class MemberAdmin(AdjustsPoints, MemberPages):
    actions_detail = (*MemberPages.actions_detail, "adjust_points")
    list_display = (
        "number",
        "name",
        "identified_by",
        "state",
        "store",
        "n_points",
        "enrolled",
    )
    list_filter = (
        ("status", ChoicesDropdownFilter),
        KnownFilter,
        HomeStoreCodeFilter,
        period("enrolled_at"),
        BoughtFilter,
    )

    parts = (
        told_of_enrolment,
        what_they_bought,
        what_goes_back,
        their_points,
        lambda request, site, member: who_looked(request, site, member.number),
    )


@admin.register(Identity, site=head_office)
class IdentityAdmin(RecordAdmin):
    see_action = "members.see"
    visible = staticmethod(members.identities_visible_to)
    icon = "fingerprint"
    empty_hint = Hint(_("Rows appear with the first member."), "members.member")
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
    empty_hint = Hint(_("A token appears when a member signs in."), "members.member")
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


class LiveFilter(DropdownFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", pgettext_lazy("consent", "live")), ("withdrawn", _("withdrawn"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {"live": True, "withdrawn": False}
        live = known.get(self.value() or "")
        return queryset if live is None else queryset.filter(withdrawn_at__isnull=live)


@admin.register(StoreConsent, site=head_office)
class StoreConsentAdmin(RecordAdmin):
    see_action = "members.see"
    visible = staticmethod(members.consents_visible_to)
    icon = "handshake"
    empty_hint = Hint(_("A consent appears when a member gives it to a store."), "members.member")
    related = ("member", "store", "franchisee")
    holder = columns.link("member", _("member"), seen="member_is_seen")
    place = columns.link("store", _("store"))
    owner = columns.link("franchisee", _("franchisee"))
    given = columns.when("given_at", _("given at"))
    withdrawn = columns.when("withdrawn_at", _("withdrawn at"))
    list_display = ("given", "holder", "place", "purpose", "given_via", "withdrawn")
    list_filter = (
        StoreCodeFilter,
        ("given_via", ChoicesDropdownFilter),
        LiveFilter,
        period("given_at"),
    )
    exact = ("member__number",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = (
        ("holder", "place", "owner"),
        ("purpose", "given", "given_via", "given_by"),
        ("withdrawn", "withdrawn_by"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A member whose consent has ended may be seen no more."""
        return members.with_member_seen(actor_of(request), super().get_queryset(request))


@head_office.finder
def members_by_key(request: HttpRequest, text: str) -> list[Hit]:
    """A member by number, by a whole phone, card or name, or by the end of a phone."""
    return members_found(head_office, request, text)
