"""The members who bought something, as a list of members is filtered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.orders import selectors as orders
from apps.org.offices.access import actor_of
from apps.org.offices.filters import PeriodFilter


class BoughtFilter(PeriodFilter):
    """Members with a sale in the period among the orders that the person sees, as the overview counts
    active members."""

    title = _("bought in")
    parameter_name = "bought"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = self.span(request)
        if span is None:
            return queryset
        start, end = span
        own = orders.orders_visible_to(actor_of(request))
        placed = own.filter(placed_at__gte=start, placed_at__lt=end)
        return queryset.filter(pk__in=orders.buyers(placed))
