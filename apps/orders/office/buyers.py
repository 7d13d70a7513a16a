"""The members who bought something, as a list of members is filtered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.orders import selectors as orders
from apps.org.offices.access import actor_of
from apps.org.offices.filters import BusinessDayFilter


class BoughtFilter(BusinessDayFilter):
    """Members with a sale on these business days among the orders that the person sees, as the overview
    counts active members."""

    title = _("bought in")
    parameter_name = "bought"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = self.days(request)
        if days is None:
            return queryset
        own = orders.orders_visible_to(actor_of(request))
        return queryset.filter(pk__in=orders.buyers(orders.of_days(own, *days)))
