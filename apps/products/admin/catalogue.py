"""Head office: SKUs and their barcodes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.accounts.actor import Actor
from apps.inventory.office import told_of_sku as lying_about
from apps.jobs.office import BringsIn
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.lists import Hint
from apps.org.offices.record import RecordPage
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import AT_MOST, Exact, Hit, hits_of
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products.admin.base import CatalogueAdmin
from apps.products.admin.identifiers import SkuForm, inlines_of
from apps.products.admin.selling_places import AsksWhetherSold, told_of_places
from apps.products.models import Barcode, Price, Sku, SupplierCost
from apps.products.office import told_of_margin, told_of_sales, told_of_state


@admin.register(Sku, site=head_office)
class SkuAdmin(AsksWhetherSold, BringsIn, RecordPage, CatalogueAdmin):
    brings_in = "products.skus"
    form = SkuForm
    icon = "barcode"
    instead = gettext_lazy(
        "Take it off sale: it is not sold any more, and past orders stay readable."
    )
    empty_hint = Hint(
        gettext_lazy("A SKU belongs to a product; add the product first."), "products.product"
    )
    related = ("product__category",)
    name = columns.text("product__display_name", gettext_lazy("product"))
    category = columns.text("product__category__display_name", gettext_lazy("category"))
    n_price = columns.money("base_price", gettext_lazy("base price"))
    list_display = ("code", "name", "option", "category", "unit", "n_price", "is_active")
    list_filter = (("unit", ChoicesDropdownFilter), "is_active")
    search_fields = ("code__istartswith",)
    search_help_text = gettext_lazy("SKU code, barcode, product name, brand or pinyin")
    fields = ("product", "code", "option", "unit", "kind", "tax_class", "is_active")
    autocomplete_fields = ("product", "tax_class")
    told_besides = (Price, SupplierCost)
    parts = (told_of_state, told_of_places, told_of_margin, told_of_sales, lying_about)
    actions_detail = ("is_sold",)

    def visible(self, actor: Actor) -> QuerySet[Sku]:
        return products.skus_with_base_price(products.skus_visible_to(actor))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return inlines_of(obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Sku], search_term: str
    ) -> tuple[QuerySet[Sku], bool]:
        if not search_term.strip():
            return queryset, False
        return products.search(queryset, search_term), False


@admin.register(Barcode, site=head_office)
class BarcodeAdmin(RecordAdmin):
    """Barcodes are kept on the page of their SKU; here they are found."""

    see_action = "products.see"
    icon = "barcode_reader"
    empty_hint = Hint(gettext_lazy("Barcodes are kept on the page of their SKU."), "products.sku")
    in_sidebar = False
    related = ("sku__product", "pack")
    item = columns.link("sku", gettext_lazy("SKU"))
    product = columns.text("sku__product__display_name", gettext_lazy("product"))
    list_display = ("code", "kind", "item", "product")
    exact = ("code", "sku__code")
    search_help_text = gettext_lazy("Barcode or SKU code")
    ordering = ("code",)
    fields = ("code", "kind", "item", "pack", "product")

    def visible(self, actor: Actor) -> QuerySet[Barcode]:
        return products.catalogue_rows(actor, Barcode.objects.all())


@head_office.finder
def skus(request: HttpRequest, text: str) -> list[Hit]:
    """A SKU by its whole code or barcode, and a handful of those that are called like this."""
    own = products.skus_visible_to(actor_of(request))
    return [
        *_hits(products.with_key(own, text), Exact.KEY),
        *_hits(products.search(own, text).order_by("code"), Exact.PART),
    ]


def _hits(found: QuerySet[Sku], exact: Exact) -> list[Hit]:
    return hits_of(
        head_office,
        found.select_related("product__category")[:AT_MOST],
        exact,
        title=lambda row: f"{row.code} {row.product.display_name}",
        detail=lambda row: (
            row.option,
            row.product.category.display_name,
            _("on sale") if row.is_active else _("not on sale"),
        ),
    )
