"""成本: what a SKU costs the brand. Seen only with the right."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.org.models import NamedInTwoLanguages
from apps.products.models.catalogue import Sku
from apps.products.models.over_time import AmountOverTime, in_range, stays_once_begun


@tracked()
class Supplier(NamedInTwoLanguages):
    """供应商: whom the brand buys from."""

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")


class SupplierCost(AmountOverTime):
    """成本价: what one unit of a SKU costs from a supplier from an instant on, before tax. Append-only."""

    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="costs", verbose_name=_("SKU"), db_index=False
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, related_name="costs", verbose_name=_("supplier")
    )

    class Meta:
        verbose_name = _("supplier cost")
        verbose_name_plural = _("supplier costs")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "supplier", "starts_at"], name="cost_once_an_instant"
            ),
            in_range("cost_in_range"),
        ]
        triggers = stays_once_begun()

    def __str__(self) -> str:
        return f"{self.sku} {self.supplier}"
