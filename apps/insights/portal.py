"""Franchise portal: the overview of own stores; today beside the same day last week."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.insights import office, rules
from apps.insights import selectors as insights
from apps.inventory.rules import LOW_AVAILABLE
from apps.org.offices.access import actor_of
from apps.org.offices.home import Board, Card, Panel
from apps.org.offices.sites import portal
from apps.org.offices.tasks import Task, waiting


@portal.home.board
def overview(request: HttpRequest) -> Board:
    return office.board(request, back=rules.WEEK)


@portal.home.card(10)
def metrics(request: HttpRequest) -> Sequence[Card]:
    """Every metric that the person may see."""
    return office.metric_cards(office.view_of(request, back=rules.WEEK), portal)


@portal.home.care(40)
def needs_care(request: HttpRequest) -> Sequence[Card]:
    """What waits for a person."""
    return office.care_cards(office.view_of(request, back=rules.WEEK), portal)


@portal.home.panel(5)
def sales_by_store(request: HttpRequest) -> Panel | None:
    return office.ranking(office.view_of(request, back=rules.WEEK), portal)


@portal.tasks.kind(50)
def low_stock(request: HttpRequest) -> Task | None:
    """Goods of which little is left to sell; nothing says since when."""
    view = office.view_of(request, back=rules.WEEK)
    if not view.actor.may("inventory.see"):
        return None
    found, url = waiting(insights.low_stock(view)), "inventory/stock/?available=low"
    note = _("No more than %(count)s available") % {"count": LOW_AVAILABLE}
    return Task(_("Low stock"), found, url, "inventory_2", note)


@portal.tasks.kind(60)
def failed_jobs(request: HttpRequest) -> Task | None:
    """Jobs that the person started and that failed."""
    actor = actor_of(request)
    if not actor.may("jobs.see"):
        return None
    found, url = waiting(insights.failed_jobs(actor), "ended_at"), "jobs/job/?status__exact=failed"
    return Task(_("Failed jobs"), found, url, "sync_problem", _("Started by you"))
