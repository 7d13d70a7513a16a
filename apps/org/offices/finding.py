"""What the search box of both sites finds of stores."""

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.org import selectors as org
from apps.org.models import Store
from apps.org.offices.access import actor_of
from apps.org.offices.results import AT_MOST, Exact, Hit, join


def stores_found(site: AdminSite, request: HttpRequest, text: str) -> list[Hit]:
    """Stores that the person sees, by whole code or by a part of a name in either language."""
    own = org.stores_visible_to(actor_of(request)).select_related("region", "franchisee")
    return [_hit(site, store, text) for store in org.stores_called(own, text)[:AT_MOST]]


def _hit(site: AdminSite, store: Store, text: str) -> Hit:
    owner = store.franchisee.display_name if store.franchisee else _("run by the brand")
    detail = join((store.region.display_name, owner, store.get_status_display()))
    exact = Exact.KEY if store.code in (text, text.upper()) else Exact.PART
    kind = str(Store._meta.verbose_name)
    return Hit(str(store), detail, _page_of(site, store), "storefront", kind, exact)


def _page_of(site: AdminSite, store: Store) -> str:
    return reverse(f"{site.name}:org_store_change", args=[store.pk])
