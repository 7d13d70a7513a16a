"""Who looked at whose personal values, and what is asked about it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.common.models import append_only


class PersonalDataAccess(models.Model):
    """One look at values in clear: who, of whom, which fields, why. Append-only; no value is kept."""

    class Via(models.TextChoices):
        API = "api", _("API")
        ADMIN = "admin", _("head office")
        PORTAL = "portal", _("franchise portal")

    at = models.DateTimeField(_("at"), db_index=True)
    actor_kind = models.CharField(_("actor kind"), max_length=16)
    actor_id = models.BigIntegerField(_("actor id"))
    actor_label = models.CharField(_("actor"), max_length=64)
    assignment_id = models.BigIntegerField(
        _("assignment"), null=True, help_text=_("The role assignment under which it was done.")
    )
    role = models.CharField(_("role"), max_length=32, blank=True)
    subject_type = models.CharField(_("object type"), max_length=32)
    subject_key = models.CharField(_("object"), max_length=64)
    fields = ArrayField(models.CharField(max_length=32), verbose_name=_("fields"))
    reason = models.CharField(_("reason"), max_length=255)
    via = models.CharField(_("via"), max_length=16, choices=Via.choices)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("who looked at whom")
        indexes = [
            models.Index(fields=["actor_id", "actor_kind", "-at"], name="access_actor"),
            models.Index(fields=["subject_key", "-at"], name="access_subject"),
            models.Index(fields=["actor_label", "-at"], name="access_label"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.subject_key


class AccessCase(models.Model):
    """Somebody looked at more people within an hour than their work needs: it is to be explained.

    One for each person and hour: the hour begins when the case is opened.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("case", "open")
        CLOSED = "closed", pgettext_lazy("case", "closed")

    actor_kind = models.CharField(_("actor kind"), max_length=16)
    actor_id = models.BigIntegerField(_("actor id"))
    actor_label = models.CharField(_("actor"), max_length=64)
    opened_at = models.DateTimeField(_("opened at"))
    covers_until = models.DateTimeField(
        _("covers until"), help_text=_("Further looks until then belong to this case.")
    )
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.OPEN
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("case of personal data")
        verbose_name_plural = _("cases of personal data")
        indexes = [models.Index(fields=["status", "-opened_at"], name="case_status")]
        constraints = [
            ExclusionConstraint(
                name="case_once_per_person_and_hour",
                expressions=[
                    ("actor_kind", RangeOperators.EQUAL),
                    ("actor_id", RangeOperators.EQUAL),
                    (
                        Func("opened_at", "covers_until", function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="case_closed_with_note",
                condition=Q(status="open", closed_at=None, closed_by="", note="")
                | Q(status="closed", closed_at__isnull=False) & ~Q(closed_by="") & ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {timezone.localtime(self.opened_at):%Y-%m-%d %H:%M}"
