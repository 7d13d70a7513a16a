"""Franchise portal: the stock of own stores."""

from django.contrib import admin

from apps.inventory.models import Stock
from apps.inventory.office import AvailabilityFilter, StockPages
from apps.org.offices.filters import OwnLocationStoreFilter
from apps.org.offices.sites import portal


@admin.register(Stock, site=portal)
class PortalStockAdmin(StockPages):
    list_display = ("sku", "product", "place", "n_on_hand", "n_reserved", "n_available")
    list_filter = (OwnLocationStoreFilter, AvailabilityFilter)
    fields = (("sku", "product"), "place", ("n_on_hand", "n_reserved", "n_available"))
