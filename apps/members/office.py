"""What head office and the portal both show of members. Personal values are masked, whoever looks."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from apps.members import selectors as members
from apps.members.models import Identity, Member
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import start_of_today
from apps.org.offices.home import Card
from apps.org.offices.paging import bounded_count
from apps.org.offices.records import RecordAdmin, RecordInline

STATUS_TONES: dict[str, str] = {Member.Status.ACTIVE: "success", Member.Status.CLOSED: "plain"}


class IdentitiesOfMember(RecordInline):
    model = Identity
    see_action = "members.see"
    visible = staticmethod(members.identities_visible_to)
    fields = ("kind", "masked", "added")
    tab = False
    added = columns.when("created_at", _("created at"))
    masked = columns.text("masked_value", _("value (masked)"))


class MemberPages(RecordAdmin):
    """List and page of members, found by number or by a whole phone, card or name."""

    see_action = "members.see"
    visible = staticmethod(members.members_visible_to)
    icon = "person"
    related = ("home_store", "points_account")
    search_fields = ("number",)
    search_help_text = _("Member number, or a whole phone, card or name")
    ordering = ("-enrolled_at", "-id")
    fields = (("number", "name", "state"), ("store", "enrolled", "n_points"))
    inlines = (IdentitiesOfMember,)
    name = columns.text("masked_name", pgettext_lazy("person", "name"))
    state = columns.state("status", _("status"), STATUS_TONES)
    store = columns.text("home_store", _("home store"))
    enrolled = columns.when("enrolled_at", _("enrolled at"))

    @display(description=_("points"))
    def n_points(self, obj: Member) -> str:
        """0 before the first entry, which makes the account."""
        return columns.number(f"{columns.follow(obj, 'points_account__balance') or 0:,}")

    @display(description=_("identities"))
    def identified_by(self, obj: Member) -> str:
        held = sorted(obj.identities.all(), key=lambda one: Identity.Kind.values.index(one.kind))
        return " · ".join(identity.masked_value for identity in held)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("identities")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (members.find(queryset, search_term) if search_term.strip() else queryset), False


def new_members(request: HttpRequest) -> Sequence[Card]:
    """How many of the members that the person sees joined today."""
    actor = actor_of(request)
    if not actor.may("members.see"):
        return []
    joined = members.members_visible_to(actor).filter(enrolled_at__gte=start_of_today())
    return [
        Card(
            _("New members today"),
            bounded_count(joined),
            _("Since midnight"),
            "members/member/?period=today",
            "person_add",
        )
    ]
