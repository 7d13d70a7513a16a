"""What became of a job that has ended, and what its owner can do now."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.jobs.models import Job
from apps.jobs.office.showing import count_of, written, wrote
from apps.jobs.rules import Outcome


def title(job: Job) -> str:
    """The end in a few words."""
    if job.status == Job.Status.FAILED:
        return _("It failed")
    if job.status == Job.Status.CANCELLED:
        return _("Cancelled")
    if job.policy == Job.Policy.DRY_RUN:
        return _("Dry run finished")
    return _("Finished")


def became(job: Job) -> list[str]:
    """What happened to the rows, in sentences."""
    if job.code == "job_expired":
        return [_("It was never started, and its files have expired.")]
    if job.status == Job.Status.DONE:
        return _done(job)
    return [_kept(job)]


def _done(job: Job) -> list[str]:
    if job.kind == Job.Kind.EXPORT:
        rows = job.done
        text = ngettext("%(count)s row is in the file.", "%(count)s rows are in the file.", rows)
        return [text % {"count": f"{rows:,}"}]
    bad = count_of(job, Outcome.ERROR)
    if job.policy == Job.Policy.DRY_RUN:
        said = [_("Nothing was changed.")]
    elif job.kind == Job.Kind.CHANGE:
        count = count_of(job, "changed")
        text = ngettext("%(count)s row was changed.", "%(count)s rows were changed.", count)
        said = [text % {"count": f"{count:,}"}]
    else:
        said = [_rows_written(written(job))]
    if bad:
        text = ngettext("%(count)s row was refused.", "%(count)s rows were refused.", bad)
        said.append(text % {"count": f"{bad:,}"})
    return said


def _rows_written(count: int) -> str:
    text = ngettext("%(count)s row was written.", "%(count)s rows were written.", count)
    return text % {"count": f"{count:,}"}


def _kept(job: Job) -> str:
    count = wrote(job)
    if not count:
        return _("There is no file.") if job.kind == Job.Kind.EXPORT else _("Nothing was changed.")
    text = ngettext(
        "%(count)s row was changed before, and stays so.",
        "%(count)s rows were changed before, and stay so.",
        count,
    )
    return text % {"count": f"{count:,}"}


def what_next(job: Job) -> str:
    """What to do now; empty where nothing is left to do, or where the reason says it already."""
    if job.kind != Job.Kind.IMPORT:
        return ""
    if job.status == Job.Status.DONE and count_of(job, Outcome.ERROR):
        return _("Download the rows with errors, correct them there, and bring that file in.")
    if job.status != Job.Status.DONE and wrote(job):
        return _("Bring the same file in again: rows that are written already stay as they are.")
    return ""
