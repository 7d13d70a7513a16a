"""Celery entry points of the job center."""

from celery import shared_task
from django.db import transaction

from apps.jobs import services


@shared_task
def run_due_jobs() -> int:
    """Work on waiting and abandoned jobs for a slice of time; returns how many."""
    return services.run_due()


@shared_task
def sweep_expired_jobs() -> int:
    """Delete files that have expired; returns of how many jobs."""
    return services.sweep_expired()


def wake_worker() -> None:
    """Have a worker look once this is committed; an edge calls it after it has queued a job."""
    transaction.on_commit(_send, robust=True)


def _send() -> None:
    """Not tried again: if the message is lost, the sweep finds the job."""
    run_due_jobs.apply_async(retry=False, expires=60)
