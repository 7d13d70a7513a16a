"""Filters of payments."""

from django_filters import rest_framework as filters

from apps.payments.models import Payment

STATUSES = [(value, value) for value in Payment.Status.values]


class PaymentFilter(filters.FilterSet):
    """All filters together narrow the list."""

    status = filters.ChoiceFilter(choices=STATUSES, help_text="State of the payment.")
    order = filters.CharFilter(field_name="order__number", help_text="Order number.")

    class Meta:
        model = Payment
        fields: tuple[str, ...] = ()
