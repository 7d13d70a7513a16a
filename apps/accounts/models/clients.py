"""Who acts: applications."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiClient(models.Model):
    """An application: a key id, the SHA-256 of its secret, and the scopes it was given."""

    class Reach(models.TextChoices):
        BRAND = "brand", _("every store")
        STORES = "stores", _("the stores it is bound to")

    key_id = models.CharField(_("key id"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=64)
    secret_hash = models.CharField(_("secret hash"), max_length=64)
    reach = models.CharField(
        _("reach"),
        max_length=16,
        choices=Reach.choices,
        default=Reach.STORES,
        help_text=_("An application that is limited to stores and bound to none reaches none."),
    )
    scopes = ArrayField(models.CharField(max_length=64), verbose_name=_("scopes"), default=list)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.name
