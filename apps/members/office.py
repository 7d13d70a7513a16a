"""What head office and the portal both show of members.

Personal values are masked, whoever looks; in clear they are shown by one dialog, once, on record.
"""

import base64
from typing import Any

from cryptography.exceptions import InvalidTag
from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.common import crypto
from apps.common.errors import DomainError
from apps.members import selectors as members
from apps.members import services
from apps.members.models import Identity, Member
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.records import RecordAdmin, RecordInline

FIELD_NAMES = {"name": pgettext_lazy("person", "name"), **dict(Identity.Kind.choices)}
SEALED = "~"
"""What the sealed text of a search begins with; no number, identity or name does."""
STATUS_TONES: dict[str, str] = {Member.Status.ACTIVE: "success", Member.Status.CLOSED: "plain"}


class IdentitiesOfMember(RecordInline):
    model = Identity
    see_action = "members.see"
    visible = staticmethod(members.identities_visible_to)
    fields = ("kind", "masked", "added")
    tab = False
    added = columns.when("created_at", _("created at"))
    masked = columns.text("masked_value", _("value (masked)"))


class RevealForm(ReasonForm):
    """Which values, and why."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("Values"),
        choices=lambda: [(name, FIELD_NAMES[name]) for name in services.FIELDS],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    field_order = ("fields_wanted", "reason")


class MemberPages(RecordAdmin):
    """List and page of members, found by number, by a whole phone, card or name, or by the last four
    digits of a phone. What is typed to find them stands in no address."""

    see_action = "members.see"
    visible = staticmethod(members.members_visible_to)
    icon = "person"
    related = ("home_store", "points_account")
    search_fields = ("number",)
    search_help_text = _(
        "Member number, a whole phone, card or name, or a phone's last four digits"
    )
    ordering = ("-enrolled_at", "-id")
    fields = (("number", "name", "state"), ("store", "enrolled", "n_points"))
    inlines = (IdentitiesOfMember,)
    actions_detail: tuple[str, ...] = ("reveal",)
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
        if search_term.startswith(SEALED):
            search_term = opened(search_term) or SEALED
        return (members.find(queryset, search_term) if search_term.strip() else queryset), False

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
            messages.error(request, refusal.detail)
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


def sealed(text: str) -> str:
    """A search as an address may carry it."""
    return SEALED + base64.urlsafe_b64encode(crypto.encrypt(text)).decode().rstrip("=")


def opened(text: str) -> str | None:
    """What was searched; None if we did not seal it."""
    coded = text.removeprefix(SEALED)
    try:
        return crypto.decrypt(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)))
    except (ValueError, KeyError, InvalidTag):
        return None
