"""Order center: the order document, its lines, and the events of its state machine."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.common.models import append_only
from apps.common.money import format_money
from apps.members.models import Member
from apps.orders import rules
from apps.org.models import Channel, Franchisee, Region, Store
from apps.products.models import Sku


class FrozenPlace(models.Model):
    """Where and under whom a document happened: owner and region are those of its business day."""

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store"), db_index=False
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
        Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("region"), db_index=False
    )
    business_day = models.DateField(_("business day"))

    class Meta:
        abstract = True


class Order(FrozenPlace):
    """订单: what was sold where, to whom, for how much. Amounts are minor units, tax included."""

    class Status(models.TextChoices):
        PENDING_PAYMENT = rules.PENDING_PAYMENT, _("pending payment")
        PAID = rules.PAID, _("paid")
        COMPLETED = rules.COMPLETED, _("completed")
        CANCELLED = rules.CANCELLED, _("cancelled")

    number = models.CharField(_("order number"), max_length=32, unique=True)
    channel = models.ForeignKey(
        Channel,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("channel"),
        db_index=False,
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        related_name="orders",
        null=True,
        blank=True,
        verbose_name=_("member"),
        db_index=False,
    )
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    placed_at = models.DateTimeField(_("placed at"))
    pay_until = models.DateTimeField(
        _("pay until"), null=True, blank=True, help_text=_("Unpaid orders are cancelled then.")
    )
    gross_amount = models.BigIntegerField(_("gross amount"))
    discount_amount = models.BigIntegerField(_("discount"))
    net_amount = models.BigIntegerField(_("net amount"))
    source = models.CharField(
        _("source"),
        max_length=32,
        blank=True,
        help_text=_("The system an imported order comes from; empty for our own."),
    )
    source_key = models.CharField(_("source key"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source=""),
                name="order_source_key_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending_payment", "paid", "completed", "cancelled"]),
                name="order_status_known",
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("discount_amount")),
                name="order_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(net_amount__gte=0, discount_amount__gte=0, gross_amount__lte=10**12),
                name="order_amounts_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["store", "-placed_at", "-id"], name="order_store_newest"),
            models.Index(fields=["franchisee", "-placed_at", "-id"], name="order_owner_newest"),
            models.Index(fields=["region", "-placed_at", "-id"], name="order_region_newest"),
            models.Index(fields=["member", "-placed_at", "-id"], name="order_member_newest"),
            models.Index(
                fields=["pay_until"],
                condition=Q(status="pending_payment"),
                name="order_pending_payment",
            ),
            models.Index(
                fields=["franchisee", "store", "placed_at"],
                condition=Q(status="paid"),
                name="order_to_fulfil",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """订单行: one SKU of an order. Imported lines carry amounts and no unit price.

    ``kind`` is the SKU's when it was sold: goods take stock, a bundle takes its components, virtual
    goods take none.
    """

    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        related_name="lines",
        verbose_name=_("order"),
        db_index=False,
    )
    line_no = models.PositiveSmallIntegerField(_("line"))
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    name = models.CharField(_("name as sold"), max_length=128)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_price = models.BigIntegerField(_("unit price"), null=True, blank=True)
    price_list = models.CharField(_("price list"), max_length=32, blank=True)
    gross_amount = models.BigIntegerField(_("gross amount"))
    discount_amount = models.BigIntegerField(_("discount"))
    net_amount = models.BigIntegerField(_("net amount"))
    tax_basis_points = models.PositiveIntegerField(_("tax rate"), default=0, db_default=0)
    tax_amount = models.BigIntegerField(_("tax"), default=0, db_default=0)
    """What the net amount contains, at the rate of the business day."""
    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=Sku.Kind.choices,
        default=Sku.Kind.GOODS,
        db_default=Sku.Kind.GOODS,
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="line_no_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=Decimal("999999.999")),
                name="line_quantity_in_range",
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=F("net_amount") + F("discount_amount")),
                name="line_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(net_amount__gte=0, discount_amount__gte=0, gross_amount__lte=10**12),
                name="line_amounts_in_range",
            ),
        ]
        indexes = [models.Index(fields=["sku", "order"], name="line_sku")]

    def __str__(self) -> str:
        return f"{self.order}/{self.line_no}"

    @property
    def shown_unit_price(self) -> Decimal:
        """The unit price in minor units; derived (up to 4 decimals) where the line has none."""
        if self.unit_price is not None:
            return Decimal(self.unit_price)
        return (Decimal(self.gross_amount) / self.quantity).quantize(Decimal("0.0001"))


class LineComponent(models.Model):
    """套装明细: what a line that sold a bundle took of one component, whatever is in the bundle today.
    Append-only."""

    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        related_name="components",
        verbose_name=_("order line"),
        db_index=False,
    )
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)

    class Meta:
        verbose_name = _("component of a line")
        verbose_name_plural = _("components of lines")
        constraints = [
            models.UniqueConstraint(fields=["line", "sku"], name="line_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_component_positive"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.line} {self.sku}"


class LineAdjustment(models.Model):
    """优惠明细: what was taken off a line, by kind and source. Append-only."""

    class Kind(models.TextChoices):
        SHELF = "shelf", _("shelf discount")
        COUPON_MATCH = "coupon_match", _("coupon match")

    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        related_name="adjustments",
        verbose_name=_("order line"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=64, blank=True)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("line adjustment")
        verbose_name_plural = _("line adjustments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="adjustment_positive"),
        ]
        indexes = [
            models.Index(
                fields=["source", "-id"], condition=~Q(source=""), name="adjustment_source_newest"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {format_money(self.amount)}"


class OrderEvent(models.Model):
    """状态流水: one step of an order's state machine. Append-only."""

    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("order"),
        db_index=False,
    )
    from_status = models.CharField(_("from"), max_length=16, blank=True)
    to_status = models.CharField(_("to"), max_length=16, choices=Order.Status.choices)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=64)
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        constraints = [
            # Every state is entered at most once, so a step repeated by a race cannot be stored.
            models.UniqueConstraint(fields=["order", "to_status"], name="order_event_once"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.order} {self.get_to_status_display()}"
