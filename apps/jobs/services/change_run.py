"""A worker at a bulk change: first judged, then done, both page by page and on the same rows.

The check keeps the ids of the rows it found, and which of them it skips. What the list would find
later is another list, and what is skipped stays skipped though it could be changed by now: nothing is
changed that the person was not told of.

What was changed is counted with it: a page in its transaction, or each row that the center changes in
a transaction of its own right after it, also when somebody wants to stop or the next row breaks. One
row can be missing: a worker dies between the row and its count, and whoever takes over finds that the
owner has lost the right, so that nobody may ask again what became of it. The center's own ledger tells.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.common.errors import DomainError, Unprocessable
from apps.jobs import registry
from apps.jobs.formats import writing
from apps.jobs.models import Job, JobFile, RowRefusal
from apps.jobs.registry import Change, Found
from apps.jobs.rules import CHANGED, SKIPPED, Skip, Step
from apps.jobs.services import closing, files, reaching
from apps.jobs.services.held import (
    CancelAsked,
    again,
    give_back,
    in_page,
    lock_held,
    lock_leased,
    owner_of,
    renew,
)
from apps.org import selectors as org

PAGE = 200
MAX_ROWS = 100_000
PREVIEW_ROWS = 200
SKIPS_AT_MOST = 50
"""Different reasons that the page of the job tells; its file tells all."""

OPEN = "open"
"""Mark in the cursor: the row after it may have been changed, though it is not counted yet."""

Keys = list[tuple[int, int]]
"""The row's place in the selection, from 1 on, and its id."""
Judged = list[tuple[int, Step]]
"""The row's place and what is done with it."""


