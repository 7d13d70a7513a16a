"""Franchise portal: the members that own stores acquired, masked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import SearchResult

from apps.members import selectors as members
from apps.members.models import Member
from apps.members.office import MemberPages
from apps.orders import selectors as orders
from apps.orders.office import newest_orders
from apps.org.offices.access import actor_of
from apps.org.offices.filters import OwnHomeStoreFilter, period
from apps.org.offices.home import Panel
from apps.org.offices.results import results_of
from apps.org.offices.sites import portal


@admin.register(Member, site=portal)
class PortalMemberAdmin(MemberPages):
    list_display = ("number", "name", "identified_by", "store", "n_points", "enrolled")
    list_filter = (("status", ChoicesDropdownFilter), OwnHomeStoreFilter, period("enrolled_at"))

    def detail_panels(self, request: HttpRequest, obj: Member) -> list[Panel]:
        own = orders.orders_visible_to(actor_of(request)).filter(member=obj)
        return [newest_orders("portal", own)]


@portal.finder
def members_by_key(request: HttpRequest, text: str) -> list[SearchResult]:
    """A member of own stores by number or by a whole phone, card or name."""
    found: Any = members.find(members.members_visible_to(actor_of(request)), text)
    return results_of(
        "portal", found[:5], text=lambda row: f"{row.number} {row.masked_name}".strip()
    )
