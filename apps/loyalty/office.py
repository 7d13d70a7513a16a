"""What several pages show of points, and how an adjustment is asked for on a member's page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.loyalty import rules
from apps.loyalty import selectors as loyalty
from apps.loyalty.models import PointsEntry
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import selectors as org
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.evidence import GroundsForm
from apps.org.offices.home import Card, Panel, Step, Text
from apps.org.offices.record import Part, listed
from apps.org.offices.refusals import say_refusal

PANEL_ROWS = 8
DRAWS_AT_MOST = 50
SOON = timedelta(days=30)
"""Points that expire within it are told beforehand."""


class AdjustmentForm(GroundsForm, BaseDialogForm):
    """How many points, why, and what shows it."""

    points = forms.IntegerField(
        label=_("Points"),
        min_value=-rules.POINTS_ADJUST_MOST,
        max_value=rules.POINTS_ADJUST_MOST,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Negative to take points."),
    )
    field_order = ("points", "reason", "evidence", "reference")


class AdjustsPoints:
    """The action of a member's page by which an adjustment of points is asked for."""

    def has_adjust_points_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For active members at whose home store the person may do it."""
        own = loyalty.members_adjustable_by(actor_of(request), "points.adjust")
        return lookups.with_key(own, object_id).exists()

    @action(
        description=_("Request points adjustment"),
        permissions=["adjust_points"],
        icon="exposure",
        dialog={
            "title": _("Ask for points to be added or taken?"),
            "description": _("A second person approves it; then it is carried out at once."),
            "form_class": AdjustmentForm,
            "form_submit_text": _("Ask for approval"),
        },
    )
    def adjust_points(
        self, request: HttpRequest, form: AdjustmentForm, object_id: str
    ) -> HttpResponse:
        actor, page = actor_of(request), self._page()
        number = page.get_queryset(request).get(pk=object_id).number
        payload = {"member": number, "points": form.cleaned_data["points"]}
        once = form.once(actor, f"request points.adjust {number}")
        try:
            asked = request_approval(actor, "points.adjust", payload, form.grounds(), once)
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            said = gettext("Request %(number)s waits for approval.")
            messages.success(request, said % {"number": asked["number"]})
        return page.back_to(request, object_id)

    def _page(self) -> Any:
        """This page: the action is mixed into one."""
        return self


def told_of_order(request: HttpRequest, site: AdminSite, order: Order) -> Part:
    """The points that an order gave or took. One statement, none without the right."""
    actor = actor_of(request)
    if not actor.may("points.see"):
        return Part()
    rows = loyalty.entries_visible_to(actor).filter(order=order).select_related("member")
    found = list(rows.order_by("id"))
    zone = order.store.time_zone
    if not found and order.member_id is None:
        return Part()
    total = sum(entry.points for entry in found)
    return Part(
        cards=[Card(_("Points"), f"{total:+,}" if total else "0", _holder(order), icon="stars")],
        steps=[_step(entry, zone) for entry in found],
        sections=[_entries(site, found, zone)] if found else [],
    )


def _holder(order: Order) -> str:
    """Whose points they are."""
    return _("Member %(number)s") % {"number": order.member.number} if order.member else ""


def _step(entry: PointsEntry, zone: str) -> Step:
    return Step(
        entry.at,
        _("Points %(points)s") % {"points": f"{entry.points:+,}"},
        capfirst(entry.get_kind_display()),
        capfirst(words.reason_text(entry.reason)),
        "stars",
        "info" if entry.points > 0 else "warning",
        columns.local_time(entry.at, zone),
    )


def _entries(
    site: AdminSite, found: Sequence[PointsEntry], zone: str = "", *, url: str = ""
) -> Panel:
    return Panel(
        _("Points"),
        [_("time"), _("kind"), _("order"), _("reason"), columns.figures(_("points"))],
        [
            [
                columns.link_to(site.name, entry, columns.local_time(entry.at, zone)),
                capfirst(entry.get_kind_display()),
                columns.link_to(site.name, entry.order, entry.order.number) if entry.order else "–",
                capfirst(words.reason_text(entry.reason)),
                columns.number(f"{entry.points:+,}"),
            ]
            for entry in found
        ],
        url=url,
        empty=_("No points yet."),
        icon="stars",
    )


def told_of_member(request: HttpRequest, site: AdminSite, member: Member) -> Part:
    """A member's points, as far as the person sees what moved them. Three statements."""
    actor = actor_of(request)
    if not actor.may("points.see"):
        return Part()
    own = loyalty.entries_visible_to(actor).filter(member=member)
    lots = loyalty.lots_visible_to(actor).filter(member=member)
    soon = loyalty.left_in(loyalty.expiring(lots, clock.now() + SOON))
    found = list(own.select_related("order").order_by("-at", "-id")[:PANEL_ROWS])
    url = listed(site, f"loyalty/pointsentry/?q={member.number}")
    return Part(
        cards=[
            _balance_card(actor, site, member),
            *_moved_cards(site, member, loyalty.flow_of(own), soon),
        ],
        steps=[_step(entry, "") for entry in found],
        sections=[_entries(site, found, url=url)],
    )


