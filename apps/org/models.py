"""Where the brand trades, and which rows an assignment opens."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Scope
from apps.accounts.models import ApiClient
from apps.org import rules


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


class Region(NamedInTwoLanguages):
    """大区: a part of the country under one regional manager."""

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class Franchisee(NamedInTwoLanguages):
    """加盟商: a company that runs stores under the brand."""

    class Meta:
        verbose_name = _("franchisee")
        verbose_name_plural = _("franchisees")


class Store(NamedInTwoLanguages):
    """门店: sells to shoppers; run directly by the brand or by a franchisee."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
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

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "closed"]), name="store_status_known"
            )
        ]


class Warehouse(NamedInTwoLanguages):
    """仓库: keeps stock for stores and shipments."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="warehouses", verbose_name=_("region")
    )

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")


class Channel(NamedInTwoLanguages):
    """渠道: where a shopper meets the brand."""

    class Kind(models.TextChoices):
        POS = "pos", _("point of sale")
        MINI_PROGRAM = "mini_program", _("mini-program")
        MARKETPLACE = "marketplace", _("marketplace")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")


ROLE_CHOICES = [
    (rules.HEAD_OFFICE_ADMIN, _("head-office administrator")),
    (rules.OPERATIONS, _("operations")),
    (rules.FINANCE, _("finance")),
    (rules.CUSTOMER_SERVICE, _("customer service")),
    (rules.AUDITOR, _("auditor")),
    (rules.REGIONAL_MANAGER, _("regional manager")),
    (rules.FRANCHISE_OWNER, _("franchise owner")),
    (rules.STORE_MANAGER, _("store manager")),
    (rules.CLERK, _("clerk")),
]


def _roles_of(scope: Scope) -> list[str]:
    return sorted(role for role, own in rules.ROLE_SCOPE.items() if own is scope)


class RoleAssignment(models.Model):
    """One person, one role, and the rows it applies to: everything, a region, an owner or a store."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("user"),
    )
    role = models.CharField(_("role"), max_length=32, choices=ROLE_CHOICES)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    franchisee = models.ForeignKey(
        Franchisee, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("franchisee")
    )
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("store")
    )

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "franchisee", "store"],
                name="assignment_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="assignment_scope_fits_role",
                condition=Q(role__in=_roles_of(Scope.ALL), region=None, franchisee=None, store=None)
                | Q(
                    role__in=_roles_of(Scope.REGION),
                    region__isnull=False,
                    franchisee=None,
                    store=None,
                )
                | Q(
                    role__in=_roles_of(Scope.FRANCHISEE),
                    region=None,
                    franchisee__isnull=False,
                    store=None,
                )
                | Q(
                    role__in=_roles_of(Scope.STORE),
                    region=None,
                    franchisee=None,
                    store__isnull=False,
                ),
                violation_error_message=_(
                    "Head-office roles take no scope; a regional manager takes a region, a franchise "
                    "owner a franchisee, store staff a store."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class ClientBinding(models.Model):
    """A store that an application of limited reach sees and sells at."""

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="bindings", verbose_name=_("API client")
    )
    store = models.ForeignKey(Store, on_delete=models.PROTECT, verbose_name=_("store"))

    class Meta:
        verbose_name = _("API client binding")
        verbose_name_plural = _("API client bindings")
        constraints = [models.UniqueConstraint(fields=["client", "store"], name="binding_once")]

    def __str__(self) -> str:
        return f"{self.client} {self.store}"
