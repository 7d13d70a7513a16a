"""Points kept like a bank keeps money: entries, the lots they fill and drain, and a balance."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import append_only
from apps.members.models import Member
from apps.orders.models import Order
from apps.org.models import Franchisee, Region, Store


class PointsAccount(models.Model):
    """积分账户: a member's balance, changed only together with an entry."""

    member = models.OneToOneField(
        Member,
        on_delete=models.PROTECT,
        related_name="points_account",
        verbose_name=_("member"),
    )
    balance = models.BigIntegerField(_("balance"))

    class Meta:
        verbose_name = _("points account")
        verbose_name_plural = _("points accounts")
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="points_balance_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.balance}"


class PointsEntry(models.Model):
    """积分流水: one signed change of a member's points. Append-only; (kind, reference) only once.

    Frozen store, owner and region say who bears the cost; they are empty for acts of head office.
    """

    class Kind(models.TextChoices):
        EARN = "earn", _("earned")
        EXPIRE = "expire", _("expired")
        ADJUST = "adjust", _("adjusted by hand")

    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("store"),
        db_index=False,
    )
    franchisee = models.ForeignKey(
        Franchisee,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("franchisee"),
        db_index=False,
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("region"),
        db_index=False,
    )
    business_day = models.DateField(_("business day"))
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="points_entries",
        verbose_name=_("member"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    points = models.BigIntegerField(_("points"))
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        related_name="points_entries",
        null=True,
        blank=True,
        verbose_name=_("order"),
        db_index=False,
    )
    reference = models.CharField(_("reference"), max_length=64)
    reason = models.CharField(_("reason"), max_length=255)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("points entry")
        verbose_name_plural = _("points ledger")
        constraints = [
            models.UniqueConstraint(fields=["reference", "kind"], name="points_entry_once"),
            models.CheckConstraint(
                condition=Q(kind="earn", points__gt=0)
                | Q(kind="expire", points__lt=0)
                | Q(kind="adjust") & ~Q(points=0),
                name="points_entry_sign",
            ),
            models.CheckConstraint(
                condition=~Q(kind="adjust") | Q(order=None, reference__startswith="approval:"),
                name="points_adjusted_by_approval",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-at", "-id"], name="points_member_newest"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="points_order"),
            models.Index(fields=["business_day"], name="points_day"),
            models.Index(fields=["store", "-at", "-id"], name="points_store_newest"),
            models.Index(fields=["franchisee", "-at", "-id"], name="points_owner_newest"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.member} {self.points:+d}"


class PointsLot(models.Model):
    """积分批次: points earned together, which expire together; drained oldest first."""

    entry = models.OneToOneField(
        PointsEntry, on_delete=models.PROTECT, related_name="lot", verbose_name=_("earning entry")
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="points_lots",
        verbose_name=_("member"),
        db_index=False,
    )
    points = models.BigIntegerField(_("points"))
    remaining = models.BigIntegerField(_("remaining"))
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("points lot")
        verbose_name_plural = _("points lots")
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("points")), name="lot_not_overdrawn"
            )
        ]
        indexes = [
            models.Index(
                fields=["member", "expires_at"], condition=Q(remaining__gt=0), name="lot_open"
            ),
            models.Index(fields=["expires_at"], condition=Q(remaining__gt=0), name="lot_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.remaining}/{self.points}"


class LotDraw(models.Model):
    """批次消耗: how much of a lot an entry took. Append-only."""

    entry = models.ForeignKey(
        PointsEntry,
        on_delete=models.PROTECT,
        related_name="draws",
        verbose_name=_("entry"),
        db_index=False,
    )
    lot = models.ForeignKey(
        PointsLot, on_delete=models.PROTECT, related_name="draws", verbose_name=_("lot")
    )
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("lot draw")
        verbose_name_plural = _("lot draws")
        constraints = [
            models.UniqueConstraint(fields=["entry", "lot"], name="lot_draw_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="lot_draw_positive"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.lot_id} {self.points}"