def _balance_card(actor: Actor, site: AdminSite, member: Member) -> Card:
    """What the member has, which no part of the entries adds up to: who sees a part is led to none."""
    balance = columns.follow(member, "points_account__balance") or 0
    whole = org.reach_of(actor, "points.see").everything
    return Card(
        _("Points balance"),
        f"{balance:,}",
        "" if whole else _("Balance at all stores"),
        listed(site, f"loyalty/pointsentry/?q={member.number}") if whole else "",
        "stars",
    )


def _moved_cards(site: AdminSite, member: Member, flow: loyalty.Flow, soon: int) -> list[Card]:
    entries = listed(site, f"loyalty/pointsentry/?q={member.number}")
    lots = listed(site, f"loyalty/pointslot/?q={member.number}&expiring={SOON.days}")
    days = _("In the next %(days)s days") % {"days": SOON.days}
    tone = "warning" if soon else ""
    return [
        Card(
            _("Points earned"),
            f"{flow.added:,}",
            "",
            entries and f"{entries}&change=added",
            "add_circle",
        ),
        Card(
            _("Points burned"),
            f"{flow.taken:,}",
            "",
            entries and f"{entries}&change=taken",
            "local_fire_department",
        ),
        Card(
            _("Points that expire"),
            f"{soon:,}",
            days,
            lots if soon else "",
            "hourglass_bottom",
            tone,
        ),
    ]


def told_of_entry(request: HttpRequest, site: AdminSite, entry: PointsEntry) -> Part:
    """From which lots an entry took, or what took from the lot that it filled: an entry is never
    edited, it is answered by another one. One statement."""
    draws = loyalty.draws_visible_to(actor_of(request)).order_by("id")
    if entry.points < 0:
        taken = draws.filter(entry=entry).select_related("lot__entry")[:DRAWS_AT_MOST]
        pairs = [(one.lot.entry, -one.points) for one in taken]
        return Part(sections=[_answers(site, _("Points were taken from"), pairs)])
    given = draws.filter(lot__entry=entry).select_related("entry")[:DRAWS_AT_MOST]
    pairs = [(one.entry, -one.points) for one in given]
    return Part(sections=[_answers(site, _("What took these points"), pairs)])


def _answers(site: AdminSite, title: Text, pairs: Sequence[tuple[PointsEntry, int]]) -> Panel:
    return Panel(
        title,
        [_("entry"), _("kind"), _("reason"), columns.figures(_("points"))],
        [
            [
                columns.link_to(site.name, one, columns.local_time(one.at)),
                capfirst(one.get_kind_display()),
                capfirst(words.reason_text(one.reason)),
                columns.number(f"{points:+,}"),
            ]
            for one, points in pairs
        ],
        empty=_("Nothing yet."),
        icon="move_down",
    )


@display(description=_("reference"))
def source(_admin: Any, entry: PointsEntry) -> str:
    """What an entry came from, in words: its key is unique, and made for machines."""
    kind, _colon, key = entry.reference.partition(":")
    if kind == "order" and key:
        return gettext("Order %(number)s") % {"number": key}
    if kind == "approval" and key:
        return gettext("Request %(number)s") % {"number": key}
    if kind == "lot" and key:
        return gettext("A points lot that expired")
    return entry.reference


class ChangeFilter(DropdownFilter):
    """Entries that added points, or took some, as the page of a member counts them."""

    title = pgettext_lazy("points", "change")
    parameter_name = "change"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("added", _("points added")), ("taken", _("points taken"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"added": {"points__gt": 0}, "taken": {"points__lt": 0}}
        return queryset.filter(**wanted.get(self.value() or "", {}))


class ExpiringFilter(DropdownFilter):
    """Lots of which something is left and expires soon."""

    title = _("expires")
    parameter_name = "expiring"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(SOON.days), _("In the next %(days)s days") % {"days": SOON.days})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != str(SOON.days):
            return queryset
        return loyalty.expiring(queryset, clock.now() + SOON)
