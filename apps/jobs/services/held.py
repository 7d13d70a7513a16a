"""A job in a worker's hands: its lease, its owner's rights of now, and pages that are tried again."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import ActionNotPermitted, Conflict
from apps.jobs.models import Job
from apps.org import selectors as org

LEASE = timedelta(minutes=5)
TRIES = 4
PAUSE = 0.2
"""Seconds before the second try of a page; twice as long before each further one."""
PASSING = frozenset({"40P01", "40001", "55P03"})
"""SQLSTATEs of a deadlock, a serialization failure and a lock that was not to be had in time."""
EXPORT = "data.export"

Result = TypeVar("Result")


class LeaseLost(Exception):
    """Another worker has taken the job over."""


class CancelAsked(Exception):
    """The owner wants it to stop here."""


class RowsLocked(Conflict):
    code = "rows_locked"
    message = _("Other work held the same rows for too long.")


def owner_of(job: Job) -> Actor:
    """Who started it, with the rights of now. Raises ActionNotPermitted."""
    if not job.owner.is_active:
        raise ActionNotPermitted
    return org.actor_of_user(job.owner)


def narrowed(actor: Actor, action: str) -> Actor:
    """The same person with only those grants that hold ``action``: what they see is then what they
    both see and may do it with, by one and the same grant."""
    return replace(actor, grants=tuple(one for one in actor.grants if action in one.actions))


def lock_held(job: Job) -> Job:
    """The job's row, locked, as long as the lease is ours. Raises LeaseLost, CancelAsked."""
    locked = lock_leased(job)
    if locked.cancel_asked:
        raise CancelAsked
    return locked


def lock_leased(job: Job) -> Job:
    """The same for what has happened already: it is counted though somebody wants to stop.

    Raises LeaseLost.
    """
    locked = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if locked.lease != job.lease:
        raise LeaseLost
    return locked


def in_page(
    job: Job, act: Callable[[Job], Result], *, lock: Callable[[Job], Job] = lock_held
) -> Result:
    """``act`` on the locked job in a transaction of its own, with what it writes; see ``again``."""

    def once() -> Result:
        with transaction.atomic():
            return act(lock(job))

    return again(once)


def again(once: Callable[[], Result]) -> Result:
    """What ``once`` answers, tried again while the database gave it up for the sake of others.

    ``once`` opens its own transaction. Raises RowsLocked after TRIES times.
    """
    for turn in range(TRIES):
        try:
            return once()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in PASSING:
                raise
            time.sleep(PAUSE * 2**turn)
    raise RowsLocked


def give_back(job: Job) -> None:
    """Let the next worker go on with it."""
    Job.objects.filter(pk=job.pk, lease=job.lease).update(lease=None, leased_until=None)


def renew(job: Job) -> None:
    """Hold a locked job from now on for another LEASE; the caller saves it."""
    job.leased_until = clock.now() + LEASE
