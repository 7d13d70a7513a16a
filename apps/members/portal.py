"""Franchise portal: the members that own stores acquired or that consent to one, masked."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.loyalty.office import told_of_member as their_points
from apps.members.models import Member
from apps.members.office import KnownFilter, MemberPages, members_found, told_of_enrolment
from apps.orders.office import BoughtFilter
from apps.orders.office import told_of_member as what_they_bought
from apps.org.offices.filters import OwnHomeStoreFilter, period
from apps.org.offices.results import Hit
from apps.org.offices.sites import portal
from apps.payments.office import told_of_member as what_goes_back


@admin.register(Member, site=portal)
class PortalMemberAdmin(MemberPages):
    list_display = ("number", "name", "identified_by", "store", "n_points", "enrolled")
    list_filter = (
        ("status", ChoicesDropdownFilter),
        KnownFilter,
        OwnHomeStoreFilter,
        period("enrolled_at"),
        BoughtFilter,
    )
    parts = (told_of_enrolment, what_they_bought, what_goes_back, their_points)


@portal.finder
def members_by_key(request: HttpRequest, text: str) -> list[Hit]:
    """A member of own stores, as head office finds them."""
    return members_found(portal, request, text)
