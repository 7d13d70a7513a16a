"""Head office: products, what is said of them, and their life."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.evidence import GroundsForm
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordInline
from apps.org.offices.refusals import say_refusal, told
from apps.org.offices.sites import head_office
from apps.products import product_rules as rules
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.admin.matrix import MatrixPage
from apps.products.admin.typing_in import field_name, field_of, shown_value
from apps.products.models import Category, Product, Sku
from apps.products.selectors import NamedAttribute

TONES = {
    "draft": "plain",
    "review": "info",
    "active": "success",
    "retired": "warning",
}
BUTTONS = ("submit", "ask_activation", "send_back", "retire", "reactivate", "matrix")


class ProductForm(forms.ModelForm):
    """A product with a field for each attribute that its category names."""

    named: ClassVar[Sequence[NamedAttribute]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.named:
            kept = self.instance.attributes.get(one.terms.code)
            self.initial[field_name(one)] = shown_value(kept)

    def clean(self) -> dict[str, Any]:
        """Of a product that is put into another category stays what that one has as well."""
        given: dict[str, Any] = super().clean() or {}
        values = {one.terms.code: given.get(field_name(one)) for one in self.named}
        category: Category | None = given.get("category")
        if category is not None and category.pk != self.initial.get("category"):
            terms = [one.terms for one in products.attributes_of(category.pk)]
            self.instance.attributes = rules.fitting_attributes(values, terms)
        elif not self.errors and self.named:
            self._keep(values)
        return given

    def _keep(self, values: dict[str, Any]) -> None:
        terms = services.terms_for(self.instance)
        try:
            self.instance.attributes = rules.checked_attributes(values, terms)
        except (rules.AttributeUnknown, rules.AttributeInvalid) as refusal:
            self.add_error(None, told(refusal))


class AskForm(GroundsForm, BaseDialogForm):
    """Why the product is to be sold, and what shows that it may be."""

    field_order = ("reason", "evidence", "reference")


class SkusOfProduct(RecordInline):
    model = Sku
    see_action = "products.see"
    visible = staticmethod(products.skus_visible_to)
    page = columns.link("", gettext_lazy("SKU"))
    fields = ("page", "option", "unit", "is_active")
    tab = False


def _button(name: str, icon: str, title: Any, told: tuple[Any, Any], **look: Any) -> Any:
    """A button whose dialog says what will happen and asks why."""
    dialog = {
        "title": told[0],
        "description": told[1],
        "form_class": look.pop("form", ReasonForm),
        "form_submit_text": title,
    }
    return action(description=title, permissions=[name], icon=icon, dialog=dialog, **look)


@admin.register(Product, site=head_office)
class ProductAdmin(MatrixPage, CatalogueAdmin):
    icon = "shopping_bag"
    instead = gettext_lazy("Retire it: it is not sold any more, and past orders stay readable.")
    empty_hint = Hint(
        gettext_lazy("A product belongs to a category; add the category first."),
        "products.category",
    )
    form = ProductForm
    related = ("category",)
    search_help_text = gettext_lazy("Code, name, brand or pinyin")
    state = columns.state("status", gettext_lazy("status"), TONES)
    list_display = (*NAMES, "brand", "category", "state", "listing")
    list_filter = (("status", ChoicesDropdownFilter), ("listing", ChoicesDropdownFilter))
    readonly_fields = ("state",)
    autocomplete_fields = ("category",)
    inlines = (SkusOfProduct,)
    actions_detail = BUTTONS

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        if not search_term.strip():
            return queryset, False
        return products.search_products(queryset, search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = (*NAMES, "category", "brand", "listing")
        if obj is None:
            return ((None, {"fields": own}),)
        described = [field_name(one) for one in self._named(request, obj)]
        more = ((gettext_lazy("Attributes"), {"fields": described}),) if described else ()
        return ((None, {"fields": (*own, "state")}), *more)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = False, **options: Any
    ) -> Any:
        """With the fields of the attributes; those of a new product come with its category."""
        named = self._named(request, obj) if obj is not None else []
        required = {one.code for one in services.terms_for(obj) if one.required} if named else set()
        declared = {
            field_name(one): field_of(one, required=one.terms.code in required) for one in named
        }
        form = type("ProductForm", (self.form,), {"named": named, **declared})
        return super().get_form(request, obj, change=change, **{"form": form, **options})

    def _named(self, request: HttpRequest, obj: Product) -> list[NamedAttribute]:
        """Asked of the database once per request."""
        kept = request.__dict__.setdefault("_attributes", {})
        if obj.category_id not in kept:
            kept[obj.category_id] = products.attributes_of(obj.category_id)
        found: list[NamedAttribute] = kept[obj.category_id]
        return found

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: Any) -> None:
        """What somebody types in is looked at by a second person before it is sold."""
        if not change:
            obj.status = Product.Status.DRAFT
        services.save_product(obj)

    def _may(self, request: HttpRequest, object_id: Any, step: str) -> bool:
        """Whether the product stands where this step begins; asked once per request."""
        kept = request.__dict__.setdefault("_status", {})
        if object_id not in kept:
            rows = lookups.with_key(self.get_queryset(request), object_id)
            kept[object_id] = rows.values_list("status", flat=True).first()
        return self.may_manage(request) and step in rules.steps_from(kept[object_id] or "")

    def has_submit_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "submit")

    def has_ask_activation_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "activate")

    def has_send_back_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "send_back")

    def has_retire_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "retire")

    def has_reactivate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "reactivate")

    @_button(
        "submit",
        "rate_review",
        gettext_lazy("Submit for review"),
        (
            gettext_lazy("Submit this product for review?"),
            gettext_lazy("Then its sale can be asked for, which a second person approves."),
        ),
    )
    def submit(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._done(request, form, object_id, services.submit_for_review)

    @_button(
        "ask_activation",
        "storefront",
        gettext_lazy("Let it be sold"),
        (
            gettext_lazy("Ask for this product to be sold?"),
            gettext_lazy("A second person approves it. From then on it can be sold."),
        ),
        form=AskForm,
    )
    def ask_activation(self, request: HttpRequest, form: AskForm, object_id: str) -> HttpResponse:
        actor, code = actor_of(request), self._code(request, object_id)
        once = form.once(actor, f"request products.activate {code}")
        try:
            asked = request_approval(
                actor, "products.activate", {"product": code}, form.grounds(), once
            )
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            said = _("Request %(number)s waits for approval.") % {"number": asked["number"]}
            messages.success(request, said)
        return self.back_to(request, object_id)

    @_button(
        "send_back",
        "undo",
        gettext_lazy("Send back"),
        (
            gettext_lazy("Send this product back?"),
            gettext_lazy("It is a draft again, to be corrected and submitted anew."),
        ),
    )
    def send_back(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._done(request, form, object_id, services.send_back)

    @_button(
        "retire",
        "event_busy",
        gettext_lazy("Retire"),
        (
            gettext_lazy("Retire this product?"),
            gettext_lazy("None of its SKUs is sold any more; past orders stay readable."),
        ),
        variant=ActionVariant.DANGER,
    )
    def retire(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._done(request, form, object_id, services.retire)

    @_button(
        "reactivate",
        "restart_alt",
        gettext_lazy("Bring back"),
        (
            gettext_lazy("Bring this product back?"),
            gettext_lazy("It is in review again; a second person lets it be sold."),
        ),
    )
    def reactivate(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        return self._done(request, form, object_id, services.reactivate)

    def _code(self, request: HttpRequest, object_id: str) -> str:
        return str(self.get_queryset(request).get(pk=object_id).code)

    def _done(
        self, request: HttpRequest, form: ReasonForm, object_id: str, walk: Callable[..., None]
    ) -> HttpResponse:
        code = self._code(request, object_id)
        try:
            walk(actor_of(request), code, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            row = self.get_queryset(request).get(pk=object_id)
            said = _("The product is now: %(status)s.") % {"status": row.get_status_display()}
            messages.success(request, said)
        return self.back_to(request, object_id)
