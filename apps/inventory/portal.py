"""Franchise portal: the stock of own stores."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.inventory import selectors as inventory
from apps.inventory.models import Stock
from apps.inventory.office import AvailabilityFilter, StockPages
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import OwnLocationStoreFilter
from apps.org.offices.results import AT_MOST, Exact, Hit, join
from apps.org.offices.sites import portal
from apps.products import selectors as products
from apps.products.models import Sku

LOW = "available=low"


@admin.register(Stock, site=portal)
class PortalStockAdmin(StockPages):
    list_display = ("product", "sku", "place", "n_on_hand", "n_reserved", "n_available")
    list_filter = (OwnLocationStoreFilter, AvailabilityFilter)
    quick_filters = ((gettext_lazy("All"), ""), (gettext_lazy("low stock"), LOW))
    fields = (("sku", "product"), "place", ("n_on_hand", "n_reserved", "n_available"))


@portal.finder
def skus(request: HttpRequest, text: str) -> list[Hit]:
    """A SKU by whole code or barcode, with what own stores have of it. Two statements."""
    actor = actor_of(request)
    found = products.with_key(products.skus_visible_to(actor), text).select_related("product")
    skus = {sku.pk: sku for sku in found[:AT_MOST]}
    held = inventory.held_of(inventory.stock_visible_to(actor), list(skus))
    return [_hit(skus[one.sku_id], one) for one in held]


def _hit(sku: Sku, held: inventory.Held) -> Hit:
    """To the one row of stock there is, or to the list of them."""
    if held.places == 1:
        link = reverse("portal:inventory_stock_change", args=[held.first_id])
    else:
        link = f"{reverse('portal:inventory_stock_changelist')}?{urlencode({'q': sku.code})}"
    stores = ngettext("%(number)s store", "%(number)s stores", held.places)
    available = _("%(quantity)s available") % {"quantity": columns.plain_quantity(held.available)}
    detail = join((available, stores % {"number": held.places}))
    kind = str(Sku._meta.verbose_name)
    return Hit(f"{sku.code} {sku.product.display_name}", detail, link, "sell", kind, Exact.KEY)
