"""Head office: how a SKU is told, and what a bundle is made of; on the page of the SKU."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.flows.set_kind import require_kind_free
from apps.org.offices.base import Guarded
from apps.org.offices.lists import Hint
from apps.org.offices.refusals import told
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.base import CatalogueAdmin
from apps.products.models import (
    Barcode,
    BundleComponent,
    ExternalReference,
    PackSize,
    Sku,
    WeighedPrefix,
)


class PartOfSku(Guarded, TabularInline):
    """Rows on the page of a SKU, the brand's like the SKU."""

    see_action = "products.see"
    manage_action = "products.manage"
    extra = 0

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return products.catalogue_rows(actor, self.model._default_manager.all())


class BarcodeForm(forms.ModelForm):
    """A new barcode is judged as everywhere; one that is there already is left alone."""

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if "code" not in self.changed_data:
            return code
        try:
            judged = services.judge_barcode(code.strip())
            services.require_free(judged.code, self.instance.sku)
        except DomainError as refusal:
            raise ValidationError(told(refusal)) from refusal
        self.instance.kind = judged.kind
        return judged.code


class BarcodesOfSku(PartOfSku):
    model = Barcode
    form = BarcodeForm
    hide_title = True
    fields = ("code", "kind", "pack")
    readonly_fields = ("kind",)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Packs to choose from are those of this SKU, asked for once."""
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("pack")
        if field is not None:
            field.queryset = PackSize.objects.filter(sku=obj).order_by("code")
            packs = list(field.queryset) if obj else []
            field.choices = [("", "–"), *((pack.pk, str(pack)) for pack in packs)]
        return formset


class PackForm(forms.ModelForm):
    """Of what comes by the piece, a pack contains whole ones."""

    def clean_contains(self) -> Any:
        contains = self.cleaned_data["contains"]
        try:
            services.check_content(contains, self.instance.sku.unit)
        except DomainError as refusal:
            raise ValidationError(told(refusal)) from refusal
        return contains


class PacksOfSku(PartOfSku):
    model = PackSize
    form = PackForm
    fields = ("code", "name", "name_en", "contains")


class ComponentForm(forms.ModelForm):
    """The component by its SKU code: goods, in whole numbers if they come by the piece."""

    sku = forms.CharField(
        label=capfirst(gettext_lazy("SKU code")),
        max_length=32,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = BundleComponent
        fields = ("sku", "quantity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.component_id:
            self.fields["sku"].initial = self.initial["sku"] = self.instance.component.code

    def clean_sku(self) -> str:
        code = str(self.cleaned_data["sku"]).strip()
        if not self.instance.component_id or code != self.instance.component.code:
            found = Sku.objects.filter(code=code).first()
            if found is None:
                raise ValidationError(products.SkuNotFound().detail)
            self.instance.component = found
        return code

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.instance.component_id and given.get("quantity") is not None:
            try:
                services.check_components({self.instance.component: given["quantity"]})
            except DomainError as refusal:
                raise ValidationError(told(refusal)) from refusal
        return given


class ComponentsOfBundle(PartOfSku):
    model = BundleComponent
    form = ComponentForm
    fk_name = "bundle"
    related = ("component",)
    fields = ("sku", "quantity")


class ReferencesOfSku(PartOfSku):
    model = ExternalReference
    fields = ("source", "code")


class SkuForm(forms.ModelForm):
    """The kind of a SKU stays once something of it was received or sold, or a bundle names it."""

    def clean_kind(self) -> str:
        kind = str(self.cleaned_data["kind"])
        if self.instance.pk and "kind" in self.changed_data:
            try:
                require_kind_free(services.lock_sku(self.initial["code"]))
            except DomainError as refusal:
                raise ValidationError(told(refusal)) from refusal
        return kind


def inlines_of(sku: Sku | None) -> tuple[type[PartOfSku], ...]:
    """What hangs on the page of a SKU; a bundle has components as well."""
    parts: tuple[type[PartOfSku], ...] = (BarcodesOfSku, PacksOfSku, ReferencesOfSku)
    if sku is not None and sku.kind == Sku.Kind.BUNDLE:
        return (ComponentsOfBundle, *parts)
    return parts


@admin.register(WeighedPrefix, site=head_office)
class WeighedPrefixAdmin(CatalogueAdmin):
    icon = "scale"
    empty_hint = Hint(
        gettext_lazy("A rule says how labels of the scales are read that begin with two digits.")
    )
    list_display = ("prefix", "item_digits", "value", "value_digits", "decimals")
    list_filter = ()
    search_fields = ("prefix__istartswith",)
    search_help_text = gettext_lazy("Prefix")
    fields = ("prefix", "item_digits", "value", "value_digits", "decimals")
    ordering = ("prefix",)
    sortable_by = ("prefix",)

    def key_of(self, obj: WeighedPrefix) -> str:
        return str(obj.prefix)
