"""What was done, by whom, under which right; and the chain of seals that shows tampering."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from apps.common.models import append_only

CURRENT_TRANSACTION = Cast(
    Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
)

# Every column, in one order, as text that no setting of the session changes; a time with its era, or
# the same day before Christ would pass for it.
LINE_DIGEST = """sha256(convert_to(jsonb_build_array(
    line.id, to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US BC'),
    line.actor_kind, line.actor_id, line.actor_label, line.assignment_id, line.role,
    line.action, line.object_type, line.object_key, line.changes, line.reason,
    line.request_id, line.address, line.transaction_id
)::text, 'UTF8'))"""

# ``seal`` carries the columns of a seal, ``digests`` those of its lines one after another.
SEAL_HASH = """encode(sha256(convert_to(jsonb_build_array(
    seal.number, seal.previous, seal.line_count, seal.upto_transaction, seal.after_line,
    seal.last_line, seal.cluster,
    to_char(seal.sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US BC')
)::text, 'UTF8') || coalesce(digests, ''::bytea)), 'hex')"""


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
        _("transaction"),
        null=True,
        db_default=CURRENT_TRANSACTION,
        help_text=_("By it the seal knows which lines are finished."),
    )

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["object_key", "object_type"], name="audit_object"),
            models.Index(fields=["transaction_id", "id"], name="audit_transaction"),
            models.Index(fields=["actor_label", "id"], name="audit_actor"),
            models.Index(fields=["action", "id"], name="audit_action"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.object_key


class AuditSeal(models.Model):
    """One link of the chain: a hash over some audit lines and over the link before. Append-only.

    ``upto_transaction`` is the first transaction whose lines are not sealed yet; 0 while lines from
    before transactions were noted are being sealed. Transactions count within one era: a restore
    into another cluster starts the next one, whose lines have ids above ``after_line``.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    line_ids = ArrayField(models.BigIntegerField(), verbose_name=_("sealed lines"))
    line_count = models.IntegerField(_("lines"))
    upto_transaction = models.BigIntegerField(_("up to transaction"))
    after_line = models.BigIntegerField(_("era after line"))
    last_line = models.BigIntegerField(_("highest line so far"))
    cluster = models.BigIntegerField(_("database cluster"))
    previous = models.CharField(_("hash before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="audit_seal_number_positive"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"
