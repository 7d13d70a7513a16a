"""Head office: tax classes, and their rates from a business day on."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.accounts.actor import Actor
from apps.common import clock
from apps.org.offices import columns
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.settings import SettingsInline
from apps.org.offices.sites import head_office
from apps.products import selectors as products
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.models import TaxClass, TaxRate


def today() -> date:
    """The business day of the brand: a rate that holds on it was sold by."""
    return clock.business_day(clock.now(), settings.TIME_ZONE)


class RateForm(forms.ModelForm):
    """A rate that begins today or later; one that has begun stays as it is."""

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if "starts_on" in self.changed_data and day < today():
            raise ValidationError(
                _("A rate holds from today or a later day: what was sold stays taxed as it was.")
            )
        return day


class RatesForms(BaseInlineFormSet):
    """What has begun is shown, and nothing that is sent changes or deletes it."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk and form.instance.starts_on <= today():
            for name in form.fields.keys() - {"id", self.fk.name}:
                form.fields[name].disabled = True


class RatesOfClass(SettingsInline):
    model = TaxRate
    form = RateForm
    formset = RatesForms
    see_action = "products.see"
    manage_action = "products.manage"
    fields = ("starts_on", "basis_points")
    ordering = ("starts_on",)

    def visible(self, actor: Actor) -> QuerySet[TaxRate]:
        return products.catalogue_rows(actor, TaxRate.objects.all())


@admin.register(TaxClass, site=head_office)
class TaxClassAdmin(CatalogueAdmin):
    icon = "percent"
    instead = gettext_lazy(
        "Give what is taxed by it another tax class; its rates stay, for what was sold by them."
    )
    empty_hint = Hint(gettext_lazy("Add a tax class, then the rate that it holds from a day on."))
    list_display = NAMES
    fields = NAMES
    inlines = (RatesOfClass,)


@admin.register(TaxRate, site=head_office)
class TaxRateAdmin(RecordAdmin):
    """Rates are kept on the page of their class; here they stand side by side."""

    see_action = "products.see"
    icon = "percent"
    empty_hint = Hint(
        gettext_lazy("Rates are kept on the page of their tax class."), "products.taxclass"
    )
    in_sidebar = False
    related = ("tax_class",)
    group = columns.link("tax_class", gettext_lazy("tax class"), text="display_name")
    list_display = ("tax_class", "n_rate", "starts_on")
    exact = ("tax_class__code",)
    search_help_text = gettext_lazy("Code of the tax class")
    ordering = ("tax_class_id", "starts_on")
    fields = ("group", ("n_rate", "starts_on"))

    def visible(self, actor: Actor) -> QuerySet[TaxRate]:
        return products.catalogue_rows(actor, TaxRate.objects.all())

    @display(description=gettext_lazy("rate"))
    def n_rate(self, obj: TaxRate) -> str:
        return columns.number(f"{obj.basis_points / 100:g} %")
