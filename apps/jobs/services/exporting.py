"""Exports as their owner asks for them."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common import clock, crypto, logs
from apps.common.errors import ActionNotPermitted, Unprocessable
from apps.common.keys import document_number
from apps.common.reasons import is_reason
from apps.jobs import registry
from apps.jobs.formats import CSV, LANGUAGES, XLSX
from apps.jobs.models import Job
from apps.jobs.rules import Asked, Listed
from apps.jobs.services.held import EXPORT
from apps.jobs.services.importing import KEPT, KEPT_PERSONAL
from apps.org import selectors as org


class ExportFormatUnknown(Unprocessable):
    code = "export_format_unknown"
    message = _("Choose .xlsx or .csv.")


class ExportColumnsWanted(Unprocessable):
    code = "export_columns_wanted"
    message = _("Choose at least one column of the list.")


class ExportReasonWanted(Unprocessable):
    code = "export_reason_wanted"
    message = _("Say why personal data is taken out, in 2 to 255 characters.")


def create_export(actor: Actor, *, subject: str, office: str, query: str, asked: Asked) -> Job:
    """Queue a file of what a list finds under ``query``; no row is read yet.

    Raises SubjectUnknown, ActionNotPermitted (also for columns in clear without the right),
    ExportFormatUnknown, ExportColumnsWanted, ExportReasonWanted, and what the list refuses.
    """
    one = registry.export_of(subject)
    if actor.kind is not ActorKind.STAFF:
        raise ActionNotPermitted
    org.require_action(actor, EXPORT)
    _check(asked)
    one.found(actor, Listed(office, query), asked)
    now = clock.now()
    with transaction.atomic():
        return Job.objects.create(
            number=document_number("J", now.date()), kind=Job.Kind.EXPORT, subject=subject,
            owner_id=actor.id, office=office, status=Job.Status.QUEUED, created_at=now,
            expires_at=now + (KEPT_PERSONAL if asked.clear else KEPT),
            query_cipher=crypto.encrypt(query),
            options={
                "format": asked.format, "columns": list(asked.columns), "clear": list(asked.clear),
                "reason": logs.mask(asked.reason.strip()),
                "language": translation.get_language() or LANGUAGES[0],
            },
        )  # fmt: skip


def _check(asked: Asked) -> None:
    if asked.format not in (XLSX, CSV):
        raise ExportFormatUnknown(fields={"format": asked.format[:16]})
    if not asked.columns or set(asked.clear) - set(asked.columns):
        raise ExportColumnsWanted(fields={"columns": None})
    reason = asked.reason.strip()
    if asked.clear and not is_reason(reason):
        raise ExportReasonWanted(fields={"reason": None})
