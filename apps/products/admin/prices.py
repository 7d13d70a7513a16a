"""Head office: prices from an instant on, and whom a list is for."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action
from unfold.enums import ActionVariant

from apps.common.errors import DomainError
from apps.jobs.office import BringsIn
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.fields import MoneyField
from apps.org.offices.lists import Hint
from apps.org.offices.refusals import say_refusal
from apps.org.offices.sites import head_office
from apps.products import services
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.admin.over_time import SetAdmin, SetForm, load_newest
from apps.products.models import Audience, Price


class PriceForm(SetForm):
    """What a unit costs on a list."""

    amount = MoneyField(
        label=capfirst(gettext_lazy("unit price")),
        required=False,
        help_text=gettext_lazy("Empty: the SKU is off this list."),
    )

    class Meta:
        model = Price
        fields = ("price_list", "sku", "amount", "starts_at", "reason")


@admin.register(Price, site=head_office)
class PriceAdmin(BringsIn, SetAdmin):
    """A price is set, not edited: what it was before stays on record."""

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
    begins = columns.when("starts_at", gettext_lazy("holds from"))
    list_display = ("sku", "product", "price_list", "n_amount", "begins", "set_by")
    exact = ("sku__code",)
    search_help_text = gettext_lazy("SKU code")
    autocomplete_fields = ("price_list", "sku")
    shown = (("item", "price_list"), ("n_amount", "begins"), ("set_by", "reason"))

    def save_model(self, request: HttpRequest, obj: Price, form: Any, change: Any) -> None:
        given = form.cleaned_data
        price_list = given["price_list"]
        services.set_price(
            actor_of(request),
            sku=given["sku"].code,
            price_list="" if price_list.is_base else price_list.code,
            amount=given["amount"],
            starts_at=given["starts_at"],
            reason=given["reason"],
        )
        load_newest(obj, Price.objects.filter(sku=given["sku"], price_list=price_list))

    @action(
        description=gettext_lazy("Call off"),
        permissions=["call_off"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Call this price off?"),
            "description": gettext_lazy(
                "It has not begun: the price that holds before goes on holding."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("Call off"),
        },
    )
    def call_off(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        price = self.get_queryset(request).get(pk=object_id)
        try:
            services.call_off_price(actor_of(request), price.pk, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            say_refusal(request, refusal)
            return self.back_to(request, object_id)
        messages.success(request, _("The price is called off."))
        return self.back_to_list(request)


@admin.register(Audience, site=head_office)
class AudienceAdmin(CatalogueAdmin):
    icon = "groups"
    empty_hint = Hint(gettext_lazy("An audience says whom a price is for."))
    sortable_by = ("code", "name")
    list_display = (*NAMES, "kind")
    list_filter = (("kind", ChoicesDropdownFilter),)
