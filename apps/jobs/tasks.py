"""Celery entry points of the job center."""

from celery import shared_task

from apps.jobs import services


@shared_task
def run_due_jobs() -> int:
    """Work on waiting and abandoned jobs for a slice of time; returns how many."""
    return services.run_due()


@shared_task
def sweep_expired_jobs() -> int:
    """Delete files that have expired; returns of how many jobs."""
    return services.sweep_expired()
