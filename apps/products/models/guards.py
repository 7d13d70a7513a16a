"""价格护栏: how low a price may go, whatever is stacked on it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked
from apps.common.money import MAX_AMOUNT
from apps.org.models import Store
from apps.products.models.catalogue import Sku
from apps.products.models.categories import Category


@tracked()
class PriceGuard(models.Model):
    """护栏: the floor of a SKU, and the band around the base price of a SKU or of a category.

    The guard of the SKU itself holds before that of its category, the nearest category before those
    above it. What a shopper pays per unit, offers, coupons and points taken off, is never below.
    """

    sku = models.OneToOneField(
        Sku,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guard",
        verbose_name=_("SKU"),
    )
    category = models.OneToOneField(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guard",
        verbose_name=_("category"),
    )
    floor = models.BigIntegerField(
        _("floor"),
        null=True,
        blank=True,
        help_text=_("The lowest price of one unit, tax included."),
    )
    lowest = models.PositiveIntegerField(
        _("lowest"),
        null=True,
        blank=True,
        help_text=_("Of the base price, in basis points: 7000 is 70 %."),
    )
    highest = models.PositiveIntegerField(
        _("highest"),
        null=True,
        blank=True,
        help_text=_("Of the base price, in basis points: 15000 is 150 %."),
    )

    class Meta:
        verbose_name = _("price guard")
        verbose_name_plural = _("price guards")
        constraints = [
            models.CheckConstraint(
                name="guard_of_one",
                condition=Q(sku=None, category__isnull=False) | Q(sku__isnull=False, category=None),
                violation_error_message=_("A guard is for a SKU or for a category."),
            ),
            models.CheckConstraint(
                name="guard_says_something",
                condition=Q(floor__isnull=False)
                | Q(lowest__isnull=False)
                | Q(highest__isnull=False),
                violation_error_message=_("A guard names a floor or an end of the band."),
            ),
            models.CheckConstraint(
                name="guard_floor_in_range",
                condition=Q(floor=None) | Q(floor__gte=0, floor__lte=MAX_AMOUNT),
            ),
            models.CheckConstraint(
                name="guard_floor_of_sku",
                condition=Q(floor=None) | Q(sku__isnull=False),
                violation_error_message=_(
                    "Only a SKU has a floor in money; a category has a band."
                ),
            ),
            models.CheckConstraint(
                name="guard_band_in_range",
                condition=(Q(lowest=None) | Q(lowest__lte=10_000))
                & (Q(highest=None) | Q(highest__gte=10_000, highest__lte=1_000_000)),
                violation_error_message=_(
                    "The band begins at the base price or below, and ends there or above."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.sku or self.category)


class UndercutCode(models.Model):
    """授权码: with it a sale may go below the guard, as two people allowed. Issued by an approval."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("store"),
        db_index=False,
    )
    lowest = models.BigIntegerField(_("lowest price of a unit"))
    uses = models.PositiveIntegerField(_("uses"))
    used = models.PositiveIntegerField(_("used"), default=0)
    valid_until = models.DateTimeField(_("valid until"))
    approval = models.CharField(_("approval"), max_length=32, unique=True)

    class Meta:
        verbose_name = _("undercut code")
        verbose_name_plural = _("undercut codes")
        indexes = [models.Index(fields=["-valid_until", "-id"], name="undercut_newest")]
        constraints = [
            models.CheckConstraint(
                name="undercut_used_at_most", condition=Q(used__lte=F("uses"), uses__gte=1)
            ),
            models.CheckConstraint(
                name="undercut_in_range", condition=Q(lowest__gte=0, lowest__lte=MAX_AMOUNT)
            ),
        ]

    def __str__(self) -> str:
        return self.code
