"""Filters of orders."""

from django_filters import rest_framework as filters

from apps.orders.models import Order

STATUSES = [(value, value) for value in Order.Status.values]


class OrderFilter(filters.FilterSet):
    """All filters together narrow the list."""

    store = filters.CharFilter(field_name="store__code", help_text="Store code.")
    member = filters.CharFilter(field_name="member__number", help_text="Member number.")
    status = filters.ChoiceFilter(choices=STATUSES, help_text="State of the order.")
    business_day = filters.DateFilter(help_text="Business day of the store, YYYY-MM-DD.")
    placed_from = filters.IsoDateTimeFilter(
        field_name="placed_at", lookup_expr="gte", help_text="Placed at or after, RFC 3339."
    )
    placed_before = filters.IsoDateTimeFilter(
        field_name="placed_at", lookup_expr="lt", help_text="Placed before, RFC 3339."
    )

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()
