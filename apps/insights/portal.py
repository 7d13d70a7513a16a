"""Franchise portal: the overview of own stores; today beside the same day last week."""

from collections.abc import Sequence

from django.http import HttpRequest

from apps.insights import office, rules
from apps.org.offices.home import Board, Card, Panel
from apps.org.offices.sites import portal


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
