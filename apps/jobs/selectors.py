"""Reads of the job center. A job is seen by its owner alone."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common import clock
from apps.common.errors import Missing
from apps.jobs import registry
from apps.jobs.models import Job, RowRefusal
from apps.jobs.registry import Import


class JobNotFound(Missing):
    code = "job_not_found"
    message = _("There is no such job.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; ``seconds_left`` is an estimate, None while there is nothing to go by."""

    done: int
    total: int | None
    rows_per_second: float
    seconds_left: int | None


def jobs_visible_to(actor: Actor) -> QuerySet[Job]:
    """The actor's own jobs."""
    if actor.kind is not ActorKind.STAFF or not actor.may("jobs.see"):
        return Job.objects.none()
    return Job.objects.filter(owner_id=actor.id)


def refusals_visible_to(actor: Actor) -> QuerySet[RowRefusal]:
    """What was wrong in the files of the actor's own jobs."""
    return RowRefusal.objects.filter(job__in=jobs_visible_to(actor))


def progress_of(job: Job) -> Progress:
    """Rows done, their pace since the work began, and how long the others will take."""
    if job.started_at is None or not job.done:
        return Progress(job.done, job.total, 0.0, None)
    seconds = max(((job.ended_at or clock.now()) - job.started_at).total_seconds(), 0.001)
    pace = job.done / seconds
    left = None if job.total is None else round((job.total - job.done) / pace)
    return Progress(job.done, job.total, round(pace, 1), left)


def imports_open_to(actor: Actor) -> list[Import]:
    """The imports whose action the actor holds, in the order of registration."""
    return [one for one in registry.IMPORTS.values() if actor.may(one.action)]
