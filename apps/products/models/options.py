"""规格: in what a product's SKUs differ, such as colour and size."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked_once_changed
from apps.products.models.catalogue import Product


@tracked_once_changed(of="product")
class ProductOption(models.Model):
    """规格: one way in which the SKUs of a product differ; three at most."""

    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="options",
        verbose_name=_("product"),
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=64)
    name_en = models.CharField(_("English name"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "position"],
                name="option_once_a_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="option_at_most_three", condition=Q(position__lt=3)),
        ]

    def __str__(self) -> str:
        return self.name


@tracked_once_changed()
class OptionValue(models.Model):
    """规格值: what an option may be; SKU options are codes of these, joined by ``/``."""

    option = models.ForeignKey(
        ProductOption,
        on_delete=models.CASCADE,
        related_name="values",
        verbose_name=_("option"),
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=64)
    name_en = models.CharField(_("English name"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("option value")
        verbose_name_plural = _("option values")
        constraints = [
            models.UniqueConstraint(
                fields=["option", "code"],
                name="option_value_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="option_at_most_100", condition=Q(position__lt=100)),
        ]

    def __str__(self) -> str:
        return self.code
