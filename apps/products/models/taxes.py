"""税: what part of a price is tax. Prices include it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.org.models import NamedInTwoLanguages


@tracked()
class TaxClass(NamedInTwoLanguages):
    """税目: goods that are taxed alike. A SKU without one is taxed as its category is."""

    class Meta:
        verbose_name = _("tax class")
        verbose_name_plural = _("tax classes")


@tracked(of="tax_class")
class TaxRate(models.Model):
    """税率: the rate of a tax class from a business day on, in basis points (1300 is 13 %)."""

    tax_class = models.ForeignKey(
        TaxClass, on_delete=models.PROTECT, related_name="rates", verbose_name=_("tax class")
    )
    basis_points = models.PositiveIntegerField(
        _("basis points"), help_text=_("1300 is 13 %; the price includes it.")
    )
    starts_on = models.DateField(_("holds from"))

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.UniqueConstraint(fields=["tax_class", "starts_on"], name="tax_rate_once_a_day"),
            models.CheckConstraint(condition=Q(basis_points__lte=10_000), name="tax_rate_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.tax_class} {self.basis_points / 100:g} %"
