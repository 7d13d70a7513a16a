"""What is sold: product (SPU) and SKU."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked_once_changed
from apps.org.models import NamedInTwoLanguages
from apps.products.models.categories import Category
from apps.products.models.taxes import TaxClass


@tracked_once_changed(without=["search_text"])
class Product(NamedInTwoLanguages):
    """商品 (SPU): what a shopper would call one product; its SKUs are what is sold."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    class Listing(models.TextChoices):
        EVERYWHERE = "everywhere", _("sold everywhere but where it is excluded")
        NAMED = "named", _("sold only where it is included")

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    brand = models.CharField(_("brand"), max_length=64, blank=True)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=Status.choices,
        default=Status.ACTIVE,
        db_default=Status.ACTIVE,
    )
    listing = models.CharField(
        _("assortment"),
        max_length=16,
        choices=Listing.choices,
        default=Listing.EVERYWHERE,
        db_default=Listing.EVERYWHERE,
    )
    description = models.TextField(_("description"), blank=True, db_default="")
    description_en = models.TextField(_("English description"), blank=True, db_default="")
    attributes = models.JSONField(_("attributes"), default=dict, blank=True, db_default={})
    """Values by attribute code, of the types that the category and those above it name."""
    search_text = models.TextField(editable=False, default="", db_default="")
    """Names, brand and pinyin initials as the search compares them."""

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        indexes = [
            GinIndex(Func(F("search_text"), function="products_grams"), name="product_grams")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "review", "active", "retired"]),
                name="product_status_known",
            ),
            models.CheckConstraint(
                condition=Q(listing__in=["everywhere", "named"]), name="product_listing_known"
            ),
        ]


def _codes_without_colon() -> list[pgtrigger.Trigger]:
    """``source:code`` is what another system calls a SKU, so no new code of ours looks like it."""
    return [
        pgtrigger.Trigger(
            name="code_without_colon",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("code"),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Condition("position(':' in NEW.code) > 0"),
            func="""
                IF TG_OP = 'INSERT' OR NEW.code IS DISTINCT FROM OLD.code THEN
                    RAISE EXCEPTION 'SKU code % has a colon', NEW.code
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sku_code_without_colon';
                END IF;
                RETURN NEW;
            """,
        )
    ]


@tracked_once_changed(of="product")
class Sku(models.Model):
    """SKU: the unit that is priced, stocked and sold."""

    class Unit(models.TextChoices):
        EACH = "each", _("each")
        KILOGRAM = "kg", _("kilogram")
        LITRE = "l", _("litre")

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        BUNDLE = "bundle", _("bundle")
        VIRTUAL = "virtual", _("virtual goods")

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="skus", verbose_name=_("product")
    )
    code = models.CharField(
        _("SKU code"),
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[^:]*$", _("A SKU code has no colon."))],
    )
    option = models.CharField(_("option"), max_length=64, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.EACH)
    is_active = models.BooleanField(_("on sale"), default=True)
    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=Kind.choices,
        default=Kind.GOODS,
        db_default=Kind.GOODS,
    )
    tax_class = models.ForeignKey(
        TaxClass,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax class"),
        help_text=_("Empty: as its category."),
        db_index=False,
    )

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["goods", "bundle", "virtual"]), name="sku_kind_known"
            ),
            # What a bundle is made of names a SKU with its kind by a foreign key to both.
            models.UniqueConstraint(fields=["id", "kind"], name="sku_of_kind"),
            models.UniqueConstraint(
                fields=["product", "option"],
                condition=~Q(option=""),
                name="sku_option_once",
                violation_error_message=_("Another SKU of this product has the same option."),
            ),
        ]
        triggers = _codes_without_colon()

    def __str__(self) -> str:
        return self.code
