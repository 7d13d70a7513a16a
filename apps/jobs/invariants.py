"""Lines of ``manage.py prove`` about jobs: leases, counts, and files with their parts."""

import hashlib
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from apps.common import clock, crypto
from apps.common.invariants import Invariant, Walk
from apps.jobs.models import FilePart, JobFile

SWEEP_GRACE_HOURS = 2
"""How long after its time a file may wait for the hourly sweep."""


def _whole_files() -> Iterator[tuple[bool, str]]:
    """Whether each file is still what was kept; one file's parts are read at a time."""
    kept = JobFile.objects.filter(
        Exists(FilePart.objects.filter(file=OuterRef("pk"))), job__expires_at__gt=clock.now()
    )
    for one in kept.select_related("job").order_by("pk").iterator(chunk_size=100):
        yield _is_whole(one), f"{one.job.number} {one.role}"


def _is_whole(one: JobFile) -> bool:
    digest, size = hashlib.sha256(), 0
    parts = FilePart.objects.filter(file=one).order_by("place")
    for place, sealed in enumerate(parts.iterator(chunk_size=4)):
        try:
            piece = crypto.unseal(sealed.data_cipher)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not what was kept
            return False
        if sealed.place != place:
            return False
        digest.update(piece)
        size += len(piece)
    return (size, digest.hexdigest()) == (one.size, one.sha256)


INVARIANTS: tuple[Invariant | Walk, ...] = (
    Invariant(
        "jobs.lease",
        _("A job that has ended is held by nobody, and one that is held says until when"),
        """
        SELECT number AS key, (lease IS NULL) = (leased_until IS NULL)
            AND (ended_at IS NULL OR lease IS NULL)
            AND (ended_at IS NOT NULL) = (status IN ('done', 'failed', 'cancelled')) AS ok
        FROM jobs_job
        """,
    ),
    Invariant(
        "jobs.done",
        _("No job has done more rows than it has; one that is done has done all"),
        """
        SELECT number AS key,
            done <= coalesce(total, done) AND (status <> 'done' OR done = total) AS ok
        FROM jobs_job
        """,
    ),
    Invariant(
        "jobs.counts",
        _("What became of the rows of a job adds up to the rows done"),
        """
        SELECT job.number AS key, coalesce(added.rows, 0) = job.done AS ok
        FROM jobs_job job
        LEFT JOIN LATERAL (
            SELECT sum(one.value::bigint) AS rows FROM jsonb_each_text(job.counts) one
        ) added ON true
        """,
    ),
    Invariant(
        "jobs.changes",
        _("What a bulk change changed is on record, however it ended"),
        """
        SELECT job.number AS key, EXISTS (
            SELECT FROM accounts_auditline line
            WHERE line.object_key = job.number AND line.object_type = 'job'
                AND line.action = 'jobs.change'
                AND line.changes -> 'changed' = job.counts -> 'changed'
        ) AS ok
        FROM jobs_job job
        WHERE job.kind = 'change' AND job.ended_at IS NOT NULL
            AND job.options -> 'started' = 'true' AND (job.counts ->> 'changed')::bigint > 0
        """,
    ),
    Invariant(
        "jobs.expired",
        _("No file is left of a job that has expired"),
        # Judged at the last heartbeat: while nothing runs, nothing can be swept.
        """
        SELECT job.number || ' ' || kept.role AS key,
            job.status IN ('checking', 'queued', 'running')
            OR job.expires_at + make_interval(hours => %(grace)s::int) >= coalesce(
                (SELECT at FROM common_heartbeat WHERE name = 'beat'), '-infinity') AS ok
        FROM jobs_jobfile kept JOIN jobs_job job ON job.id = kept.job_id
        """,
        parameters=lambda: {"grace": SWEEP_GRACE_HOURS},
    ),
    Walk(
        "jobs.files",
        _("The parts of every file are the bytes that were kept"),
        _whole_files,
    ),
)
