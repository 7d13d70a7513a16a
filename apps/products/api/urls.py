"""Routes of the catalogue."""

from django.urls import path

from apps.products.api import views

urlpatterns = [
    path("skus", views.Skus.as_view(), name="skus"),
    path("skus/<key:code>", views.OneSku.as_view(), name="sku"),
]
