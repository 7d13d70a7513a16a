"""How a SKU is told: barcodes, packs, labels of weighed goods, and the keys of other systems."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked, tracked_once_changed
from apps.products import barcodes
from apps.products.models.catalogue import Sku

KEPT_GTIN = r"^([0-9]{8}|[0-9]{13}|[1-9][0-9]{13})$"


@tracked(of="sku")
class PackSize(models.Model):
    """包装: a case, a box: so much of one SKU under a name. It is priced and stocked in the SKU's unit."""

    sku = models.ForeignKey(
        Sku,
        on_delete=models.CASCADE,
        related_name="packs",
        verbose_name=_("SKU"),
        db_index=False,
    )
    code = models.CharField(_("pack code"), max_length=16)
    name = models.CharField(_("name"), max_length=64)
    name_en = models.CharField(_("English name"), max_length=64, blank=True)
    contains = models.DecimalField(
        _("contains"), max_digits=12, decimal_places=3, help_text=_("In the unit of the SKU.")
    )

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        constraints = [
            models.UniqueConstraint(fields=["sku", "code"], name="pack_code_once"),
            # A barcode names a pack of its own SKU by a foreign key to both.
            models.UniqueConstraint(fields=["id", "sku"], name="pack_of_sku"),
            models.CheckConstraint(
                condition=Q(contains__gt=0),
                name="pack_contains_something",
                violation_error_message=_("A pack contains more than nothing."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def display_name(self) -> str:
        """The name in the language that is active; the Chinese one where English is missing."""
        english = (get_language() or "").startswith("en")
        return (self.name_en if english else self.name) or self.name


@tracked_once_changed(of="sku")
class Barcode(models.Model):
    """条码: leads a scanner to one SKU, or to a pack of it; a SKU may have many."""

    class Kind(models.TextChoices):
        GTIN = barcodes.GTIN, _("GTIN")
        INTERNAL = barcodes.INTERNAL, _("internal number")
        WEIGHED = barcodes.WEIGHED, _("weighed goods")

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="barcodes", verbose_name=_("SKU")
    )
    code = models.CharField(_("barcode"), max_length=barcodes.MAX_LENGTH, unique=True)
    kind = models.CharField(
        _("kind"),
        max_length=8,
        choices=Kind.choices,
        default=Kind.INTERNAL,
        db_default=Kind.INTERNAL,
        editable=False,
    )
    pack = models.ForeignKey(
        PackSize,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="barcodes",
        verbose_name=_("pack"),
        help_text=_("Empty: one unit of the SKU."),
    )

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[barcodes.GTIN, barcodes.INTERNAL, barcodes.WEIGHED]),
                name="barcode_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind=barcodes.GTIN) | Q(code__regex=KEPT_GTIN),
                name="barcode_gtin_as_kept",
            ),
            models.CheckConstraint(
                condition=~Q(kind=barcodes.WEIGHED) | Q(pack=None), name="barcode_weighed_no_pack"
            ),
        ]

    def __str__(self) -> str:
        return self.code


@tracked()
class WeighedPrefix(models.Model):
    """称重码规则: how the labels of a scale are read whose EAN-13 begins with these two digits."""

    class Value(models.TextChoices):
        WEIGHT = barcodes.WEIGHT, _("weight")
        PRICE = barcodes.PRICE, _("price")

    prefix = models.CharField(
        _("prefix"), max_length=2, unique=True, help_text=_("20 to 29, 02 or 04.")
    )
    item_digits = models.PositiveSmallIntegerField(_("digits of the item number"), default=5)
    value = models.CharField(_("what it says"), max_length=8, choices=Value.choices)
    value_digits = models.PositiveSmallIntegerField(
        _("digits of the value"),
        default=5,
        help_text=_(
            "With those of the item number 10, or 9 where a digit between checks the value."
        ),
    )
    decimals = models.PositiveSmallIntegerField(
        _("decimals"), help_text=_("A weight in grams of a SKU by the kilogram has 3.")
    )

    class Meta:
        verbose_name = _("weighed label")
        verbose_name_plural = _("weighed labels")
        constraints = [
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^(2[0-9]|0[24])$"),
                name="weighed_prefix_in_store",
                violation_error_message=_("The prefix is 20 to 29, 02 or 04."),
            ),
            models.CheckConstraint(
                condition=Q(value__in=[barcodes.WEIGHT, barcodes.PRICE]),
                name="weighed_value_known",
            ),
            models.CheckConstraint(
                condition=Q(item_digits__gte=3, item_digits__lte=7, value_digits__gte=2)
                & (Q(item_digits=10 - F("value_digits")) | Q(item_digits=9 - F("value_digits"))),
                name="weighed_digits_add_up",
                violation_error_message=_(
                    "Item number and value have 10 digits together, or 9; the item number 3 to 7."
                ),
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=3),
                name="weighed_decimals_in_range",
                violation_error_message=_("There are 0 to 3 decimals."),
            ),
        ]

    def __str__(self) -> str:
        return self.prefix

    @property
    def format(self) -> barcodes.Format:
        return barcodes.Format(
            self.prefix, self.item_digits, self.value, self.value_digits, self.decimals
        )


@tracked(of="sku")
class ExternalReference(models.Model):
    """外部编码: what another system calls a SKU. ``source:code`` stands for the SKU in the API."""

    sku = models.ForeignKey(
        Sku,
        on_delete=models.CASCADE,
        related_name="references",
        verbose_name=_("SKU"),
        db_index=False,
    )
    source = models.CharField(
        _("source"),
        max_length=16,
        help_text=_("Small letters, digits, dash: the name of the other system."),
    )
    code = models.CharField(_("code there"), max_length=47)

    class Meta:
        verbose_name = _("external reference")
        verbose_name_plural = _("external references")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "code"],
                name="reference_once",
                violation_error_message=_("Another SKU has this code of this source."),
            ),
            models.UniqueConstraint(
                fields=["sku", "source"],
                name="reference_one_a_source",
                violation_error_message=_("A SKU has one code of a source."),
            ),
            models.CheckConstraint(
                condition=Q(source__regex=r"^[a-z0-9][a-z0-9-]*$"),
                name="reference_source_form",
                violation_error_message=_("A source is small letters, digits and dashes."),
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[!-.0-~]+$"),
                name="reference_code_form",
                violation_error_message=_(
                    "A code is printable ASCII characters without spaces and slashes."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.code}"
