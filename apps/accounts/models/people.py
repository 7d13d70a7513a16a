"""Who acts: people, and the tokens under which they call."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.history import tracked


class UserManager(BaseUserManager["User"]):
    """Creates users the way Django's commands expect."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


@tracked(without=("password", "last_login", "display_name", "must_change_password", "hired_by"))
class User(AbstractBaseUser, PermissionsMixin):
    """A person who works for the brand or a franchisee. What they may do stands in org."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    display_name = models.CharField(_("display name"), max_length=64, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(
        _("head office"), default=False, help_text=_("May sign in to the head-office admin.")
    )
    must_change_password = models.BooleanField(
        _("must change the password"),
        default=False,
        help_text=_("Somebody else knows the password: it is changed at the next sign-in."),
    )
    hired_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("taken on by"),
        help_text=_("Until a first role is approved; the sign-in opens with it."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_once_in_any_case",
                violation_error_message=_(
                    "Somebody signs in under this name already; choose another one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(hired_by=None) | Q(is_active=False),
                name="user_off_before_first_role",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class StaffToken(models.Model):
    """An opaque token of a staff user for POS and portal calls; only its SHA-256 is kept."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("user")
    )
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True)
    device = models.CharField(_("device"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff token")
        verbose_name_plural = _("staff tokens")

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"
