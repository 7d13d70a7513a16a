"""What several pages show of points, and how an adjustment is asked for on a member's page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.loyalty import rules
from apps.loyalty import selectors as loyalty
from apps.loyalty.models import PointsEntry
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.evidence import GroundsForm
from apps.org.offices.home import Panel
from apps.org.offices.records import RecordInline

PANEL_ROWS = 8


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
            messages.error(request, refusal.detail)
        else:
            said = gettext("Request %(number)s waits for approval.")
            messages.success(request, said % {"number": asked["number"]})
        return page.back_to(request, object_id)

    def _page(self) -> Any:
        """This page: the action is mixed into one."""
        return self


class PointsOfOrder(RecordInline):
    model = PointsEntry
    verbose_name_plural = _("Points")
    see_action = "points.see"
    visible = staticmethod(loyalty.entries_visible_to)
    related = ("member", "store")
    ordering = ("id",)
    time = columns.when("at", _("time"), zone="store__time_zone")
    n_points = columns.count("points", _("points"))
    holder = columns.link("member", _("member"))
    why = words.reason()
    fields = ("time", "kind", "holder", "n_points", "why")


def newest_entries(site: str, actor: Actor, member_id: int) -> Panel:
    """The last few changes of a member's points. One statement."""
    rows = loyalty.entries_visible_to(actor).filter(member_id=member_id)
    found = rows.select_related("order").order_by("-at", "-id")[:PANEL_ROWS]
    return Panel(
        _("Newest points entries"),
        [_("time"), _("kind"), _("order"), columns.figures(_("points"))],
        [
            [
                columns.local_time(entry.at),
                entry.get_kind_display(),
                columns.link_to(site, entry.order, entry.order.number) if entry.order else "",
                columns.number(f"{entry.points:+,}"),
            ]
            for entry in found
        ],
        empty=_("No points yet."),
        icon="stars",
    )
