"""Product center: category, product (SPU), SKU, barcodes, price lists, audiences."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked, tracked_once_changed
from apps.common.money import format_money
from apps.org.models import NamedInTwoLanguages


@tracked()
class Category(NamedInTwoLanguages):
    """类目: a node of the category tree."""

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")), name="category_not_own_parent"
            )
        ]


@tracked_once_changed()
class Product(NamedInTwoLanguages):
    """商品 (SPU): what a shopper would call one product; its SKUs are what is sold."""

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.CharField(_("brand"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")


@tracked_once_changed(of="product")
class Sku(models.Model):
    """SKU: the unit that is priced, stocked and sold."""

    class Unit(models.TextChoices):
        EACH = "each", _("each")
        KILOGRAM = "kg", _("kilogram")
        LITRE = "l", _("litre")

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="skus", verbose_name=_("product")
    )
    code = models.CharField(_("SKU code"), max_length=32, unique=True)
    option = models.CharField(_("option"), max_length=64, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.EACH)
    is_active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")

    def __str__(self) -> str:
        return self.code


@tracked_once_changed(of="sku")
class Barcode(models.Model):
    """条码: leads a scanner to one SKU; a SKU may have many."""

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="barcodes", verbose_name=_("SKU")
    )
    code = models.CharField(_("barcode"), max_length=32, unique=True)

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")

    def __str__(self) -> str:
        return self.code


@tracked()
class PriceList(NamedInTwoLanguages):
    """价目表: prices by SKU. Exactly one list is the base that every SKU falls back to."""

    is_base = models.BooleanField(_("base list"), default=False)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.UniqueConstraint(
                fields=["is_base"], condition=Q(is_base=True), name="one_base_price_list"
            )
        ]


@tracked(of="sku")
class Price(models.Model):
    """The unit price of one SKU on one list, in minor units, tax included."""

    price_list = models.ForeignKey(
        PriceList, on_delete=models.PROTECT, related_name="prices", verbose_name=_("price list")
    )
    sku = models.ForeignKey(
        Sku,
        on_delete=models.CASCADE,
        related_name="prices",
        verbose_name=_("SKU"),
        db_index=False,
    )
    amount = models.BigIntegerField(_("unit price"))

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["sku", "price_list"], name="price_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=10**12), name="price_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {format_money(self.amount)}"


@tracked()
class Audience(NamedInTwoLanguages):
    """人群: a tier or a segment by name. The apps above fill it; products only point at it."""

    class Kind(models.TextChoices):
        TIER = "tier", _("member tier")
        SEGMENT = "segment", _("segment")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
