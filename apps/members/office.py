"""What head office and the portal both show of members.

Personal values are masked, whoever looks; in clear they are shown by one dialog, once, on record.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.accounts.actor import Actor
from apps.common import crypto
from apps.common.errors import DomainError
from apps.members import rules, services
from apps.members import selectors as members
from apps.members.models import Identity, Member, StoreConsent
from apps.members.services.revealing_many import reveal_many
from apps.org import selectors as org
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.home import Step
from apps.org.offices.lists import Hint
from apps.org.offices.record import Part, PersonPage
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.refusals import say_refusal
from apps.org.offices.results import AT_MOST, Exact, Hit, hits_of

FIELD_NAMES = {"name": pgettext_lazy("person", "name"), **dict(Identity.Kind.choices)}
FIELDS_OF_COLUMN = {"name": ("name",), "identified_by": tuple(Identity.Kind.values)}
"""What stands masked in each column of personal data."""
SEALED = "~"
"""What the sealed text of a search begins with; no number, identity or name does."""
PURPOSE = "member search"
STATUS_TONES: dict[str, str] = {Member.Status.ACTIVE: "success", Member.Status.CLOSED: "plain"}


class IdentitiesOfMember(RecordInline):
    model = Identity
    see_action = "members.see"
    visible = staticmethod(members.identities_visible_to)
    fields = ("kind", "masked", "added")
    tab = False
    added = columns.when("created_at", _("created at"))
    masked = columns.text("masked_value", _("value (masked)"))


class ConsentsOfMember(RecordInline):
    """To which of the stores that the person sees; what a member gave elsewhere is not theirs."""

    model = StoreConsent
    see_action = "members.see"
    visible = staticmethod(members.consents_visible_to)
    related = ("store",)
    fields = ("store", "purpose", "given", "given_via", "withdrawn")
    ordering = ("-given_at", "-id")
    given = columns.when("given_at", _("given at"))
    withdrawn = columns.when("withdrawn_at", _("withdrawn at"))


class KnownFilter(DropdownFilter):
    """How own stores come to see a member."""

    title = _("known as")
    parameter_name = "known"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("acquired", _("Acquired by own stores")), ("consented", _("By consent"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        actor = actor_of(request)
        if self.value() == "acquired":
            return queryset.filter(pk__in=members.members_acquired_by(actor).values("pk"))
        if self.value() == "consented":
            return queryset.filter(pk__in=members.members_consenting_to(actor).values("pk"))
        return queryset


class RevealForm(ReasonForm):
    """Which values, and why."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("Values"),
        choices=lambda: [(name, FIELD_NAMES[name]) for name in services.FIELDS],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    field_order = ("fields_wanted", "reason")


def told_of_enrolment(request: HttpRequest, site: AdminSite, member: Member) -> Part:
    """Since when somebody is a member, and where, for who sees that store. The figures beside it are of
    what the person sees."""
    home = home_of(member)
    step = Step(
        member.enrolled_at,
        _("Enrolled"),
        getattr(home, "display_name", home) or "",
        icon="person_add",
        tone="success",
        shown_at=columns.local_time(member.enrolled_at),
    )
    everything = org.reach_of(actor_of(request), "orders.see").everything
    note = _(
        "Orders, money, and points earned and burned are those of the stores whose data you see; "
        "the points balance is that of all stores."
    )
    return Part(steps=[step], notes=[] if everything else [note])


