"""A worker at an export: rows of a list, page by page, into a file that is kept when it is whole.

The ids are read first, so that the file holds each row that the list found at that moment once, in
the list's order, whatever is sold meanwhile. A file that is half written is no result: a worker that
takes the job over begins it anew.
"""

import time
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qsl

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import logs
from apps.common.errors import Unprocessable
from apps.jobs import registry
from apps.jobs.formats import writing
from apps.jobs.formats.writing import Writer
from apps.jobs.models import Job, JobFile
from apps.jobs.registry import Found
from apps.jobs.services import closing, files, reaching
from apps.jobs.services.held import EXPORT, give_back, in_page, owner_of, renew
from apps.org import selectors as org

PAGE = 1_000
MAX_ROWS = 300_000
"""What one worker finishes within its time."""
BEYOND = 80.0
"""Seconds that a begun file may take beyond the worker's slice; its hard limit comes later."""
STARTS = 3
SEARCH = "q"
HIDDEN = "***"
TEXT = 500


class ExportTooLarge(Unprocessable):
    code = "export_too_large"
    message = _("The list has more than %(rows)s rows. Narrow it by its filters.")


class ExportUnfinished(Unprocessable):
    code = "export_unfinished"
    message = _("The file could not be finished in time.")


def work(job: Job, folder: Path, until: float) -> None:
    """Write the file from its beginning and end the job; given back if the time is not enough."""
    actor = owner_of(job)
    org.require_action(actor, EXPORT)
    found = registry.export_of(job.subject).found(actor, files.listed_of(job), files.asked_of(job))
    keys = found.keys(MAX_ROWS)
    if len(keys) > MAX_ROWS:
        raise ExportTooLarge(rows=f"{MAX_ROWS:,}")
    in_page(job, lambda locked: _begin(locked, found, len(keys)))
    path = folder / "result"
    with writing(path, job.options["format"], found.headings) as writer:
        if not _write(job, found, keys, writer, until + BEYOND):
            give_back(job)
            return
    in_page(job, lambda locked: _finish(locked, actor, path))


def _finish(locked: Job, actor: Actor, path: Path) -> None:
    """The file, the line about it and the end of the job are one transaction."""
    ending_of_name = f".{locked.options['format']}"
    name = files.safe_name(_name(locked) + ending_of_name, locked.number + ending_of_name)
    files.keep(locked, JobFile.Role.RESULT, path, name=name)
    _record(actor, locked)
    closing.end(locked, Job.Status.DONE)


def _begin(locked: Job, found: Found, total: int) -> None:
    """``starts`` counts how often the file was begun: a worker may have died on the way. Whoever
    fetches it later has to reach what it is made of."""
    starts = locked.options.get("starts", 0) + 1
    if starts > STARTS:
        raise ExportUnfinished
    locked.options["starts"] = starts
    locked.options[reaching.ROWS] = reaching.of_grants(found.grants)
    locked.options[reaching.CLEAR] = reaching.of_grants(found.clear_grants)
    locked.total, locked.done, locked.counts = total, 0, {"rows": 0}
    renew(locked)
    locked.save(update_fields=["options", "total", "done", "counts", "leased_until"])


def _write(job: Job, found: Found, keys: list[int], writer: Writer, until: float) -> bool:
    """Page by page; False if the time was up."""
    rest = iter(keys)
    while page := list(islice(rest, PAGE)):
        if time.monotonic() >= until:
            return False
        rows = found.rows(page)
        written = 0
        for cells in found.cells(rows):
            writer.write(cells)
            written += 1
        gone = len(page) - written
        in_page(job, lambda locked, written=written, gone=gone: _advance(locked, written, gone))  # type: ignore[misc]
    return True


def _advance(locked: Job, written: int, gone: int) -> None:
    """``gone`` rows have left the list since it was read: they are not in the file."""
    locked.done += written
    locked.total = (locked.total or 0) - gone
    locked.counts = {"rows": locked.done}
    renew(locked)
    locked.save(update_fields=["done", "total", "counts", "leased_until"])


def _name(job: Job) -> str:
    """``Orders 2026-11-24 1504``, in the language of the person."""
    title = str(registry.export_of(job.subject).title)
    return f"{title} {timezone.localtime(job.created_at):%Y-%m-%d %H%M}"


def _record(actor: Actor, job: Job) -> None:
    """Who took out which list, under which filters, and how much; a text that was searched, never."""
    filters = [
        f"{name}={HIDDEN if name == SEARCH else logs.mask(value)}"
        for name, value in parse_qsl(files.listed_of(job).query)
    ]
    changes = {
        "list": job.subject, "rows": job.done, "filters": " ".join(filters)[:TEXT],
        "columns": " ".join(job.options["columns"]), "clear": " ".join(job.options["clear"]),
    }  # fmt: skip
    accounts.record(
        actor, "jobs.export", target=("job", job.number), changes=changes,
        reason=job.options["reason"], under=EXPORT,
    )  # fmt: skip
