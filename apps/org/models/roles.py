"""Which rows a person's role and an application's scopes open."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.actor import Scope
from apps.accounts.models import ApiClient
from apps.accounts.models.history import tracked
from apps.org import rules
from apps.org.models.places import Channel, Franchisee, Region, Store

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

SCOPE_OF_ROLES = _(
    "Head-office roles take no scope; a regional manager takes a region, a franchise owner a "
    "franchisee, store staff a store."
)


def _roles_of(scope: Scope) -> list[str]:
    return sorted(role for role, own in rules.ROLE_SCOPE.items() if own is scope)


@tracked(of="user")
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
    starts_at = models.DateTimeField(pgettext_lazy("period", "from"), default=timezone.now)
    ends_at = models.DateTimeField(
        pgettext_lazy("period", "to"),
        null=True,
        blank=True,
        help_text=_("Empty while no end is set."),
    )

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            ExclusionConstraint(
                name="assignment_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Coalesce("region", 0), RangeOperators.EQUAL),
                    (Coalesce("franchisee", 0), RangeOperators.EQUAL),
                    (Coalesce("store", 0), RangeOperators.EQUAL),
                    (
                        Func("starts_at", "ends_at", function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person holds this role on these rows already."),
            ),
            models.CheckConstraint(
                name="assignment_from_before_to",
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("An assignment must end after it starts."),
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
                violation_error_message=SCOPE_OF_ROLES,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


@tracked(of="client")
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


@tracked(of="client")
class ClientChannel(models.Model):
    """A channel that an application sells through; one bound to none may use every channel."""

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="channels", verbose_name=_("API client")
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", verbose_name=_("channel")
    )

    class Meta:
        verbose_name = _("channel of an API client")
        verbose_name_plural = _("channels of an API client")
        constraints = [
            models.UniqueConstraint(fields=["client", "channel"], name="client_channel_once")
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.channel}"
