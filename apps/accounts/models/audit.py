"""What was done, by whom, under which right."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.common.models import append_only


class AuditLine(models.Model):
    """One mutating act: who, what, on which object, from which state to which. Append-only.

    ``changes`` holds field names and masked values, never personal data.
    """

    at = models.DateTimeField(_("at"), db_index=True)
    actor_kind = models.CharField(_("actor kind"), max_length=16)
    actor_id = models.BigIntegerField(_("actor id"))
    actor_label = models.CharField(_("actor"), max_length=64)
    assignment_id = models.BigIntegerField(
        _("assignment"), null=True, help_text=_("The role assignment under which it was done.")
    )
    role = models.CharField(_("role"), max_length=32, blank=True)
    action = models.CharField(_("action"), max_length=64)
    object_type = models.CharField(_("object type"), max_length=32)
    object_key = models.CharField(_("object"), max_length=64)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    transaction_id = models.BigIntegerField(
        _("transaction"), null=True, help_text=_("By it the seal knows which lines are finished.")
    )

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["object_key", "object_type"], name="audit_object")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.object_key
