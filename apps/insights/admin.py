"""Head office: the overview of what the person reaches; today beside yesterday."""

from collections.abc import Sequence

from django.http import HttpRequest

from apps.insights import office
from apps.org.offices.home import Board, Card, Panel
from apps.org.offices.sites import head_office

DAYS_BACK = 1


@head_office.home.board
def overview(request: HttpRequest) -> Board:
    return office.board(request, back=DAYS_BACK)


@head_office.home.card(10)
def metrics(request: HttpRequest) -> Sequence[Card]:
    """Every metric that the person may see."""
    return office.metric_cards(office.view_of(request, back=DAYS_BACK), head_office)


@head_office.home.care(40)
def needs_care(request: HttpRequest) -> Sequence[Card]:
    """What waits for a person."""
    return office.care_cards(office.view_of(request, back=DAYS_BACK), head_office)


@head_office.home.panel(5)
def stores_by_sales(request: HttpRequest) -> Panel | None:
    return office.ranking(office.view_of(request, back=DAYS_BACK), head_office)
