"""A worker at a job: claim it, work page by page, give it back or end it."""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.common.errors import DomainError
from apps.jobs import registry
from apps.jobs.models import Job, RowRefusal
from apps.jobs.registry import Judge
from apps.jobs.rules import Outcome, Refusal, Row, Verdict
from apps.jobs.services import (
    change_run,
    closing,
    ending,
    export_run,
    files,
    reaching,
    workplaces,
)
from apps.jobs.services.held import (
    LEASE,
    CancelAsked,
    LeaseLost,
    again,
    give_back,
    in_page,
    lock_held,
    narrowed,
    owner_of,
    renew,
)
from apps.jobs.services.reading import Source
from apps.org import selectors as org

logger = logging.getLogger(__name__)
SLICE_SECONDS = 200
PREVIEW_ROWS = 200
HIDDEN = "•••"

CLAIM = """
UPDATE jobs_job SET lease = %(lease)s, leased_until = %(until)s,
    started_at = coalesce(started_at, %(now)s),
    status = CASE status WHEN 'queued' THEN 'running' ELSE status END
WHERE id = (
    SELECT id FROM jobs_job
    WHERE status IN ('checking', 'queued', 'running')
        AND (lease IS NULL OR leased_until < %(now)s)
    ORDER BY created_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id
"""

Judged = list[tuple[Row, list[Refusal]]]


class RowsRefused(Exception):
    """All rows or none, and one is refused."""


def run_due(*, seconds: float = SLICE_SECONDS) -> int:
    """Work on waiting and abandoned jobs, the oldest first, for about ``seconds``; how many."""
    until, worked = time.monotonic() + seconds, 0
    workplaces.clear_left_behind()
    while time.monotonic() < until:
        job = claim()
        if job is None:
            break
        run(job, until=until)
        worked += 1
    return worked


def claim(now: datetime | None = None) -> Job | None:
    """The oldest job that waits or whose worker is gone, under a lease of our own."""
    now, lease = now or clock.now(), uuid.uuid4()
    found = sql.rows(CLAIM, {"lease": lease, "now": now, "until": now + LEASE})
    return Job.objects.select_related("owner").get(pk=found[0][0]) if found else None


def run(job: Job, *, until: float) -> None:
    """Go on with a claimed job until its end or the moment ``until`` (``time.monotonic``)."""
    try:
        with translation.override(job.options["language"]), workplaces.workplace() as folder:
            WORK[job.kind](job, folder, until)
    except LeaseLost:
        logger.warning("job lost its lease", extra={"number": job.number})
    except CancelAsked:
        closing.end(job, Job.Status.CANCELLED)
    except DomainError as refusal:
        closing.end_refused(job, refusal)
    except Exception:  # the job must end, or every worker would take it up again
        logger.exception("job failed", extra={"number": job.number})
        closing.end(job, Job.Status.FAILED, code="internal_error")


def _import(job: Job, folder: Path, until: float) -> None:
    one = registry.import_of(job.subject)
    actor = owner_of(job)
    org.require_action(actor, one.action)
    path = folder / f"source.{job.options['format']}"
    files.fetch(job, path)
    source = Source(job, path)
    in_page(job, lambda locked: reaching.add(locked, narrowed(actor, one.action).grants))
    checking = job.status == Job.Status.CHECKING
    whole = job.policy == Job.Policy.REJECT_ALL and not checking
    _count(job, source)
    writes = job.policy == Job.Policy.REJECT_ROWS and not checking
    judge = source.through.apply if writes else source.through.check
    if job.cursor.get("phase") != "all" and not _pages(job, source, actor, judge, until):
        return
    refused = RowRefusal.objects.filter(job=job).exists()
    if whole and not refused:
        refused = not again(lambda: _all_rows(job, Source(job, path), actor))
    if refused and not checking:
        ending.keep_errors(job, source, folder)
    if whole and refused:
        closing.end(job, Job.Status.FAILED, code="rows_refused")
    else:
        closing.end(job, Job.Status.CHECKED if checking else Job.Status.DONE)


def _count(job: Job, source: Source) -> None:
    if job.total is None:
        rows = sum(1 for _row in source.raw()) - 1
        Job.objects.filter(pk=job.pk, lease=job.lease).update(total=rows)


WORK: dict[str, Callable[[Job, Path, float], None]] = {
    Job.Kind.IMPORT: _import,
    Job.Kind.EXPORT: export_run.work,
    Job.Kind.CHANGE: change_run.work,
}
"""How each kind of job is worked at."""


