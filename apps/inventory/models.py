"""Inventory center: locations, stock by SKU and location, reservations, the movement ledger."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.common.models import append_only
from apps.orders.models import FrozenPlace, Order
from apps.org.models import Store, Warehouse
from apps.products.models import Sku


class Location(models.Model):
    """库位: where goods are. Virtual locations keep no stock row; their balance is a sum."""

    class Kind(models.TextChoices):
        STORE = "store", _("store")
        WAREHOUSE = "warehouse", _("warehouse")
        SUPPLIER = "supplier", _("supplier (virtual)")
        CUSTOMER = "customer", _("customer (virtual)")
        SCRAP = "scrap", _("scrap (virtual)")

    VIRTUAL_KINDS = (Kind.SUPPLIER, Kind.CUSTOMER, Kind.SCRAP)

    code = models.CharField(_("location code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    store = models.OneToOneField(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="location",
        verbose_name=_("store"),
    )
    warehouse = models.OneToOneField(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="location",
        verbose_name=_("warehouse"),
    )

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.CheckConstraint(
                name="location_kind_fits_owner",
                condition=Q(kind="store", store__isnull=False, warehouse=None)
                | Q(kind="warehouse", store=None, warehouse__isnull=False)
                | Q(kind__in=["supplier", "customer", "scrap"], store=None, warehouse=None),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind__in=["supplier", "customer", "scrap"]),
                name="one_virtual_location_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Stock(models.Model):
    """库存: one SKU at one physical location; available = on hand − reserved."""

    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="stock", verbose_name=_("SKU"), db_index=False
    )
    location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="stock", verbose_name=_("location")
    )
    on_hand = models.DecimalField(_("on hand"), max_digits=15, decimal_places=3)
    reserved = models.DecimalField(_("reserved"), max_digits=15, decimal_places=3, default=0)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["sku", "location"], name="stock_once"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0, reserved__gte=0, reserved__lte=F("on_hand")),
                name="stock_never_oversold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} @ {self.location}"

    @property
    def available(self) -> object:
        """On hand − reserved."""
        return self.on_hand - self.reserved


class Reservation(models.Model):
    """预占: goods of a location promised to an unpaid order."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("reservation", "open")
        COMMITTED = "committed", _("committed")
        RELEASED = "released", _("released")

    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        related_name="reservations",
        verbose_name=_("order"),
        db_index=False,
    )
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("location"),
        db_index=False,
    )
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(fields=["order", "sku", "location"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "committed", "released"]),
                name="reservation_status_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "location"], condition=Q(status="open"), name="reservation_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.sku}"


class Movement(FrozenPlace):
    """库存流水: goods left one location for another. Append-only; (reference, SKU, from, to) once.

    Store, owner and region are those of the physical side on the business day, of a transfer those
    of the store that gives.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        SALE = "sale", _("sale")
        TRANSFER = "transfer", _("transfer")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    sku = models.ForeignKey(
        Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    from_location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("from location"),
        db_index=False,
    )
    to_location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("to location"),
        db_index=False,
    )
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        related_name="movements",
        null=True,
        blank=True,
        verbose_name=_("order"),
        db_index=False,
    )
    reference = models.CharField(
        _("reference"), max_length=64, help_text=_("The document that caused the movement.")
    )
    at = models.DateTimeField(_("at"))
    reason = models.CharField(_("reason"), max_length=64)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "sku", "from_location", "to_location"], name="movement_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_positive"),
            models.CheckConstraint(
                condition=~Q(from_location=F("to_location")), name="movement_goes_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "from_location", "at"], name="movement_out"),
            models.Index(fields=["sku", "to_location", "at"], name="movement_in"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="movement_order"),
            models.Index(fields=["-at", "-id"], name="movement_newest"),
            models.Index(fields=["store", "-at", "-id"], name="movement_store_newest"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.reference} {self.sku}"
