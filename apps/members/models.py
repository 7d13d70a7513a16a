"""One member across all channels, the identities that lead to them, their tokens and consents."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.common import crypto
from apps.members import rules
from apps.org.models import Franchisee, Store


class Member(models.Model):
    """会员: one person. The name is ciphertext; it is found by its exact value only.

    Names need not be unique, so a row carries the index under one key alone, and a search asks for
    the name's index under every key.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("member", "active")
        CLOSED = "closed", pgettext_lazy("member", "closed")

    number = models.CharField(_("member number"), max_length=16, unique=True)
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.ACTIVE
    )
    name_cipher = models.BinaryField(_("name (encrypted)"), null=True, editable=False)
    name_index = models.BinaryField(_("name index"), null=True, editable=False, max_length=48)
    home_store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("home store"),
        help_text=_("The store that acquired the member."),
    )
    enrolled_at = models.DateTimeField(_("enrolled at"))

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        indexes = [
            models.Index(fields=["name_index"], name="member_name"),
            models.Index(fields=["home_store", "-enrolled_at"], name="member_home_store"),
            models.Index(fields=["-enrolled_at", "-id"], name="member_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["active", "closed"]), name="member_status_known"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def masked_name(self) -> str:
        """张* for 张小明; empty without a name."""
        return rules.mask_name(crypto.decrypt(self.name_cipher)) if self.name_cipher else ""


class Identity(models.Model):
    """A phone, WeChat openid or card that leads to one member; unique by its IdentityIndex."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        OPENID = "openid", _("WeChat openid")
        CARD = "card", _("member card")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="identities", verbose_name=_("member")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    value_cipher = models.BinaryField(_("value (encrypted)"), editable=False)
    tail_index = models.BinaryField(
        _("index of the last four digits"),
        null=True,
        editable=False,
        max_length=48,
        help_text=_("Of a phone, under one key."),
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        indexes = [
            models.Index(
                fields=["tail_index"],
                name="identity_tail",
                condition=models.Q(tail_index__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["phone", "openid", "card"]), name="identity_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.masked_value}"

    @property
    def masked_value(self) -> str:
        """138****1234 for a phone, the last four characters of others."""
        return rules.mask_identity(self.kind, crypto.decrypt(self.value_cipher))


class IdentityIndex(models.Model):
    """The blind index of an identity under one key: a row for each key that is in use.

    While keys change, old and new stand side by side, and each of them keeps the value unique.
    """

    pk = models.CompositePrimaryKey("identity_id", "value")
    identity = models.ForeignKey(
        Identity,
        on_delete=models.CASCADE,
        related_name="index_rows",
        db_index=False,  # the primary key begins with it
        verbose_name=_("identity"),
    )
    value = models.BinaryField(_("value index"), editable=False, max_length=48)

    class Meta:
        verbose_name = _("identity index")
        verbose_name_plural = _("identity indexes")
        constraints = [models.UniqueConstraint(fields=["value"], name="identity_once")]

    def __str__(self) -> str:
        return str(self.identity_id)


class MemberToken(models.Model):
    """An opaque token of a member's device; only its SHA-256 is kept, revocation is immediate."""

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("member")
    )
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("member token")
        verbose_name_plural = _("member tokens")

    def __str__(self) -> str:
        return f"{self.member} {self.created_at:%Y-%m-%d}"


class StoreConsent(models.Model):
    """同意: a member lets a store that did not acquire them see them, masked, until they withdraw it.

    It names the store and, for good, who runs it on that day: personal data given to one owner is not
    the next one's, so a hand-over to another owner ends it, for good too. Withdrawing ends a row;
    another consent is another row.
    """

    class Purpose(models.TextChoices):
        SERVICE = "service", pgettext_lazy("consent", "service")

    class Via(models.TextChoices):
        MEMBER = "member", pgettext_lazy("consent", "the member")
        STAFF = "staff", pgettext_lazy("consent", "staff at the counter")
        APP = "app", pgettext_lazy("consent", "an application")
        SYSTEM = "system", pgettext_lazy("consent", "the platform")

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="consents", verbose_name=_("member")
    )
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="consents", verbose_name=_("store")
    )
    franchisee = models.ForeignKey(
        Franchisee,
        on_delete=models.PROTECT,
        related_name="consents",
        null=True,
        blank=True,
        verbose_name=_("franchisee"),
        help_text=_("Who ran the store on the day of the consent; nobody is the brand itself."),
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    given_at = models.DateTimeField(_("given at"))
    given_via = models.CharField(_("given through"), max_length=16, choices=Via.choices)
    given_by = models.CharField(_("given by"), max_length=64)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.CharField(_("withdrawn by"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("store consent")
        verbose_name_plural = _("store consents")
        indexes = [
            models.Index(
                fields=["store", "member"],
                name="consent_live",
                condition=Q(withdrawn_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "store", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_live_once",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["service"]), name="consent_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(given_via__in=["member", "staff", "app", "system"]),
                name="consent_via_known",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | (
                    # Without the first part, a missing time would leave the answer open: no refusal.
                    Q(withdrawn_at__isnull=False)
                    & Q(withdrawn_at__gte=F("given_at"))
                    & ~Q(withdrawn_by="")
                ),
                name="consent_withdrawn_after",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="consent_given_once",
                fields=[
                    *("member", "store", "franchisee", "purpose"),
                    *("given_at", "given_via", "given_by"),
                ],
            ),
            pgtrigger.Protect(
                name="consent_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="consent_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.store} {self.given_at:%Y-%m-%d}"
