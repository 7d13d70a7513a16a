"""Head office: suppliers and what goods cost from them; shown only to people with the right."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.fields import MoneyField
from apps.org.offices.lists import Hint
from apps.org.offices.refusals import say_refusal
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.admin.over_time import SetAdmin, SetForm, load_newest
from apps.products.models import Supplier, SupplierCost


class CostAdmin(CatalogueAdmin):
    """Who may not see costs finds no list; who changes anything here sees them too."""

    see_action = "products.see_cost"

    def may_manage(self, request: HttpRequest) -> bool:
        return self.may_see(request) and super().may_manage(request)


@admin.register(Supplier, site=head_office)
class SupplierAdmin(CostAdmin):
    icon = "local_shipping"
    instead = gettext_lazy("Set its costs to end: it delivers nothing from then on.")
    empty_hint = Hint(gettext_lazy("A supplier is whom the brand buys from; its costs come next."))
    list_display = NAMES
    fields = NAMES

    def visible(self, actor: Actor) -> QuerySet[Supplier]:
        return products.suppliers_visible_to(actor)


class CostForm(SetForm):
    """What a unit costs from a supplier."""

    amount = MoneyField(
        label=capfirst(gettext_lazy("cost of a unit")),
        required=False,
        help_text=gettext_lazy("Before tax. Empty: the supplier delivers it no more."),
    )

    class Meta:
        model = SupplierCost
        fields = ("sku", "supplier", "amount", "starts_at", "reason")


@admin.register(SupplierCost, site=head_office)
class SupplierCostAdmin(CostAdmin, SetAdmin):
    """A cost is set, not edited: what it was before stays on record."""

    icon = "request_quote"
    empty_hint = Hint(
        gettext_lazy("A cost belongs to a SKU and a supplier; add these first."),
        "products.supplier",
    )
    form = CostForm
    related = ("sku__product", "supplier")
    item = columns.link("sku", gettext_lazy("SKU"))
    product = columns.text("sku__product__display_name", gettext_lazy("product"))
    n_amount = columns.money("amount", gettext_lazy("cost of a unit"))
    begins = columns.when("starts_at", gettext_lazy("holds from"))
    list_display = ("sku", "product", "supplier", "n_amount", "begins", "set_by")
    exact = ("sku__code", "supplier__code")
    search_help_text = gettext_lazy("SKU code or supplier code")
    autocomplete_fields = ("sku", "supplier")
    shown = (("item", "supplier"), ("n_amount", "begins"), ("set_by", "reason"))

    def visible(self, actor: Actor) -> QuerySet[SupplierCost]:
        return products.costs_visible_to(actor)

    def save_model(self, request: HttpRequest, obj: SupplierCost, form: Any, change: Any) -> None:
        given, actor = form.cleaned_data, actor_of(request)
        services.set_cost(actor, **{name: given[name] for name in CostForm.Meta.fields})
        rows = products.costs_visible_to(actor)
        load_newest(obj, rows.filter(sku=given["sku"], supplier=given["supplier"]))

    @action(
        description=gettext_lazy("Call off"),
        permissions=["call_off"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Call this cost off?"),
            "description": gettext_lazy(
                "It has not begun: the cost that holds before goes on holding."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("Call off"),
        },
    )
    def call_off(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        cost = self.get_queryset(request).get(pk=object_id)
        try:
            services.call_off_cost(actor_of(request), cost.pk, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            say_refusal(request, refusal)
            return self.back_to(request, object_id)
        messages.success(request, _("The cost is called off."))
        return self.back_to_list(request)
