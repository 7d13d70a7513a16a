"""Filters of members."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.members import selectors as members
from apps.members.models import Member


class MemberFilter(filters.FilterSet):
    """By nothing that says who somebody is, but for the end of a phone."""

    phone_last4 = filters.CharFilter(
        method="with_tail", help_text="The last four digits of a phone. Anything else finds nobody."
    )

    class Meta:
        model = Member
        fields: tuple[str, ...] = ()

    def with_tail(self, rows: QuerySet[Member], name: str, value: str) -> QuerySet[Member]:
        return members.with_phone_tail(rows, value)
