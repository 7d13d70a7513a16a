"""How a person proves who they are besides the password, and where they are signed in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.Model):
    """The secret that a person's phone shares with us: RFC 6238 codes of six digits.

    ``last_step`` is the newest time step whose code was used: a code, and any older one, is used once.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="second_factor",
        verbose_name=_("user"),
    )
    secret_cipher = models.BinaryField(_("secret"))
    last_step = models.BigIntegerField(_("last time step"))
    enrolled_at = models.DateTimeField(_("enrolled at"))

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return f"{self.user} {self.enrolled_at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code that stands in for the phone once; only its SHA-256 is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="recovery_codes",
        verbose_name=_("user"),
    )
    code_hash = models.CharField(_("code hash"), max_length=64)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"


class StaffSession(models.Model):
    """One browser in which a person is signed in. It decides, not the cookie: what ended is over.

    The browser's session holds a random key of which only the SHA-256 is kept here.
    """

    class Site(models.TextChoices):
        ADMIN = "admin", _("head-office site")
        PORTAL = "portal", _("franchise portal")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sessions",
        verbose_name=_("user"),
    )
    key_hash = models.CharField(_("key hash"), max_length=64, unique=True)
    site = models.CharField(_("site"), max_length=16, choices=Site.choices)
    device = models.CharField(_("device"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    with_second_factor = models.BooleanField(_("with second factor"))
    started_at = models.DateTimeField(_("signed in at"))
    last_seen_at = models.DateTimeField(_("last seen"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            models.Index(
                fields=["user"], name="session_live", condition=models.Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.started_at:%Y-%m-%d}"
