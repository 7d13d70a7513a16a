"""Payment center: payments, the tenders they consist of, and their append-only events."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import append_only
from apps.common.money import format_money
from apps.orders.models import FrozenPlace, Order


class Payment(FrozenPlace):
    """支付单: one attempt to pay an order. Amounts are minor units.

    ``captured_at`` set and ``settled_at`` empty is the outbox of the settlement sweep.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        CAPTURED = "captured", _("captured")
        REFUND_DUE = "refund_due", _("refund due")

    class Provider(models.TextChoices):
        COUNTER = "counter", _("store counter")
        SANDBOX = "sandbox", _("sandbox")
        IMPORTED = "imported", _("imported")

    number = models.CharField(_("payment number"), max_length=40, unique=True)
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order")
    )
    provider = models.CharField(_("provider"), max_length=16, choices=Provider.choices)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    amount = models.BigIntegerField(_("amount"))
    captured_amount = models.BigIntegerField(_("captured amount"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    captured_at = models.DateTimeField(_("captured at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status="captured", settled_at__isnull=False),
                name="order_settled_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "captured", "refund_due"]),
                name="payment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=10**12), name="payment_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", captured_at=None, captured_amount=None)
                | Q(captured_at__isnull=False, captured_amount__isnull=False),
                name="payment_capture_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="payment_newest"),
            models.Index(fields=["store", "-created_at", "-id"], name="payment_store_newest"),
            models.Index(fields=["franchisee", "-created_at", "-id"], name="payment_owner_newest"),
            models.Index(
                fields=["captured_at"],
                condition=Q(captured_at__isnull=False, settled_at=None),
                name="payment_unsettled",
            ),
            models.Index(
                fields=["created_at"], condition=Q(status="refund_due"), name="payment_refund_due"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Tender(models.Model):
    """支付方式: one means of payment inside a payment; Σ tenders = the payment's amount."""

    class Kind(models.TextChoices):
        CASH = "cash", _("cash")
        MANUFACTURER_COUPON = "manufacturer_coupon", _("manufacturer coupon")
        SANDBOX = "sandbox", _("sandbox")

    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        related_name="tenders",
        verbose_name=_("payment"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("tender")
        verbose_name_plural = _("tenders")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="tender_not_negative"),
            models.UniqueConstraint(fields=["payment", "kind"], name="tender_kind_once"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {format_money(self.amount)}"


class PaymentEvent(models.Model):
    """支付流水: one fact about a payment. Append-only; a provider's reference is stored once."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        CAPTURED = "captured", _("captured")
        SETTLED = "settled", _("settled")
        REFUND_DUE = "refund_due", _("refund due")
        UNMATCHED = "unmatched", _("unmatched notice")

    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        related_name="events",
        null=True,
        blank=True,
        verbose_name=_("payment"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    provider = models.CharField(_("provider"), max_length=16, choices=Payment.Provider.choices)
    provider_ref = models.CharField(_("provider reference"), max_length=64, blank=True)
    amount = models.BigIntegerField(_("amount"))
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind"], name="payment_event_once"),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="provider_ref_once",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.payment or self.provider_ref} {self.get_kind_display()}"
