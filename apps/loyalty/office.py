"""What several pages show of points."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.loyalty import selectors as loyalty
from apps.loyalty.models import PointsEntry
from apps.org.offices import columns, words
from apps.org.offices.home import Panel
from apps.org.offices.records import RecordInline

PANEL_ROWS = 8


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