def _pages(job: Job, source: Source, actor: Actor, judge: Judge, until: float) -> bool:
    """Each page a transaction of its own; False if the time was up and the job was given back."""
    after = job.cursor.get("row", 0)
    for page in source.pages(after, _recalling(job, source, actor, after)):
        if time.monotonic() >= until:
            give_back(job)
            return False
        in_page(job, lambda locked, page=page: _one_page(locked, page, actor, judge))  # type: ignore[misc]
        source.through.remember()
    return True


def _recalling(
    job: Job, source: Source, actor: Actor, after: int
) -> Callable[[Sequence[Row]], None]:
    """Hands over the rows of an earlier worker, without those that it refused."""
    refused = set(
        RowRefusal.objects.filter(job=job, row__lte=after).values_list("row", flat=True)
    )  # one statement; numbers alone

    def recall(rows: Sequence[Row]) -> None:
        source.through.recall(actor, [row for row in rows if row.number not in refused])

    return recall


def _one_page(locked: Job, page: Judged, actor: Actor, judge: Judge) -> None:
    verdicts = _judge(page, actor, judge)
    _note(locked, page, verdicts)
    _advance(locked, page, verdicts)


def _judge(page: Judged, actor: Actor, judge: Judge) -> list[Verdict]:
    """One verdict per row; what is wrong already is not handed to the center."""
    good = [row for row, refusals in page if not refusals]
    answered = iter(judge(actor, good) if good else ())
    verdicts: list[Verdict] = []
    for _row, refusals in page:
        verdict = Verdict(Outcome.ERROR, refusals=refusals) if refusals else next(answered)
        verdicts.append(verdict)
    return verdicts


def _note(job: Job, page: Judged, verdicts: Sequence[Verdict]) -> None:
    refused = [
        RowRefusal(
            job=job, row=row.number, place=place, column=refusal.column[:64],
            code=refusal.code[:64], detail=refusal.detail[:255],
        )
        for (row, _refusals), verdict in zip(page, verdicts, strict=True)
        for place, refusal in enumerate(verdict.refusals)
    ]  # fmt: skip
    RowRefusal.objects.bulk_create(refused, batch_size=1_000)


def _advance(job: Job, page: Judged, verdicts: Sequence[Verdict]) -> None:
    job.cursor = {"row": page[-1][0].number}
    job.done += len(page)
    job.counts = Counter(job.counts) + Counter(verdict.outcome.value for verdict in verdicts)
    if job.status == Job.Status.CHECKING:
        _preview(job, page, verdicts)
    renew(job)
    job.save(update_fields=["cursor", "done", "counts", "options", "leased_until"])


def _preview(job: Job, page: Judged, verdicts: Sequence[Verdict]) -> None:
    one = registry.import_of(job.subject)
    hidden = {column.name for column in one.columns if column.personal}
    shown: list[dict[str, Any]] = job.options.setdefault("preview", [])
    for (row, _refusals), verdict in zip(page, verdicts, strict=True):
        if len(shown) >= PREVIEW_ROWS:
            return
        if verdict.outcome == Outcome.SAME:
            continue
        key = {
            name: HIDDEN if name in hidden else str(row.values.get(name, "")) for name in one.key
        }
        changes = {
            name: [HIDDEN, HIDDEN] if name in hidden else list(pair)
            for name, pair in verdict.changes.items()
        }
        shown.append(
            {"row": row.number, "outcome": verdict.outcome.value, "key": key, "changes": changes}
        )


def _all_rows(job: Job, source: Source, actor: Actor) -> bool:
    """Write every row in one transaction; False, and nothing written, if one is refused now.

    The job's row stays locked to the end, so that nobody takes the job over however long it is.
    """
    begun: dict[str, Any] = {"cursor": {"phase": "all"}, "done": 0, "counts": {}}
    Job.objects.filter(pk=job.pk, lease=job.lease).update(**begun)
    refused: list[tuple[Judged, list[Verdict]]] = []
    try:
        with transaction.atomic():
            locked = lock_held(job)
            locked.counts, locked.done = {}, 0
            for page, verdicts in _applied(source, actor):
                _advance(locked, page, verdicts)
                if any(verdict.refusals for verdict in verdicts):
                    refused.append((page, verdicts))
                    raise RowsRefused
    except RowsRefused:
        for page, verdicts in refused:
            _note(job, page, verdicts)
        return False
    return True


def _applied(source: Source, actor: Actor) -> Iterator[tuple[Judged, list[Verdict]]]:
    for page in source.pages(0, lambda _rows: None):
        yield page, _judge(page, actor, source.through.apply)
        source.through.remember()
