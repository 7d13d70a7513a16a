"""Under whom a store trades, and since when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models.history import tracked
from apps.org.models.places import Franchisee, Region, Store


@tracked(of="store")
class Tenure(models.Model):
    """任期: a store's region, owner and contract from one business day up to another.

    Days are the store's own; ``ends_on`` is the first day that is not covered. Two tenures of one
    store never overlap, so a report can ask for the tree as of any day.
    """

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="tenures", verbose_name=_("store")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="tenures", verbose_name=_("region")
    )
    franchisee = models.ForeignKey(
        Franchisee,
        on_delete=models.PROTECT,
        related_name="tenures",
        null=True,
        blank=True,
        verbose_name=_("franchisee"),
    )
    contract = models.CharField(_("contract"), max_length=64, blank=True)
    starts_on = models.DateField(pgettext_lazy("period", "from"))
    ends_on = models.DateField(pgettext_lazy("period", "to"), null=True, blank=True)

    class Meta:
        verbose_name = _("tenure")
        verbose_name_plural = _("tenures")
        indexes = [models.Index(fields=["-starts_on", "-id"], name="tenure_newest_first")]
        constraints = [
            ExclusionConstraint(
                name="tenure_no_overlap",
                expressions=[
                    ("store", RangeOperators.EQUAL),
                    (Func("starts_on", "ends_on", function="daterange"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The store has an owner on these days already."),
            ),
            models.CheckConstraint(
                name="tenure_from_before_to",
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                violation_error_message=_("A tenure must end after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.starts_on:%Y-%m-%d}"

    def shown_by(self, store: Store) -> bool:
        """Whether the columns of today on ``store`` are those of this tenure."""
        shown = (store.region_id, store.franchisee_id)
        return shown == (self.region_id, self.franchisee_id)
