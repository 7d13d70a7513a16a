"""How a job ends: its state, and the line about what a bulk change did by then."""

from django.db import transaction

from apps.accounts import services as accounts
from apps.common import clock
from apps.common.errors import DomainError
from apps.jobs import registry
from apps.jobs.models import Job
from apps.jobs.rules import CHANGED
from apps.org import selectors as org


def end(job: Job, status: Job.Status, *, code: str = "") -> bool:
    """Close a job, or its check, if the lease is still ours; False if it is not."""
    now = clock.now()
    closed = {"ended_at": now} if status in Job.ENDED else {}
    with transaction.atomic():
        held = Job.objects.filter(pk=job.pk, lease=job.lease)
        ended = bool(
            held.update(
                status=status, code=code, lease=None, leased_until=None, cursor={}, **closed
            )
        )
        if ended and job.kind == Job.Kind.CHANGE:
            _record(Job.objects.select_related("owner").get(pk=job.pk))
    return ended


def end_refused(job: Job, refusal: DomainError) -> None:
    """Close a job that the business refused; what fills the message is kept for its owner."""
    if end(job, Job.Status.FAILED, code=refusal.code):
        kept = {name: str(value)[:255] for name, value in refusal.params.items()}
        options = {**Job.objects.only("options").get(pk=job.pk).options, "refused": kept}
        Job.objects.filter(pk=job.pk).update(options=options)


def _record(ended: Job) -> None:
    """However it ended: what was changed by then is on record. Of a check there is nothing to tell."""
    changed = ended.options.get("started") and ended.counts.get(CHANGED)
    if ended.status not in Job.ENDED or not (changed or ended.status == Job.Status.DONE):
        return
    known = registry.CHANGES.get(ended.subject)
    accounts.record(
        org.actor_of_user(ended.owner), "jobs.change", target=("job", ended.number),
        changes={"change": ended.subject, **ended.counts},
        reason=ended.options.get("reason", ""), under=known.action if known else "",
    )  # fmt: skip
