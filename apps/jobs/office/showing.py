"""A job in words and figures: what its page shows at each of its states. Reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from apps.jobs import registry
from apps.jobs.models import Job
from apps.jobs.rules import Outcome
from apps.jobs.selectors import Progress

WORKING = frozenset({Job.Status.CHECKING, Job.Status.QUEUED, Job.Status.RUNNING})
STATUS_TONES: dict[str, str] = {
    Job.Status.DRAFT: "plain",
    Job.Status.CHECKING: "info",
    Job.Status.CHECKED: "warning",
    Job.Status.QUEUED: "info",
    Job.Status.RUNNING: "info",
    Job.Status.DONE: "success",
    Job.Status.FAILED: "danger",
    Job.Status.CANCELLED: "plain",
}
COUNTED: dict[str, tuple[Any, str]] = {
    "new": (pgettext_lazy("rows", "new"), "info"),
    "changed": (pgettext_lazy("rows", "changed"), "warning"),
    "same": (pgettext_lazy("rows", "the same"), "plain"),
    "skipped": (pgettext_lazy("rows", "skipped"), "plain"),
    "error": (pgettext_lazy("rows", "with errors"), "danger"),
}
FORETOLD: dict[str, Any] = {
    "new": pgettext_lazy("rows", "would be new"),
    "changed": pgettext_lazy("rows", "would change"),
}
"""What they are called as long as nothing is written."""
SHOWN_ALWAYS = {
    Job.Kind.IMPORT: ("new", "changed", "same", "error"),
    Job.Kind.CHANGE: ("changed", "skipped"),
}
STEPS = {
    Job.Kind.IMPORT: (
        pgettext_lazy("step", "File"),
        pgettext_lazy("step", "Columns"),
        pgettext_lazy("step", "Check"),
        pgettext_lazy("step", "Preview"),
        pgettext_lazy("step", "Result"),
    ),
    Job.Kind.CHANGE: (
        pgettext_lazy("step", "Check"),
        pgettext_lazy("step", "Preview"),
        pgettext_lazy("step", "Result"),
    ),
}
AT_STEP = {
    Job.Status.DRAFT: -4,
    Job.Status.CHECKING: -3,
    Job.Status.CHECKED: -2,
}
"""At which step a job stands, counted from the end; else at the last."""


@dataclass(frozen=True, slots=True)
class Tile:
    """How many rows of one kind."""

    label: str
    value: str
    tone: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way; ``state`` is done, here, stopped or ahead."""

    label: Any
    state: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row before it is written; ``changes`` are column, before, after."""

    number: Any
    outcome: str
    tone: str
    key: str
    changes: list[tuple[str, str, str]]
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be done about rows with errors."""

    value: str
    title: Any
    note: Any
    chosen: bool


def count_of(job: Job, name: str) -> int:
    return int(job.counts.get(name, 0))


def tiles(job: Job) -> list[Tile]:
    """A tile per kind of row: those that every job of its kind has, and those that were met; of a job
    that ended before it wrote any, only what was wrong."""
    if not job.counts or (job.status == Job.Status.CANCELLED and not wrote(job)):
        return []
    shown = SHOWN_ALWAYS.get(Job.Kind(job.kind), ())
    names = [name for name in COUNTED if name in shown or count_of(job, name)]
    if job.status == Job.Status.FAILED and not wrote(job):
        names = [name for name in names if name == "error"]
    return [_tile(job, name) for name in names]


def _tile(job: Job, name: str) -> Tile:
    label, tone = COUNTED[name]
    if wrote(job) is None:
        label = FORETOLD.get(name, label)
    count = count_of(job, name)
    return Tile(capfirst(str(label)), f"{count:,}", tone if count else "plain")


def steps(job: Job, *, at: str = "") -> list[Step]:
    """The way of such a job; ``at`` is the status of the page that is open, if it is another."""
    status = Job.Status(at or job.status)
    names = STEPS.get(Job.Kind(job.kind), ())
    here = len(names) + AT_STEP.get(status, -1)
    stands = "here"
    if status == Job.Status.DONE:
        here = len(names)
    elif status in Job.ENDED:
        here, stands = len(names) + _stopped_at(job), "stopped"
    states = [
        "done" if place < here else stands if place == here else "ahead"
        for place in range(len(names))
    ]
    return [Step(name, state) for name, state in zip(names, states, strict=True)]


def _stopped_at(job: Job) -> int:
    """At which step a job ended before its time, counted from the end."""
    if begun(job):
        return -1
    if job.counts:
        return AT_STEP[Job.Status.CHECKED]
    checking = job.kind == Job.Kind.CHANGE or "mapping" in job.options
    return AT_STEP[Job.Status.CHECKING if checking else Job.Status.DRAFT]


def labels_of(job: Job) -> Mapping[str, str]:
    """Column → what people call it; nothing for a subject that is no longer registered."""
    labels: Mapping[str, Any] = {}
    if job.kind == Job.Kind.IMPORT and job.subject in registry.IMPORTS:
        columns = registry.IMPORTS[job.subject].columns
        labels = {column.name: column.label for column in columns}
    elif job.kind == Job.Kind.CHANGE and job.subject in registry.CHANGES:
        labels = registry.CHANGES[job.subject].labels
    return {name: capfirst(str(label)) for name, label in labels.items()}


def preview(job: Job, reasons: Mapping[int, str]) -> list[PreviewRow]:
    """The first rows that would be written or refused, as the check left them; ``reasons`` says by
    row why one is refused, as far as the page shows that anyway."""
    labels = labels_of(job)
    change = registry.CHANGES.get(job.subject) if job.kind == Job.Kind.CHANGE else None
    values = change.values if change else {}
    shown = job.options.get("preview", ())
    return [_previewed(one, labels, values, reasons) for one in shown]