class ChangeTooLarge(Unprocessable):
    code = "change_too_large"
    message = gettext_lazy(
        "The list has more than %(rows)s rows to change at once. Narrow it by its filters."
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """A change in a worker's hands."""

    job: Job
    one: Change
    actor: Actor
    found: Found

    def judged(self, page: Keys) -> Judged:
        """What would become of a page, without writing."""
        rows = self.found.rows([key for _place, key in page])
        return _placed(page, rows, self.one.judge(self.actor, rows, self.job.options))

    def write(self, page: Keys) -> None:
        """Change those of a page that the check did not skip, and count all of it."""
        settled = self._settled(page)
        wanted = [(place, key) for place, key in page if place not in settled]
        if self.one.each is None:
            in_page(self.job, lambda locked: _advance(locked, settled, self._applied(wanted)))
            return
        in_page(self.job, _open, lock=_lock_open)
        for place, step, row in self._named(wanted):
            passed = {at: settled.pop(at) for at in sorted(settled) if at < place}
            done = self._one(place, step, row)
            self._count(passed, [done])
        if settled:
            self._count(settled, [])

    def _count(self, settled: dict[int, Step], done: Judged) -> None:
        """What was done just now. Raises CancelAsked once that is kept."""

        def count(locked: Job) -> bool:
            _advance(locked, settled, done)
            return locked.cancel_asked

        if in_page(self.job, count, lock=lock_leased):
            raise CancelAsked

    def _settled(self, page: Keys) -> dict[int, Step]:
        """What the check skips of a page, by place. One statement."""
        places = (page[0][0], page[-1][0])
        skipped = RowRefusal.objects.filter(job=self.job, row__range=places)
        return {
            one.row: Step(one.column, skip=Skip(one.code, one.detail))
            for one in skipped.order_by("row")
        }

    def _applied(self, page: Keys) -> Judged:
        if not page:
            return []
        assert self.one.apply is not None  # noqa: S101 - one of the two is given
        rows = self.found.rows([key for _place, key in page])
        return _placed(page, rows, self.one.apply(self.actor, rows, self.job.options))

    def _named(self, page: Keys) -> Iterator[tuple[int, Step, Any]]:
        rows = self.found.rows([key for _place, key in page])
        by_key = {row.pk: row for row in rows}
        judged = _placed(page, rows, self.one.judge(self.actor, rows, self.job.options))
        for (place, step), (_place, key) in zip(judged, page, strict=True):
            yield place, step, by_key.get(key)

    def _one(self, place: int, step: Step, row: Any) -> tuple[int, Step]:
        """One row in its own transaction. What the judge thinks of it does not count: a row that was
        changed before a worker died answers as it did then."""
        if row is None:
            return place, step
        assert self.one.each is not None  # noqa: S101
        act, options, key = self.one.each, self.job.options, f"{self.job.number}-{step.key}"
        try:
            again(lambda: act(self.actor, row, options, key))
        except DomainError as refusal:
            return place, replace(step, changes={}, skip=Skip(refusal.code, refusal.detail))
        return place, replace(step, skip=None)


def work(job: Job, folder: Path, until: float) -> None:
    """Judge the rows, or change those that were judged; the job's status says which."""
    one = registry.change_of(job.subject)
    actor = owner_of(job)
    org.require_action(actor, one.action)
    run = _Run(job, one, actor, one.found(actor, files.listed_of(job)))
    in_page(job, lambda locked: reaching.add(locked, run.found.grants), lock=_lock_open)
    if job.status == Job.Status.CHECKING:
        _check(run, folder)
    elif _change(run, until):
        in_page(job, lambda locked: _finish(locked, folder))


def _check(run: _Run, folder: Path) -> None:
    keys = run.found.keys(MAX_ROWS)
    if len(keys) > MAX_ROWS:
        raise ChangeTooLarge(rows=f"{MAX_ROWS:,}")
    in_page(run.job, lambda locked: _begin(locked, len(keys)))
    for page in _pages(keys, 0):
        judged = run.judged(page)
        in_page(run.job, lambda locked, judged=judged: _advance(locked, {}, judged))  # type: ignore[misc]
    path = folder / "selection"
    path.write_text(json.dumps(keys))
    in_page(run.job, lambda locked: _checked(locked, path))


def _change(run: _Run, until: float) -> bool:
    """Page by page from the cursor on; False if the time was up and the job was given back."""
    keys = _selection(run.job)
    for page in _pages(keys, run.job.cursor.get("row", 0)):
        if time.monotonic() >= until:
            give_back(run.job)
            return False
        run.write(page)
    return True


def _lock_open(job: Job) -> Job:
    """As ``lock_held``; but where a worker died at a row, that row is done again and counted before
    anybody stops."""
    return lock_leased(job) if OPEN in job.cursor else lock_held(job)


def _open(locked: Job) -> None:
    locked.cursor = {"row": locked.cursor.get("row", 0), OPEN: True}
    locked.save(update_fields=["cursor"])


def _begin(locked: Job, total: int) -> None:
    """A check that is taken over begins anew: it writes nothing."""
    RowRefusal.objects.filter(job=locked).delete()
    locked.total, locked.done, locked.counts = total, 0, {}
    locked.options |= {"preview": [], "skips": []}
    renew(locked)
    locked.save(update_fields=["total", "done", "counts", "options", "leased_until"])


def _checked(locked: Job, path: Path) -> None:
    files.keep(locked, JobFile.Role.SOURCE, path, name="selection.json")
    closing.end(locked, Job.Status.CHECKED)


def _selection(job: Job) -> list[int]:
    kept = JobFile.objects.get(job=job, role=JobFile.Role.SOURCE)
    keys: list[int] = json.loads(b"".join(files.pieces(kept)))
    return keys


def _pages(keys: list[int], after: int) -> Iterator[Keys]:
    for start in range(after, len(keys), PAGE):
        yield list(enumerate(keys[start : start + PAGE], start + 1))


def _placed(page: Keys, rows: Sequence[Any], steps: Sequence[Step]) -> Judged:
    """The step of each row of a page by its place; a row that is no longer found is skipped."""
    by_key = {row.pk: step for row, step in zip(rows, steps, strict=True)}
    gone = Step("", skip=Skip("row_gone", _("The row is not there any more, or not yours.")))
    return [(place, by_key.get(key, gone)) for place, key in page]


def _advance(locked: Job, settled: dict[int, Step], done: Judged) -> None:
    """Count rows: those ``settled`` by the check, and those ``done`` now, whose skips are kept."""
    _keep_skips(locked, done)
    judged = sorted([*settled.items(), *done], key=lambda one: one[0])
    locked.cursor = {**locked.cursor, "row": judged[-1][0]}
    locked.done += len(judged)
    found = Counter(SKIPPED if step.skip else CHANGED for _place, step in judged)
    locked.counts = Counter(locked.counts) + found
    fields = ["cursor", "done", "counts", "leased_until"]
    if SKIPPED in found or locked.status == Job.Status.CHECKING:
        locked.options["skips"] = _skips(locked.options["skips"], judged)
        fields.append("options")
    if locked.status == Job.Status.CHECKING:
        _preview(locked, judged)
    renew(locked)
    locked.save(update_fields=fields)


def _keep_skips(locked: Job, judged: Judged) -> None:
    RowRefusal.objects.bulk_create(
        RowRefusal(
            job=locked, row=place, place=0, column=step.key[:64], code=step.skip.code[:64],
            detail=step.skip.detail[:255],
        )
        for place, step in judged
        if step.skip is not None
    )  # fmt: skip


def _skips(known: list[list[Any]], judged: Judged) -> list[list[Any]]:
    """Code, text and number of rows, by code; the most frequent first."""
    texts = {code: text for code, text, _count in known}
    counts = Counter({code: count for code, _text, count in known})
    for _place, step in judged:
        if step.skip is not None:
            texts.setdefault(step.skip.code, step.skip.detail)
            counts[step.skip.code] += 1
    return [[code, texts[code], count] for code, count in counts.most_common(SKIPS_AT_MOST)]


def _preview(locked: Job, judged: Judged) -> None:
    shown: list[dict[str, Any]] = locked.options["preview"]
    for place, step in judged[: PREVIEW_ROWS - len(shown)]:
        shown.append(
            {
                "row": place,
                "outcome": SKIPPED if step.skip else CHANGED,
                "key": {"row": step.key},
                "changes": {name: list(pair) for name, pair in step.changes.items()},
                "reason": step.skip.detail if step.skip else "",
            }
        )


def _finish(locked: Job, folder: Path) -> None:
    """What was left as it was comes back in a file."""
    skipped = RowRefusal.objects.filter(job=locked).order_by("row")
    path = folder / "skipped.xlsx"
    if skipped.exists():
        headings = [_("Row"), _("Why it was left as it is"), _("Code")]
        with writing(path, "xlsx", headings) as writer:
            for one in skipped.iterator(chunk_size=1_000):
                writer.write([one.column, one.detail, one.code])
        files.keep(locked, JobFile.Role.RESULT, path, name=f"{locked.number}-skipped.xlsx")
    closing.end(locked, Job.Status.DONE)
