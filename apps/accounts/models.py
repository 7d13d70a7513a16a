"""Who acts: people, applications, and the audit trail of what they did."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.common.models import append_only


class UserManager(BaseUserManager["User"]):
    """Creates users the way Django's commands expect."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works for the brand or a franchisee. What they may do stands in org."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    display_name = models.CharField(_("display name"), max_length=64, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(
        _("head office"), default=False, help_text=_("May sign in to the head-office admin.")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.display_name or self.username


class StaffToken(models.Model):
    """An opaque token of a staff user for POS and portal calls; only its SHA-256 is kept."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("user")
    )
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff token")
        verbose_name_plural = _("staff tokens")

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"


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


class AuditLine(models.Model):
    """One mutating act: who, what, on which object, from which state to which. Append-only.

    ``changes`` holds field names and masked values, never personal data.
    """

    at = models.DateTimeField(_("at"), db_index=True)
    actor_kind = models.CharField(_("actor kind"), max_length=16)
    actor_id = models.BigIntegerField(_("actor id"))
    actor_label = models.CharField(_("actor"), max_length=64)
    action = models.CharField(_("action"), max_length=64)
    object_type = models.CharField(_("object type"), max_length=32)
    object_key = models.CharField(_("object"), max_length=64)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["object_key", "object_type"], name="audit_object")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.object_key
