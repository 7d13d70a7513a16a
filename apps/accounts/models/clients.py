"""Who acts: applications, and the secrets by which they prove who they are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked

DEFAULT_RATE = 100


@tracked(without=("last_used_at",))
class ApiClient(models.Model):
    """An application: a key id, how it signs in, and the scopes it was given."""

    class Reach(models.TextChoices):
        BRAND = "brand", _("every store")
        STORES = "stores", _("the stores it is bound to")

    class SignIn(models.TextChoices):
        BEARER = "bearer", _("by its key, or by signature")
        SIGNATURE = "signature", _("by signature only")

    key_id = models.CharField(_("key id"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=64)
    sign_in = models.CharField(
        _("sign-in"),
        max_length=16,
        choices=SignIn.choices,
        default=SignIn.BEARER,
        help_text=_("Its key alone is enough for a trusted back end; others sign every request."),
    )
    reach = models.CharField(
        _("reach"),
        max_length=16,
        choices=Reach.choices,
        default=Reach.STORES,
        help_text=_("An application that is limited to stores and bound to none reaches none."),
    )
    scopes = ArrayField(models.CharField(max_length=64), verbose_name=_("scopes"), default=list)
    rate = models.PositiveIntegerField(
        _("requests per second"),
        default=DEFAULT_RATE,
        help_text=_("On the long run; twice as many are let through at once."),
    )
    created_at = models.DateTimeField(_("created at"))
    last_used_at = models.DateTimeField(
        _("last used at"), null=True, blank=True, help_text=_("To the minute.")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        constraints = [
            models.CheckConstraint(
                name="client_sign_in_known", condition=Q(sign_in__in=["bearer", "signature"])
            ),
            models.CheckConstraint(
                name="client_rate_in_bounds",
                condition=Q(rate__range=(1, 10_000)),
                violation_error_message=_("From 1 to 10,000 requests per second."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClientSecret(models.Model):
    """One of at most two live secrets of an application; two, so that a key is changed at leisure.

    The hash serves the bearer key, the ciphertext signatures; one from before there were signatures
    has none. Live secrets of a client sit in different ones of two slots.
    """

    client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, related_name="secrets", verbose_name=_("API client")
    )
    slot = models.PositiveSmallIntegerField(_("slot"))
    secret_hash = models.CharField(_("secret hash"), max_length=64)
    ciphertext = models.BinaryField(_("ciphertext"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    last_used_at = models.DateTimeField(
        _("last used at"), null=True, blank=True, help_text=_("To the minute.")
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("secret of an API client")
        verbose_name_plural = _("secrets of an API client")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "slot"],
                condition=Q(retired_at=None),
                name="client_secret_slot_once",
            ),
            models.CheckConstraint(name="client_secret_two_slots", condition=Q(slot__in=[1, 2])),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.created_at:%Y-%m-%d %H:%M}"
