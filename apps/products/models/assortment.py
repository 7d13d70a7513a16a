"""商品可售范围: the exceptions from the rule that everything is sold everywhere."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.org.models import Channel, Region, Store, StoreGroup
from apps.products.models.catalogue import Product, Sku
from apps.products.models.categories import Category


def _begun_stays() -> list[pgtrigger.Trigger]:
    """What was sold where is history: a rule says why. Only the end of one that is not over moves."""
    return [
        pgtrigger.Trigger(
            name="begun_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func="""
                IF TG_OP = 'DELETE' THEN
                    IF OLD.starts_at IS NULL OR OLD.starts_at <= now() THEN
                        RAISE EXCEPTION 'assortment rule % has begun and stays', OLD.id;
                    END IF;
                    RETURN OLD;
                END IF;
                IF to_jsonb(OLD) - 'ends_at' IS DISTINCT FROM to_jsonb(NEW) - 'ends_at'
                    OR OLD.ends_at <= now()
                THEN
                    RAISE EXCEPTION 'assortment rule %: only an end that is ahead may move', OLD.id;
                END IF;
                RETURN NEW;
            """,
        )
    ]


class AssortmentRule(models.Model):
    """可售规则: a SKU, product or category is sold, or is not, at a place and in a window.

    Which of several rules decides, ``assortment_rules.rank`` says. A rule holds from ``starts_at``
    until ``ends_at``, half-open, either may be missing; one that has begun is ended, not edited.
    """

    class Action(models.TextChoices):
        INCLUDE = "include", pgettext_lazy("assortment rule", "sell")
        EXCLUDE = "exclude", pgettext_lazy("assortment rule", "do not sell")

    action = models.CharField(_("action"), max_length=16, choices=Action.choices)
    sku = models.ForeignKey(
        Sku,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assortment_rules",
        verbose_name=_("SKU"),
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assortment_rules",
        verbose_name=_("product"),
    )
    category = models.ForeignKey(
        Category,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assortment_rules",
        verbose_name=_("category"),
        help_text=_("With everything below it."),
    )
    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("store"),
    )
    group = models.ForeignKey(
        StoreGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("store group"),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("region"),
    )
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("channel"),
        help_text=_("Empty: through every channel."),
    )
    starts_at = models.DateTimeField(pgettext_lazy("period", "from"), null=True, blank=True)
    ends_at = models.DateTimeField(pgettext_lazy("period", "to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=255)
    set_by = models.CharField(_("set by"), max_length=64)
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        verbose_name = _("assortment rule")
        verbose_name_plural = _("assortment rules")
        constraints = [
            models.CheckConstraint(
                name="assortment_action_known", condition=Q(action__in=["include", "exclude"])
            ),
            models.CheckConstraint(
                name="assortment_of_one_target",
                condition=Q(sku__isnull=False, product=None, category=None)
                | Q(sku=None, product__isnull=False, category=None)
                | Q(sku=None, product=None, category__isnull=False),
                violation_error_message=_("A rule is for one SKU, one product or one category."),
            ),
            models.CheckConstraint(
                name="assortment_at_one_place",
                condition=Q(store=None, group=None)
                | Q(store=None, region=None)
                | Q(group=None, region=None),
                violation_error_message=_(
                    "A rule holds at one store, one store group or one region, or everywhere."
                ),
            ),
            models.CheckConstraint(
                name="assortment_from_before_to",
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A rule must end after it starts."),
            ),
        ]
        triggers = _begun_stays()

    def __str__(self) -> str:
        return f"{self.pk} {self.target}"

    @property
    def target(self) -> Sku | Product | Category | None:
        """What it is about; None only in a form that names nothing yet."""
        return self.sku or self.product or self.category

    @property
    def place(self) -> Store | StoreGroup | Region | None:
        """Where it holds; None is everywhere."""
        return self.store or self.group or self.region
