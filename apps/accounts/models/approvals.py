"""Acts that one person asks for and another one lets happen, with the evidence for them."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.common.models import append_only

FILE_TYPES = ("application/pdf", "image/jpeg", "image/png")
FILE_BYTES = 2 * 1024 * 1024


def _stays_as_it_was() -> list[pgtrigger.Trigger]:
    """The approver decides on what the requester wrote, once, and neither is wiped out."""
    asked = (
        "number",
        "act",
        "business_key",
        "payload",
        "action",
        "reason",
        "evidence",
        "evidence_reference",
        "requester",
        "requester_assignment_id",
        "beneficiary",
        "requested_at",
        "expires_at",
        "store_id",
        "franchisee_id",
        "region_id",
    )
    return [
        pgtrigger.ReadOnly(name="approval_asked_once", fields=list(asked)),
        pgtrigger.Protect(
            name="approval_decided_once",
            operation=pgtrigger.Update,
            condition=~pgtrigger.Q(old__state="requested"),
        ),
        pgtrigger.Protect(name="approval_stays", operation=pgtrigger.Delete),
    ]


class Approval(models.Model):
    """审批: a request for an act that needs a second person, and what became of it.

    ``payload`` is the act's own shape, checked when it is asked for. Store, owner and region are plain
    ids of the rows it concerns (this app knows no organisation); all empty means the whole brand.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("approval", "waits for approval")
        EXECUTED = "executed", pgettext_lazy("approval", "approved and carried out")
        REJECTED = "rejected", pgettext_lazy("approval", "rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")
        EXPIRED = "expired", pgettext_lazy("approval", "expired")

    number = models.CharField(_("number"), max_length=32, unique=True)
    act = models.CharField(_("act"), max_length=64)
    business_key = models.CharField(
        _("concerns"), max_length=160, help_text=_("Of one thing, one request may be open.")
    )
    payload = models.JSONField(_("details"))
    action = models.CharField(
        _("right needed"), max_length=64, help_text=_("Requester and approver must both hold it.")
    )
    reason = models.CharField(_("reason"), max_length=255)
    evidence = models.TextField(_("evidence"), max_length=2000)
    evidence_reference = models.CharField(_("reference of the evidence"), max_length=64, blank=True)
    state = models.CharField(
        _("status"), max_length=16, choices=State.choices, default=State.REQUESTED
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requester"),
    )
    requester_assignment_id = models.BigIntegerField(_("assignment of the requester"), null=True)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("approver"),
        db_index=False,
        help_text=_("Who approved or rejected it."),
    )
    approver_assignment_id = models.BigIntegerField(_("assignment of the approver"), null=True)
    beneficiary = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("beneficiary"),
        db_index=False,
        help_text=_("The person who gets a role by it."),
    )
    requested_at = models.DateTimeField(_("requested at"))
    expires_at = models.DateTimeField(_("expires at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=255, blank=True)
    store_id = models.BigIntegerField(_("store"), null=True)
    franchisee_id = models.BigIntegerField(_("franchisee"), null=True)
    region_id = models.BigIntegerField(_("region"), null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                fields=["act", "business_key"],
                condition=Q(state="requested"),
                name="approval_one_open",
            ),
            models.CheckConstraint(
                name="approval_decision_fits_state",
                condition=Q(state="requested", approver=None, decided_at=None)
                | Q(
                    state__in=["executed", "rejected"],
                    approver__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(state__in=["withdrawn", "expired"], approver=None, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_by_another",
                condition=Q(approver=None) | ~Q(approver=F("requester")),
            ),
            models.CheckConstraint(
                name="approval_not_by_beneficiary",
                condition=Q(approver=None)
                | Q(beneficiary=None)
                | Q(state="rejected")
                | ~Q(approver=F("beneficiary")),
            ),
            models.CheckConstraint(
                name="approval_reasoned", condition=~Q(reason="") & ~Q(evidence="")
            ),
            models.CheckConstraint(
                name="approval_expires_later", condition=Q(expires_at__gt=F("requested_at"))
            ),
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="approval_newest"),
            models.Index(
                fields=["expires_at"], condition=Q(state="requested"), name="approval_waiting"
            ),
            models.Index(
                fields=["beneficiary", "decided_at"],
                condition=Q(state="executed", beneficiary__isnull=False),
                name="approval_granted_to",
            ),
        ]
        triggers = _stays_as_it_was()

    def __str__(self) -> str:
        return self.number


class ApprovalFile(models.Model):
    """审批附件: a document that shows why. Append-only."""

    approval = models.ForeignKey(
        Approval, on_delete=models.PROTECT, related_name="files", verbose_name=_("approval")
    )
    name = models.CharField(_("file name"), max_length=128)
    content_type = models.CharField(_("content type"), max_length=32)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("evidence file")
        verbose_name_plural = _("evidence files")
        constraints = [
            models.UniqueConstraint(fields=["approval", "sha256"], name="approval_file_once"),
            models.CheckConstraint(
                name="approval_file_type_known", condition=Q(content_type__in=FILE_TYPES)
            ),
            models.CheckConstraint(
                name="approval_file_size", condition=Q(size__gt=0, size__lte=FILE_BYTES)
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.name