class MemberPages(PersonPage, RecordAdmin):
    """List and page of members, found by number, by a whole phone, card or name, or by the last four
    digits of a phone. What is typed to find them stands in no address."""

    see_action = "members.see"
    visible = staticmethod(members.members_visible_to)
    icon = "person"
    empty_hint = Hint(_("Members appear as soon as the first one is enrolled."))
    related = ("home_store", "points_account")
    search_fields = ("number",)
    search_help_text = _(
        "Member number, a whole phone, card or name, or a phone's last four digits"
    )
    ordering = ("-enrolled_at", "-id")
    sortable_by = ("enrolled",)
    private_search = True
    fields = (("number", "name", "state"), ("store", "enrolled", "n_points"))
    inlines = (IdentitiesOfMember, ConsentsOfMember)
    actions_detail: tuple[str, ...] = ("reveal",)
    personal_columns = ("name", "identified_by")
    personal_action = members.SEE_PERSONAL
    name = columns.text("masked_name", pgettext_lazy("person", "name"))
    state = columns.state("status", _("status"), STATUS_TONES)
    enrolled = columns.when("enrolled_at", _("enrolled at"), ordering="enrolled_at")

    @display(description=_("home store"))
    def store(self, obj: Member) -> Any:
        return home_of(obj)

    @display(description=_("points"))
    def n_points(self, obj: Member) -> str:
        """0 before the first entry, which makes the account."""
        return columns.number(f"{columns.follow(obj, 'points_account__balance') or 0:,}")

    @display(description=_("identities"))
    def identified_by(self, obj: Member) -> str:
        held = sorted(obj.identities.all(), key=lambda one: Identity.Kind.values.index(one.kind))
        return " · ".join(identity.masked_value for identity in held)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).prefetch_related("identities")
        return members.with_own_home(actor_of(request), rows)

    def in_clear(
        self, actor: Actor, rows: Sequence[Member], columns: Sequence[str], *, reason: str, via: str
    ) -> dict[int, dict[str, str]]:
        """Row → column → values of the members that ``actor`` may see so; each look is on record."""
        fields = [name for one in columns for name in FIELDS_OF_COLUMN[one]]
        found = reveal_many(actor, [row.pk for row in rows], fields=fields, reason=reason, via=via)
        return {
            key: {
                one: " · ".join(
                    value.removeprefix("+86")
                    for name, value in values
                    if name in FIELDS_OF_COLUMN[one]
                )
                for one in columns
            }
            for key, values in found.items()
        }

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term.startswith(SEALED):
            search_term = opened(search_term) or SEALED
        if not search_term.strip():
            return queryset, False
        try:
            return services.search(actor_of(request), queryset, search_term), False
        except DomainError as refusal:
            if not hasattr(request, "_messages"):  # nobody reads this page: an export fails instead
                raise
            say_refusal(request, refusal)
            return queryset.none(), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A search comes by POST and goes on under an address that only we can read."""
        text = request.POST.get(SEARCH_VAR)
        if text is None:
            return super().changelist_view(request, extra_context)
        asked = {name: str(request.POST[name]) for name in self._filters() & request.POST.keys()}
        if text.strip():
            asked[SEARCH_VAR] = sealed(text)
        return HttpResponseRedirect(f"{request.path}?{urlencode(asked)}")

    def _filters(self) -> set[str]:
        return {
            f"{lookups.name_of(one)}{end}" for one in self.list_filter for end in ("", "__exact")
        }

    def has_reveal_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For members on whom the person holds the right."""
        actor = actor_of(request)
        if not actor.may(members.SEE_PERSONAL):
            return False
        own = members.members_visible_to(actor, members.SEE_PERSONAL)
        return lookups.with_key(own, object_id).exists()

    @action(
        description=_("Show personal data"),
        permissions=["reveal"],
        icon="visibility",
        dialog={
            "title": _("Show personal data?"),
            "description": _("Who looked at whom, at what and why stays on record."),
            "form_class": RevealForm,
            "form_submit_text": _("Show"),
        },
    )
    def reveal(self, request: HttpRequest, form: RevealForm, object_id: str) -> HttpResponse:
        member = self.get_queryset(request).get(pk=object_id)
        wanted, reason = form.cleaned_data["fields_wanted"], form.cleaned_data["reason"]
        via = self.admin_site.name
        try:
            found = services.reveal(
                actor_of(request), member.number, fields=wanted, reason=reason, via=via
            )
        except DomainError as refusal:
            say_refusal(request, refusal)
            return self.back_to(request, object_id)
        return self._shown(request, found)

    def _shown(self, request: HttpRequest, found: services.Revealed) -> HttpResponse:
        """The one page with personal values; in a dialog, only its inside."""
        values = [(FIELD_NAMES[name], value) for name, value in found.values]
        context = {"values": values, "number": found.number, "title": _("Personal data")}
        inside = "revealed_values" if request.headers.get("HX-Request") else "revealed"
        if inside == "revealed":
            request.current_app = self.admin_site.name
            context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        response = render(request, f"offices/{inside}.html", context)
        response["Cache-Control"] = "no-store"
        return response


def members_found(site: AdminSite, request: HttpRequest, text: str) -> list[Hit]:
    """What the search box finds of the members that the person sees; of many, the way to the list.

    Raises TooManyRequests.
    """
    actor = actor_of(request)
    if not actor.may("members.see"):
        return []
    seen = members.members_visible_to(actor).select_related("home_store")
    own = members.with_own_home(actor, seen)
    found = services.search(actor, own, text).prefetch_related("identities")
    rows = list(found.order_by("-enrolled_at", "-id")[: AT_MOST + 1])
    hits = hits_of(
        site,
        rows[:AT_MOST],
        Exact.KEY if len(rows) == 1 and not rules.tail_asked_for(text) else Exact.WHOLE,
        title=lambda row: f"{row.number} {row.masked_name}".strip(),
        detail=lambda row: (
            *(one.masked_value for one in _in_order(row.identities.all())),
            str(home_of(row) or ""),
        ),
    )
    if len(rows) > AT_MOST:
        hits.append(_all_members(site, text))
    return hits


def _in_order(held: Iterable[Identity]) -> list[Identity]:
    """A phone first."""
    return sorted(held, key=lambda one: Identity.Kind.values.index(one.kind))


def _all_members(site: AdminSite, text: str) -> Hit:
    admin: Any = site.get_model_admin(Member)
    url = reverse(f"{site.name}:members_member_changelist")
    kind = str(Member._meta.verbose_name_plural)
    return Hit(
        str(_("All members that were found")),
        "",
        f"{url}?{urlencode({SEARCH_VAR: sealed(text)})}",
        str(admin.icon),
        kind,
        Exact.WHOLE,
    )


def home_of(row: Member) -> Any:
    """The home store, if the person sees it; of a foreign one, that it is none of theirs."""
    if row.home_store is None or row.home_is_own:  # type: ignore[attr-defined]  # with_own_home
        return row.home_store
    return _("another store")


def sealed(text: str) -> str:
    """A search as an address may carry it."""
    return SEALED + crypto.seal_for_address(text, PURPOSE)


def opened(text: str) -> str | None:
    """What was searched; None if we did not seal it."""
    return crypto.open_from_address(text.removeprefix(SEALED), PURPOSE)
