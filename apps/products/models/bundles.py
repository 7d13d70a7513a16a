"""套装: what a bundle is made of. It has no stock of its own; a sale takes its components."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.products import packing
from apps.products.models.catalogue import Sku

MAX_QUANTITY = 999_999


@tracked(of="bundle", without=["bundle_kind", "component_kind"])
class BundleComponent(models.Model):
    """组件: so much of one SKU in one bundle, in the SKU's unit.

    The kinds are constants that foreign keys of both SKUs name beside the id: what is in a bundle is
    goods, and what has components is a bundle, whoever writes at the same time. So no bundle is in
    another, and none in itself.
    """

    bundle = models.ForeignKey(
        Sku,
        on_delete=models.CASCADE,
        related_name="components",
        verbose_name=_("bundle"),
        db_index=False,
    )
    component = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="in_bundles", verbose_name=_("component")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    bundle_kind = models.CharField(
        max_length=16, default=packing.BUNDLE, db_default=packing.BUNDLE, editable=False
    )
    component_kind = models.CharField(
        max_length=16, default=packing.GOODS, db_default=packing.GOODS, editable=False
    )

    class Meta:
        verbose_name = _("component")
        verbose_name_plural = _("components")
        constraints = [
            models.UniqueConstraint(
                fields=["bundle", "component"],
                name="component_once",
                violation_error_message=_("A bundle names each of its components once."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=MAX_QUANTITY),
                name="component_in_range",
                violation_error_message=_("A quantity is more than 0 and at most 999999."),
            ),
            models.CheckConstraint(
                condition=Q(bundle_kind=packing.BUNDLE, component_kind=packing.GOODS),
                name="component_kinds_fixed",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The component's: by it the row is known in its bundle."""
        return str(self.component.code)
