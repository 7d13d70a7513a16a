"""Filters of approvals."""

from django_filters import rest_framework as filters

from apps.accounts.models import Approval
from apps.flows.approvals import ACTS

STATES = [(value, value) for value in Approval.State.values]


class ApprovalFilter(filters.FilterSet):
    """All filters together narrow the list."""

    state = filters.ChoiceFilter(choices=STATES, help_text="State of the request.")
    act = filters.ChoiceFilter(choices=[(act, act) for act in ACTS], help_text="What is asked for.")
    concerns = filters.CharFilter(field_name="business_key", help_text="What the act is about.")

    class Meta:
        model = Approval
        fields: tuple[str, ...] = ()
