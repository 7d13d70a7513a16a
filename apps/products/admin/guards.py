"""Head office: how low and how high prices may go, and the codes that let a sale go lower."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.accounts.actor import Actor
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.deleting import reason_of
from apps.org.offices.fields import MoneyField
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products import services
from apps.products.admin.base import CatalogueAdmin
from apps.products.models import PriceGuard, UndercutCode

OF = ("sku", "category")


class GuardForm(forms.ModelForm):
    """A floor in major units, a band in basis points."""

    floor = MoneyField(
        label=capfirst(gettext_lazy("floor")),
        required=False,
        help_text=PriceGuard._meta.get_field("floor").help_text,
    )


def band(basis_points: int | None) -> str | None:
    """``7050`` → ``70.5 %``."""
    return None if basis_points is None else columns.number(f"{basis_points / 100:g} %")


@admin.register(PriceGuard, site=head_office)
class PriceGuardAdmin(CatalogueAdmin):
    """A guard stays with its SKU or category; prices outside of it refuse it."""

    manage_action = "products.change_price"
    icon = "shield"
    empty_hint = Hint(
        gettext_lazy("A guard is for a SKU or for a category; add these first."),
        "products.category",
    )
    form = GuardForm
    related = OF
    of = columns.text("", gettext_lazy("for"))
    n_floor = columns.money("floor", gettext_lazy("floor"))
    list_display = ("of", "n_floor", "n_lowest", "n_highest")
    exact = ("sku__code", "category__code")
    search_help_text = gettext_lazy("SKU code or category code")
    ordering = ("-id",)
    sortable_by = ()
    fields = (OF, ("floor", "lowest", "highest"))
    autocomplete_fields = OF

    @display(description=gettext_lazy("lowest"))
    def n_lowest(self, obj: PriceGuard) -> str | None:
        return band(obj.lowest)

    @display(description=gettext_lazy("highest"))
    def n_highest(self, obj: PriceGuard) -> str | None:
        return band(obj.highest)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return OF if obj else ()

    def save_model(self, request: HttpRequest, obj: PriceGuard, form: Any, change: Any) -> None:
        services.save_guard(actor_of(request), obj)

    def delete_model(self, request: HttpRequest, obj: PriceGuard) -> None:
        services.drop_guard(actor_of(request), obj, reason=reason_of(request))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service writes the line."""

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """The service writes the line."""

    def key_of(self, obj: PriceGuard) -> str:
        return str(obj)[:64]


@admin.register(UndercutCode, site=head_office)
class UndercutCodeAdmin(RecordAdmin):
    """Whoever knows a code may sell below the guard: they are shown to those who change prices."""

    see_action = "products.change_price"
    icon = "key"
    empty_hint = Hint(gettext_lazy("A code appears here when a request to undercut is approved."))
    related = ("sku", "store")
    item = columns.link("sku", gettext_lazy("SKU"))
    shop = columns.link("store", gettext_lazy("store"))
    n_lowest = columns.money("lowest", gettext_lazy("lowest price of a unit"))
    ends = columns.when("valid_until", gettext_lazy("valid until"))
    list_display = ("code", "sku", "store", "n_lowest", "n_used", "ends", "approval")
    exact = ("code", "sku__code", "approval")
    search_help_text = gettext_lazy("Code, SKU code or number of the approval")
    ordering = ("-valid_until", "-id")
    fields = (("code", "approval"), ("item", "shop"), ("n_lowest", "n_used", "ends"))

    def visible(self, actor: Actor) -> QuerySet[UndercutCode]:
        return products.undercut_codes_visible_to(actor)

    @display(description=gettext_lazy("used"))
    def n_used(self, obj: UndercutCode) -> str:
        return columns.number(f"{obj.used} / {obj.uses}")
