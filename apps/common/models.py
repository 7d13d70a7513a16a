"""Tables without business meaning, and the trigger every ledger carries."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


def append_only() -> list[pgtrigger.Trigger]:
    """The trigger of a ledger: UPDATE, DELETE and TRUNCATE are refused, even of no rows."""
    return [
        pgtrigger.Trigger(
            name="append_only",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
            func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;",
        )
    ]


class IdempotencyRecord(models.Model):
    """One use of an Idempotency-Key: the hash of the body and the result as JSON text."""

    caller = models.CharField(_("caller"), max_length=64)
    key = models.CharField(_("key"), max_length=255)
    body_hash = models.CharField(_("body hash"), max_length=64)
    result = models.TextField(_("result"), null=True)  # noqa: DJ001  null until the flow ends
    created_at = models.DateTimeField(_("created at"), db_index=True)

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_caller_key")
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"


class Heartbeat(models.Model):
    """When a periodic worker last ran; ``/readyz`` reads the age."""

    name = models.CharField(_("name"), max_length=64, unique=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class Bucket(models.Model):
    """How full the leaky bucket of one limit is. Unlogged; see ``common.limits``."""

    name = models.CharField(_("name"), max_length=128, primary_key=True)
    level = models.FloatField(_("level"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("limit counter")
        verbose_name_plural = _("limit counters")

    def __str__(self) -> str:
        return self.name


class SpentValue(models.Model):
    """A value that may be used once: the nonce of a signed request. Unlogged."""

    name = models.CharField(_("name"), max_length=128, primary_key=True)
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("spent value")
        verbose_name_plural = _("spent values")

    def __str__(self) -> str:
        return self.name
