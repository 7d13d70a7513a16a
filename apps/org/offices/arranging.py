"""What a person saved of a list, and which of its filters may be saved."""

from typing import Any
from urllib.parse import parse_qsl

from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.http import HttpRequest
from django.utils.http import urlencode

from apps.accounts import selectors as accounts
from apps.common.logs import mask
from apps.org.offices.access import actor_of

_KEPT = "_office_arrangements"


def listing_of(admin: Any) -> accounts.Listing:
    return accounts.Listing(office=admin.admin_site.name, name=admin.opts.label_lower)


def arrangement_of(request: HttpRequest, admin: Any) -> accounts.Arrangement:
    """Asked of the database once per request and list."""
    kept = request.__dict__.setdefault(_KEPT, {})
    listing = listing_of(admin)
    if listing not in kept:
        kept[listing] = accounts.arrangement_of(actor_of(request), listing)
    found: accounts.Arrangement = kept[listing]
    return found


def query_to_save(admin: Any, query: str) -> str:
    """What of a query string a view keeps: filters of the list, its order, and a search that is
    nothing personal. Sorted, so that equal filters are equal texts."""
    given = parse_qsl(query)
    kept = [(name, value) for name, value in given if value and _may_be_kept(admin, name, value)]
    return urlencode(sorted(kept))


def _may_be_kept(admin: Any, name: str, value: str) -> bool:
    if name == ORDER_VAR:
        return value.removeprefix("-") in (admin.sortable_by or ())
    if name == SEARCH_VAR and admin.private_search:
        return False
    known = name == SEARCH_VAR or admin.lookup_allowed(name, value)
    return known and mask(value) == value
