"""Below the card of a store: under whom it has traded, and who works there."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.actor import Actor
from apps.common import clock
from apps.org import selectors as org
from apps.org.models import Store
from apps.org.offices import columns
from apps.org.offices.home import Panel

SINCE = pgettext_lazy("period", "from")
UNTIL = pgettext_lazy("period", "to")


def tenure_panel(actor: Actor, store: Store) -> Panel:
    """The tenures that the person sees, newest first; what is written down for later is among them."""
    rows = org.tenures_visible_to(actor).filter(store=store).order_by("-starts_on")
    return Panel(
        _("Owners and regions"),
        [SINCE, UNTIL, _("franchisee"), _("region"), _("contract")],
        [
            [
                tenure.starts_on,
                tenure.ends_on or "–",
                tenure.franchisee or _("The brand itself"),
                tenure.region,
                tenure.contract or "–",
            ]
            for tenure in rows.select_related("franchisee", "region")
        ],
        empty=_("None that you see."),
        icon="history",
    )


def staff_panel(actor: Actor, store: Store) -> Panel | None:
    """Whose role names this store now; None for a person who may not see staff."""
    if not actor.may("staff.see"):
        return None
    rows = org.live_assignments(org.assignments_visible_to(actor).filter(store=store))
    found = rows.select_related("user").order_by("role", "user__username")[:50]
    return Panel(
        _("Staff"),
        [_("user"), _("role"), SINCE, UNTIL],
        [
            [
                one.user.username,
                one.get_role_display(),
                columns.local_time(one.starts_at, store.time_zone),
                columns.local_time(one.ends_at, store.time_zone) if one.ends_at else "–",
            ]
            for one in found
        ],
        empty=_("Nobody has a role here."),
        icon="badge",
    )


def ahead_of(store: Store | None) -> bool:
    """Whether a change of owner or region is written down for a later day."""
    if store is None or store.status == Store.Status.CLOSED:
        return False
    last = org.last_tenure(store)
    today = clock.business_day(clock.now(), store.time_zone)
    return last is not None and last.starts_on > today
