"""Filters of the catalogue."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.products import selectors as products
from apps.products.models import Sku


class SkuFilter(filters.FilterSet):
    """All filters together narrow the list."""

    search = filters.CharFilter(
        method="by_text",
        help_text="Exact SKU code or barcode, or a part of the product's name in either language.",
    )
    barcode = filters.CharFilter(field_name="barcodes__code", help_text="Exact barcode.")
    category = filters.CharFilter(
        method="by_category", help_text="Category code; what lies below it is included."
    )
    is_active = filters.BooleanFilter(help_text="Whether the SKU is on sale.")

    class Meta:
        model = Sku
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        return products.search(rows, value)

    def by_category(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        return rows.filter(product__category__in=products.category_and_below(value))
