"""Filters of the catalogue."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from apps.common import clock
from apps.common.authentication import actor
from apps.org import selectors as org
from apps.products import selectors as products
from apps.products.barcodes import spellings
from apps.products.models import Barcode, Sku


class SkuFilter(filters.FilterSet):
    """All filters together narrow the list."""

    search = filters.CharFilter(
        method="by_text",
        help_text="Beginning of the SKU code, exact barcode, or words that all stand in the "
        "product's names, brand, pinyin or initials of pinyin.",
    )
    barcode = filters.CharFilter(
        method="by_barcode", help_text="Exact barcode, with or without leading zeros of a GTIN."
    )
    category = filters.CharFilter(
        method="by_category", help_text="Category code; what lies below it is included."
    )
    is_active = filters.BooleanFilter(help_text="Whether the SKU is on sale.")
    sold_at = filters.CharFilter(
        method="by_counter",
        help_text="Store code, together with `channel`: only what is sold there now.",
    )
    channel = filters.CharFilter(
        method="by_counter", help_text="Channel code, together with `sold_at`."
    )

    class Meta:
        model = Sku
        fields: tuple[str, ...] = ()

    def by_barcode(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        found = Barcode.objects.filter(code__in=spellings(value))
        return rows.filter(pk__in=found.values("sku"))

    def by_text(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        return products.search(rows, value)

    def by_category(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        return rows.filter(product__category__in=products.category_and_below(value))

    def by_counter(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        """Once for the two. Raises CounterIncomplete, and the refusals of
        ``org.require_selling_point``."""
        given = self.form.cleaned_data
        store, channel = given["sold_at"], given["channel"]
        if not store or not channel:
            raise products.CounterIncomplete(fields={"query": ["sold_at", "channel"]})
        if name == "channel":
            return rows
        now = clock.now()
        point = org.require_selling_point(
            actor(self.request), "products.see", store_code=store, channel_code=channel, at=now
        )
        return products.sold_at(
            rows, products.Counter(now, point.store_id, point.region_id, point.channel_id)
        )
