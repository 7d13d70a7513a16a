"""Where the brand trades."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked


class NamedInTwoLanguages(models.Model):
    """A business key and a name in Chinese and English."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=128)
    name_en = models.CharField(_("English name"), max_length=128, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.display_name}"

    @property
    def display_name(self) -> str:
        """The name in the language that is active; the Chinese one where English is missing."""
        english = (get_language() or "").startswith("en")
        return (self.name_en if english else self.name) or self.name


@tracked()
class Region(NamedInTwoLanguages):
    """大区: a part of the country under one regional manager."""

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")


@tracked()
class Franchisee(NamedInTwoLanguages):
    """加盟商: a company that runs stores under the brand."""

    class Meta:
        verbose_name = _("franchisee")
        verbose_name_plural = _("franchisees")


@tracked()
class Store(NamedInTwoLanguages):
    """门店: sells to shoppers; run directly by the brand or by a franchisee."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        FROZEN = "frozen", _("frozen")
        CLOSED = "closed", _("closed")

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="stores", verbose_name=_("region")
    )
    franchisee = models.ForeignKey(
        Franchisee,
        on_delete=models.PROTECT,
        related_name="stores",
        null=True,
        blank=True,
        verbose_name=_("franchisee"),
        help_text=_("Empty for a store that the brand runs itself."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.OPEN
    )
    legal_entity = models.CharField(
        _("legal entity"),
        max_length=128,
        blank=True,
        help_text=_("The company on the receipt, as registered."),
    )
    address = models.CharField(_("address"), max_length=255, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "frozen", "closed"]), name="store_status_known"
            ),
            models.CheckConstraint(
                name="store_on_the_globe",
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,  # half a place compares as unknown, which a check passes
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                violation_error_message=_(
                    "Latitude is from −90 to 90 and longitude from −180 to 180; name both or neither."
                ),
            ),
        ]


@tracked(of="store")
class StoreHours(models.Model):
    """营业时间: when a store is open on one day of the week, in its own time; none = closed."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="hours", verbose_name=_("store")
    )
    weekday = models.PositiveSmallIntegerField(_("day of the week"), choices=Weekday.choices)
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(fields=["store", "weekday"], name="store_hours_once"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)), name="store_hours_weekday_known"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="store_hours_in_order",
                violation_error_message=_("A store closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


@tracked()
class Warehouse(NamedInTwoLanguages):
    """仓库: keeps stock for stores and shipments."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="warehouses", verbose_name=_("region")
    )

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")


@tracked()
class Channel(NamedInTwoLanguages):
    """渠道: where a shopper meets the brand."""

    class Kind(models.TextChoices):
        POS = "pos", _("point of sale")
        MINI_PROGRAM = "mini_program", _("mini-program")
        MARKETPLACE = "marketplace", _("marketplace")

    class Serves(models.TextChoices):
        EVERY_STORE = "every", _("every store")
        NAMED_STORES = "named", _("the stores named")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    is_active = models.BooleanField(_("active"), default=True)
    serves = models.CharField(
        _("serves"), max_length=16, choices=Serves.choices, default=Serves.EVERY_STORE
    )

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")


@tracked(of="channel")
class ChannelStore(models.Model):
    """A store that a channel of limited reach serves."""

    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="stores", verbose_name=_("channel")
    )
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", verbose_name=_("store")
    )

    class Meta:
        verbose_name = _("store of a channel")
        verbose_name_plural = _("stores of a channel")
        constraints = [
            models.UniqueConstraint(fields=["channel", "store"], name="channel_store_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.store}"
