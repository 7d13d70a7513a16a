"""What both sites say of a store: whether it is open, its hours, its people and its owners."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from apps.accounts.actor import Actor
from apps.common import clock
from apps.org import rules
from apps.org import selectors as org
from apps.org.models import Store, StoreHours
from apps.org.offices import columns
from apps.org.offices.home import Panel

ROWS = 6
STAFF_AT_MOST = 50
SINCE, UNTIL = pgettext_lazy("period", "from"), pgettext_lazy("period", "to")
STORE_TONES: dict[str, str] = {
    Store.Status.OPEN: "success",
    Store.Status.FROZEN: "warning",
    Store.Status.CLOSED: "plain",
}


def open_text(store: Store, week: Mapping[int, StoreHours], now: datetime) -> str:
    """Whether the store's doors are open now, by its status, its hours by day and its own time."""
    if store.status == Store.Status.CLOSED:
        return _("closed for good")
    if store.status != Store.Status.OPEN:
        return store.get_status_display()
    if not week:
        return _("hours not named")
    here = now.astimezone(clock.zone(store.time_zone))
    today = week.get(here.isoweekday())
    if today is None or here.time() >= today.closes_at:
        return _("closed now")
    if not rules.is_open(today.opens_at, today.closes_at, here.time()):
        return _("opens at %(time)s") % {"time": f"{today.opens_at:%H:%M}"}
    return _("open until %(time)s") % {"time": f"{today.closes_at:%H:%M}"}


def staff(actor: Actor, store: Store) -> Panel | None:
    """Whose role names this store now; None for a person who may not see staff. One statement."""
    if not actor.may("staff.see"):
        return None
    held = org.live_assignments(org.assignments_visible_to(actor).filter(store=store))
    rows = held.select_related("user").order_by("role", "user__username")[:STAFF_AT_MOST]
    return Panel(
        _("Staff"),
        [_("user"), _("role")],
        [[columns.link_to("portal", one.user, one.user), one.get_role_display()] for one in rows],
        empty=_no_staff(actor),
        icon="group",
    )


def _no_staff(actor: Actor) -> str:
    """What comes next where nobody works, for who may take somebody on and for who may not."""
    nobody = _("Nobody has a role here.")
    if not actor.may("staff.manage"):
        return f"{nobody} {_('The owner takes people on.')}"
    link = columns.anchor(reverse("portal:accounts_user_add"), _("Take on a colleague"))
    return format_html("{} {}", nobody, link)


def hours(store: Store) -> Panel:
    """The days on which the store is open; the hours are prefetched."""
    rows = sorted(store.hours.all(), key=lambda one: one.weekday)
    return Panel(
        _("Opening hours"),
        [_("day of the week"), ""],
        [
            [one.get_weekday_display(), f"{one.opens_at:%H:%M}–{one.closes_at:%H:%M}"]
            for one in rows
        ],
        empty=_("No opening hours are named. Tell head office, which enters them."),
        icon="schedule",
    )


def tenures(actor: Actor, store: Store) -> Panel:
    """Since when the store is one's own, and until when. One statement."""
    rows = org.tenures_visible_to(actor).filter(store=store).order_by("-starts_on")
    return Panel(
        _("Ownership"),
        [_("franchisee"), SINCE, UNTIL, _("contract")],
        [
            [
                one.franchisee.display_name if one.franchisee else _("The brand itself"),
                one.starts_on,
                one.ends_on or _("no end"),
                one.contract or "–",
            ]
            for one in rows.select_related("franchisee")[:ROWS]
        ],
        empty=_("None that you see."),
        icon="handshake",
    )
