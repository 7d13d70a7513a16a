"""Routes of the catalogue."""

from django.urls import path

from apps.products.api import feed, scanning, upsert, views

urlpatterns = [
    path("catalogue/changes", feed.CatalogueChanges.as_view(), name="catalogue-changes"),
    path("price-lists", feed.PriceLists.as_view(), name="price-lists"),
    path("prices", upsert.Prices.as_view(), name="prices"),
    path("scan", scanning.Scans.as_view(), name="scan"),
    path("skus", upsert.Skus.as_view(), name="skus"),
    path("skus/<key:code>", views.OneSku.as_view(), name="sku"),
]
