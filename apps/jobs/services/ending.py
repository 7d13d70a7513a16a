"""After a job: the file of refused rows, and when everything of it is deleted."""

from datetime import timedelta
from itertools import groupby
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from apps.common import clock
from apps.jobs import registry
from apps.jobs.formats import writing
from apps.jobs.models import Job, JobFile, RowRefusal
from apps.jobs.services import files, workplaces
from apps.jobs.services.reading import Source

REMEMBERED = timedelta(days=150)
"""How long a job without its files stays listed."""
BATCH = 200


def keep_errors(job: Job, source: Source, folder: Path) -> None:
    """Keep the person's own refused rows, with the reason in a last column."""
    one = registry.import_of(job.subject)
    labels = {column.name: str(column.label) for column in one.columns}
    refusals = RowRefusal.objects.filter(job=job).order_by("row", "place")
    found = groupby(refusals.iterator(chunk_size=1_000), key=lambda refusal: refusal.row)
    path = folder / f"errors.{job.options['format']}"
    headings: list[str] = job.options["headings"]
    raw = source.raw()
    next(raw, None)
    with (
        transaction.atomic(),
        writing(path, job.options["format"], [*headings, _("Reason for refusal")]) as writer,
    ):
        for number, reasons in found:
            said = "; ".join(
                f"{labels[reason.column]}: {reason.detail}"
                if reason.column in labels
                else reason.detail
                for reason in reasons
            )
            cells = next((cells for at, cells in raw if at == number), [])
            padded = [*cells[: len(headings)], *[None] * (len(headings) - len(cells))]
            writer.write([*padded, said])
    name = JobFile.objects.get(job=job, role=JobFile.Role.SOURCE).name
    stem = name.rpartition(".")[0]
    with transaction.atomic():
        kept = f"{stem}-errors.{job.options['format']}"
        files.keep(job, JobFile.Role.ERRORS, path, name=kept)


def sweep_expired() -> int:
    """Delete the files and refusals of expired jobs, close those never started, and delete jobs that
    expired long ago, and what killed workers left; returns how many jobs lost their files."""
    workplaces.clear_left_behind()
    now = clock.now()
    working = (Job.Status.CHECKING, Job.Status.QUEUED, Job.Status.RUNNING)
    expired = Job.objects.filter(expires_at__lte=now).exclude(status__in=working)
    swept = 0
    while ids := list(
        expired.filter(files__isnull=False).values_list("pk", flat=True).distinct()[:BATCH]
    ):
        with transaction.atomic():
            JobFile.objects.filter(job__in=ids).delete()
            RowRefusal.objects.filter(job__in=ids).delete()
            Job.objects.filter(pk__in=ids).update(query_cipher=None)
            never = Job.objects.filter(
                pk__in=ids, status__in=(Job.Status.DRAFT, Job.Status.CHECKED)
            )
            never.update(status=Job.Status.CANCELLED, code="job_expired", ended_at=now, options={})
        swept += len(ids)
    old = Job.objects.filter(expires_at__lte=now - REMEMBERED, status__in=Job.ENDED)
    old.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()
    return swept