def _previewed(
    one: Mapping[str, Any],
    labels: Mapping[str, str],
    values: Mapping[str, Mapping[Any, Any]],
    reasons: Mapping[int, str],
) -> PreviewRow:
    label, tone = COUNTED.get(one["outcome"], (one["outcome"], "plain"))
    keys = [str(value) for value in one["key"].values() if value not in ("", None, "None")]
    changes = [
        (labels.get(name, name), *(_said(one, values.get(name, {})) for one in (before, after)))
        for name, (before, after) in one.get("changes", {}).items()
    ]
    reason = str(one.get("reason") or reasons.get(one["row"], ""))
    return PreviewRow(one["row"], capfirst(str(label)), tone, " · ".join(keys), changes, reason)


def _said(value: Any, choices: Mapping[Any, Any]) -> str:
    """A value in the language of who looks at it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(choices.get(value, value))


def has_work(job: Job) -> bool:
    """Whether going on would bring anything: a row written, or a file of what is wrong."""
    return bool(written(job) or count_of(job, Outcome.ERROR))


def choices(job: Job) -> list[Choice]:
    """The ways to go on, in plain words; where no row is good, only the one that brings the others
    back in a file."""
    if job.kind != Job.Kind.IMPORT:
        return []
    bad, good = count_of(job, Outcome.ERROR), written(job)
    if bad:
        rows = _("The rows with errors come back to you in a file with the reason beside each.")
        whole = _("There are rows with errors, so nothing would be written now.")
    else:
        rows = _("Page by page. You may cancel; what is written by then stays.")
        whole = _("In one piece: if a row fails, none is written. It cannot be cancelled.")
    dry = _("To try it out. You get the rows with errors back as a file.")
    given = (
        (Job.Policy.REJECT_ROWS, _("Write the good rows"), rows),
        (Job.Policy.REJECT_ALL, _("All rows or none"), whole),
        (Job.Policy.DRY_RUN, _("Change nothing"), dry),
    )
    offered = given if good else given[-1:]
    return [Choice(value, title, note, value == offered[0][0]) for value, title, note in offered]


def written(job: Job) -> int:
    """Rows that are written, or would be."""
    return count_of(job, Outcome.NEW) + count_of(job, Outcome.CHANGED)


def begun(job: Job) -> bool:
    """Whether its owner had it written after the check; the dry run is no writing."""
    if job.kind == Job.Kind.CHANGE:
        return bool(job.options.get("started"))
    return job.kind == Job.Kind.EXPORT or job.policy in (
        Job.Policy.REJECT_ROWS,
        Job.Policy.REJECT_ALL,
    )


def wrote(job: Job) -> int | None:
    """Rows that a job has written so far; None for one that only checks, or that has not begun."""
    if not begun(job):
        return None
    if job.kind == Job.Kind.EXPORT:
        return job.done if job.status == Job.Status.DONE else None
    in_one_piece = job.policy == Job.Policy.REJECT_ALL
    return 0 if in_one_piece and job.status != Job.Status.DONE else written(job)


def headline(job: Job) -> str:
    """What the check says, in one sentence."""
    count, bad = written(job), count_of(job, Outcome.ERROR)
    if job.kind == Job.Kind.CHANGE:
        text = _("Will change %(changed)s of %(total)s; %(skipped)s are skipped.")
        return text % {
            "changed": f"{count:,}",
            "total": f"{job.total or job.done:,}",
            "skipped": f"{count_of(job, 'skipped'):,}",
        }
    if not has_work(job):
        return _("Everything is as in your file already.")
    text = ngettext("%(count)s row would be written.", "%(count)s rows would be written.", count)
    said = text % {"count": f"{count:,}"} if count else _("There is nothing to write.")
    if not bad:
        return said
    text = ngettext("%(count)s row has errors.", "%(count)s rows have errors.", bad)
    return f"{said} {text % {'count': f'{bad:,}'}}"


def doing(job: Job) -> str:
    """What is going on while somebody waits."""
    if job.cancel_asked:
        return _("Stopping after the rows at hand …")
    texts: dict[str, Any] = {
        Job.Status.CHECKING: gettext_lazy("Every row is being checked. Nothing is written yet."),
        Job.Status.QUEUED: gettext_lazy("Waiting for a free worker …"),
    }
    running: dict[str, Any] = {
        Job.Kind.IMPORT: gettext_lazy("The rows are being written."),
        Job.Kind.EXPORT: gettext_lazy("The file is being written."),
        Job.Kind.CHANGE: gettext_lazy("The rows are being changed."),
    }
    return str(texts.get(job.status) or running[job.kind])


def stays(job: Job) -> str:
    """What remains if it is cancelled now."""
    if job.kind == Job.Kind.EXPORT:
        return _("If you cancel, there is no file.")
    whole = (Job.Policy.DRY_RUN, Job.Policy.REJECT_ALL)
    if job.status == Job.Status.RUNNING and job.policy not in whole:
        return _("If you cancel, what is written by then stays.")
    return _("If you cancel, nothing has been changed.")


def percent(progress: Progress) -> int | None:
    """How far, in whole percent; None while nobody knows how much there is."""
    if not progress.total:
        return None
    return min(progress.done * 100 // progress.total, 100)


def span(seconds: int) -> str:
    """A length of time as people say it."""
    if seconds < 60:
        return pgettext("time span", "%(count)s s") % {"count": seconds}
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return pgettext("time span", "%(count)s min") % {"count": minutes}
    return pgettext("time span", "%(hours)s h %(minutes)s min") % {
        "hours": hours,
        "minutes": minutes,
    }
