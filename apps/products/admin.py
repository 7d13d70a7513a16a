"""Head office: categories, products, SKUs with barcodes, price lists, prices, audiences."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.accounts.actor import Actor
from apps.inventory.office import told_of_sku as lying_about
from apps.jobs.office import BringsIn
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.base import Guarded, OfficeAdmin
from apps.org.offices.fields import MoneyField
from apps.org.offices.lists import Hint
from apps.org.offices.record import RecordPage
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.results import AT_MOST, Exact, Hit, hits_of
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Audience, Barcode, Category, Price, PriceList, Product, Sku
from apps.products.office import told_of_sales, told_of_state

NAMES = ("code", "name", "name_en")
BY_NAME = ("code__istartswith", "name__icontains", "name_en__icontains")


class CatalogueAdmin(OfficeAdmin):
    """What the parts of the catalogue have in common: it is the brand's."""

    see_action = "products.see"
    manage_action = "products.manage"
    search_fields: tuple[str, ...] = BY_NAME
    search_help_text: Any = gettext_lazy("Code or name")
    ordering: tuple[str, ...] = ("code",)
    sortable_by: ClassVar[tuple[str, ...]] = ("code",)

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return products.catalogue_rows(actor, self.model._default_manager.all())


class CategoryForm(forms.ModelForm):
    def clean_parent(self) -> Category | None:
        """A category cannot stand below itself."""
        parent: Category | None = self.cleaned_data["parent"]
        above = parent
        while above is not None:
            if above.pk == self.instance.pk:
                raise ValidationError(_("A category cannot stand below itself."))
            above = above.parent
        return parent


@admin.register(Category, site=head_office)
class CategoryAdmin(CatalogueAdmin):
    icon = "account_tree"
    instead = gettext_lazy("Put what stands in it into another category: then it can be deleted.")
    empty_hint = Hint(gettext_lazy("Categories come first: products belong to one."))
    form = CategoryForm
    related = ("parent",)
    list_display = (*NAMES, "parent")
    fields = (*NAMES, "parent")
    autocomplete_fields = ("parent",)


class SkusOfProduct(RecordInline):
    model = Sku
    see_action = "products.see"
    visible = staticmethod(products.skus_visible_to)
    page = columns.link("", gettext_lazy("SKU"))
    fields = ("page", "option", "unit", "is_active")
    tab = False


@admin.register(Product, site=head_office)
class ProductAdmin(CatalogueAdmin):
    icon = "shopping_bag"
    instead = gettext_lazy(
        "Take its SKUs off sale: they are not sold any more, and past orders stay readable."
    )
    empty_hint = Hint(
        gettext_lazy("A product belongs to a category; add the category first."),
        "products.category",
    )
    related = ("category",)
    list_display = (*NAMES, "brand", "category")
    fields = (*NAMES, "category", "brand")
    autocomplete_fields = ("category",)
    inlines = (SkusOfProduct,)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()


class BarcodesOfSku(Guarded, TabularInline):
    model = Barcode
    see_action = "products.see"
    manage_action = "products.manage"
    extra = 0
    hide_title = True
    fields = ("code",)

    def visible(self, actor: Actor) -> QuerySet[Barcode]:
        return products.catalogue_rows(actor, Barcode.objects.all())


@admin.register(Sku, site=head_office)
class SkuAdmin(BringsIn, RecordPage, CatalogueAdmin):
    brings_in = "products.skus"
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
    search_help_text = gettext_lazy("SKU code, barcode or product name")
    fields = ("product", "code", "option", "unit", "is_active")
    autocomplete_fields = ("product",)
    inlines = (BarcodesOfSku,)
    told_besides = (Price,)
    parts = (told_of_state, told_of_sales, lying_about)

    def visible(self, actor: Actor) -> QuerySet[Sku]:
        return products.skus_with_base_price(products.skus_visible_to(actor))

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
    related = ("sku__product",)
    item = columns.link("sku", gettext_lazy("SKU"))
    product = columns.text("sku__product__display_name", gettext_lazy("product"))
    list_display = ("code", "item", "product")
    exact = ("code", "sku__code")
    search_help_text = gettext_lazy("Barcode or SKU code")
    ordering = ("code",)
    fields = ("code", "item", "product")

    def visible(self, actor: Actor) -> QuerySet[Barcode]:
        return products.catalogue_rows(actor, Barcode.objects.all())


@admin.register(PriceList, site=head_office)
class PriceListAdmin(CatalogueAdmin):
    manage_action = "products.change_price"
    icon = "list_alt"
    instead = gettext_lazy("Delete the prices in it first, where it is not the base list.")
    empty_hint = Hint(gettext_lazy("Add a price list, then its prices."))
    sortable_by = ("code", "name")
    list_display = (*NAMES, "is_base")
    fields = (*NAMES, "is_base")
    readonly_fields = ("is_base",)


class PriceForm(forms.ModelForm):
    amount = MoneyField(label=capfirst(gettext_lazy("unit price")))

    class Meta:
        model = Price
        fields = ("price_list", "sku", "amount")


@admin.register(Price, site=head_office)
class PriceAdmin(BringsIn, CatalogueAdmin):
    brings_in = "products.prices"
    manage_action = "products.change_price"
    icon = "sell"
    empty_hint = Hint(
        gettext_lazy("A price belongs to a SKU and a price list; add these first."), "products.sku"
    )
    form = PriceForm
    related = ("price_list", "sku__product")
    item = columns.link("sku", gettext_lazy("SKU"))
    product = columns.text("sku__product__display_name", gettext_lazy("product"))
    n_amount = columns.money("amount", gettext_lazy("unit price"))
    list_display = ("sku", "product", "price_list", "n_amount")
    exact = ("sku__code",)
    search_help_text = gettext_lazy("SKU code")
    ordering = ("-id",)
    sortable_by = ()
    autocomplete_fields = ("price_list", "sku")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("price_list", "sku") if obj else ()

    def save_model(self, request: HttpRequest, obj: Price, form: Any, change: Any) -> None:
        if not obj.price_list.is_base:
            super().save_model(request, obj, form, change)
            return
        kept = services.set_base_price(actor_of(request), sku=obj.sku, amount=obj.amount)
        obj.pk = kept.pk

    def record(
        self, request: HttpRequest, obj: Price, verb: str, changes: dict[str, Any], reason: str = ""
    ) -> None:
        """The service writes the line when it sets a base price."""
        if verb in {"delete", "restore"} or not obj.price_list.is_base:
            super().record(request, obj, verb, changes, reason)

    def key_of(self, obj: Price) -> str:
        return f"{obj.sku.code} {obj.price_list.code}"[:64]


@admin.register(Audience, site=head_office)
class AudienceAdmin(CatalogueAdmin):
    icon = "groups"
    empty_hint = Hint(gettext_lazy("An audience says whom a price is for."))
    sortable_by = ("code", "name")
    list_display = (*NAMES, "kind")
    list_filter = (("kind", ChoicesDropdownFilter),)


@head_office.finder
def skus(request: HttpRequest, text: str) -> list[Hit]:
    """A SKU by its whole code or barcode."""
    found = products.with_key(products.skus_visible_to(actor_of(request)), text)
    return hits_of(
        head_office,
        found.select_related("product__category")[:AT_MOST],
        Exact.KEY,
        title=lambda row: f"{row.code} {row.product.display_name}",
        detail=lambda row: (
            row.option,
            row.product.category.display_name,
            _("on sale") if row.is_active else _("not on sale"),
        ),
    )
