"""Roll-ups: what happened at a store under an owner and a region, by day and by hour.

They are recomputed from the documents and hold nothing of their own. Place columns are those frozen
on the documents, so that reach narrows a roll-up as it narrows them; they are empty for points that
head office gave under no store.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.org.models import Franchisee, Region, Store


class Figures(models.Model):
    """The measures. Money in minor units; points burned are positive."""

    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("store"),
        db_index=False,
    )
    franchisee = models.ForeignKey(
        Franchisee,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("franchisee"),
        db_index=False,
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("region"),
        db_index=False,
    )
    business_day = models.DateField(_("business day"))
    orders = models.BigIntegerField(_("orders"))
    sales = models.BigIntegerField(_("sales"))
    captured = models.BigIntegerField(_("payments captured"))
    refunds_due = models.BigIntegerField(_("payments due for refund"))
    points_issued = models.BigIntegerField(_("points issued"))
    points_burned = models.BigIntegerField(_("points burned"))
    rolled_up_at = models.DateTimeField(_("rolled up at"))

    class Meta:
        abstract = True


class StoreDay(Figures):
    """门店日汇总: one business day; the sum of its hours."""

    class Meta:
        verbose_name = _("store day")
        verbose_name_plural = _("store days")
        constraints = [
            models.UniqueConstraint(
                fields=["business_day", "store", "franchisee", "region"],
                nulls_distinct=False,
                name="store_day_once",
            )
        ]
        indexes = [
            models.Index(fields=["store", "business_day"], name="store_day_store"),
            models.Index(fields=["franchisee", "business_day"], name="store_day_owner"),
            models.Index(fields=["region", "business_day"], name="store_day_region"),
        ]

    def __str__(self) -> str:
        return f"{self.store_id} {self.business_day}"


class StoreHour(Figures):
    """门店时段汇总: one hour of the store's own day, 0 to 23."""

    hour = models.SmallIntegerField(_("hour"))

    class Meta:
        verbose_name = _("store hour")
        verbose_name_plural = _("store hours")
        constraints = [
            models.UniqueConstraint(
                fields=["business_day", "store", "franchisee", "region", "hour"],
                nulls_distinct=False,
                name="store_hour_once",
            ),
            models.CheckConstraint(condition=Q(hour__range=(0, 23)), name="store_hour_in_range"),
        ]
        indexes = [
            models.Index(fields=["store", "business_day"], name="store_hour_store"),
            models.Index(fields=["franchisee", "business_day"], name="store_hour_owner"),
            models.Index(fields=["region", "business_day"], name="store_hour_region"),
        ]

    def __str__(self) -> str:
        return f"{self.store_id} {self.business_day} {self.hour}"


class Mark(models.Model):
    """汇总水位: up to which row of a ledger every day is rolled up.

    A row can be committed after one with a higher id, so what is above ``low`` is looked at again and
    again: ``upcoming`` was the highest id at ``marked_at``, and becomes ``low`` a while later.
    """

    source = models.CharField(_("source"), max_length=32, unique=True)
    low = models.BigIntegerField(_("rolled up to"), default=0)
    upcoming = models.BigIntegerField(_("next mark"), default=0)
    marked_at = models.DateTimeField(_("marked at"))
    ran_at = models.DateTimeField(_("last run"))

    class Meta:
        verbose_name = _("roll-up mark")
        verbose_name_plural = _("roll-up marks")

    def __str__(self) -> str:
        return self.source
