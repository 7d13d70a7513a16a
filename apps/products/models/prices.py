"""What it costs: price lists, the ledger of prices, and whom a list is for."""

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models.history import tracked
from apps.common.money import format_money
from apps.org.models import Channel, NamedInTwoLanguages, Region, Store
from apps.products.models.catalogue import Sku
from apps.products.models.over_time import AmountOverTime, in_range, stays_once_begun

MAX_BREAK = Decimal("999999.999")
MAX_PRIORITY = 1_000


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


def _released_stays() -> list[pgtrigger.Trigger]:
    """For whom and from when a released list holds is history: it says why a price was what it was."""
    return [
        pgtrigger.Trigger(
            name="released_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Q(old__status="released"),
            func="""
                IF TG_OP = 'DELETE' THEN
                    RAISE EXCEPTION 'price list % is released and stays', OLD.code;
                END IF;
                IF (OLD.status, OLD.channel_id, OLD.region_id, OLD.store_id, OLD.tier_id,
                    OLD.segment_id, OLD.min_quantity, OLD.priority, OLD.starts_at, OLD.is_base)
                    IS DISTINCT FROM
                    (NEW.status, NEW.channel_id, NEW.region_id, NEW.store_id, NEW.tier_id,
                    NEW.segment_id, NEW.min_quantity, NEW.priority, NEW.starts_at, NEW.is_base)
                THEN
                    RAISE EXCEPTION 'price list % is released: only its end may change', OLD.code;
                END IF;
                RETURN NEW;
            """,
        )
    ]


@tracked()
class PriceList(NamedInTwoLanguages):
    """价目表: prices by SKU, for whom, where and when. One list is the base that all fall back to.

    A released list holds from ``starts_at`` until ``ends_at`` (half-open, either may be missing): it
    is scheduled, active or ended by the clock, not by a job.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("price list", "draft")
        RELEASED = "released", pgettext_lazy("price list", "released")

    is_base = models.BooleanField(_("base list"), default=False)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=Status.choices,
        default=Status.DRAFT,
        db_default=Status.DRAFT,
    )
    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("store"),
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
    )
    tier = models.ForeignKey(
        Audience,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member tier"),
        limit_choices_to={"kind": Audience.Kind.TIER},
    )
    segment = models.ForeignKey(
        Audience,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("segment"),
        limit_choices_to={"kind": Audience.Kind.SEGMENT},
    )
    min_quantity = models.DecimalField(
        _("quantity break"),
        max_digits=12,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text=_("From how much of one SKU in an order; 0 for any quantity."),
    )
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        db_default=0,
        help_text=_("The higher one wins before anything else is compared."),
    )
    starts_at = models.DateTimeField(pgettext_lazy("period", "from"), null=True, blank=True)
    ends_at = models.DateTimeField(pgettext_lazy("period", "to"), null=True, blank=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.UniqueConstraint(
                fields=["is_base"], condition=Q(is_base=True), name="one_base_price_list"
            ),
            ExclusionConstraint(
                name="price_list_unambiguous",
                expressions=[
                    (Coalesce("store", 0), RangeOperators.EQUAL),
                    (Coalesce("region", 0), RangeOperators.EQUAL),
                    (Coalesce("channel", 0), RangeOperators.EQUAL),
                    (Coalesce("tier", 0), RangeOperators.EQUAL),
                    (Coalesce("segment", 0), RangeOperators.EQUAL),
                    ("min_quantity", RangeOperators.EQUAL),
                    ("priority", RangeOperators.EQUAL),
                    (
                        Func("starts_at", "ends_at", function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status="released"),
                violation_error_message=_(
                    "A released list of the same scope, quantity break and priority holds in this "
                    "time already: give this one another priority."
                ),
            ),
            models.CheckConstraint(
                name="price_list_status_known", condition=Q(status__in=["draft", "released"])
            ),
            models.CheckConstraint(
                name="price_list_from_before_to",
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("A price list must end after it starts."),
            ),
            models.CheckConstraint(
                name="price_list_break_in_range",
                condition=Q(min_quantity__gte=0, min_quantity__lte=MAX_BREAK),
                violation_error_message=_("A quantity break lies between 0 and 999999.999."),
            ),
            models.CheckConstraint(
                name="price_list_priority_in_range",
                condition=Q(priority__gte=-MAX_PRIORITY, priority__lte=MAX_PRIORITY),
                violation_error_message=_("A priority lies between -1000 and 1000."),
            ),
            models.CheckConstraint(
                name="price_list_base_for_all",
                condition=Q(is_base=False)
                | Q(
                    status="released",
                    store=None,
                    region=None,
                    channel=None,
                    tier=None,
                    segment=None,
                    min_quantity=0,
                    priority=0,
                    starts_at=None,
                    ends_at=None,
                ),
                violation_error_message=_("The base list holds everywhere, always and for all."),
            ),
        ]
        triggers = _released_stays()


class Price(AmountOverTime):
    """价格: the unit price of one SKU on one list from an instant on, tax included. Append-only: the
    price of any earlier instant, and who set it, stays readable."""

    price_list = models.ForeignKey(
        PriceList, on_delete=models.PROTECT, related_name="prices", verbose_name=_("price list")
    )
    sku = models.ForeignKey(
        Sku,
        on_delete=models.PROTECT,
        related_name="prices",
        verbose_name=_("SKU"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "price_list", "starts_at"], name="price_once_an_instant"
            ),
            in_range("price_in_range"),
        ]
        triggers = stays_once_begun()

    def __str__(self) -> str:
        said = "–" if self.amount is None else format_money(self.amount)
        return f"{self.sku} {said}"
