"""Periodic work of the platform itself."""

from celery import shared_task

from apps.common import clock
from apps.common.models import Bucket, Heartbeat, IdempotencyRecord, SpentValue

IDEMPOTENCY_DAYS = 7
BATCH = 5_000
COUNTER_DAYS = 1
"""Longer than any limit looks back, and than a signed request may be old."""


@shared_task
def heartbeat() -> None:
    """Note that beat, broker and worker carried one task through; ``/readyz`` reads the age."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name="beat", at=clock.now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


@shared_task
def sweep_idempotency_records() -> int:
    """Delete stored results that are too old to be asked for again; returns how many.

    In small transactions, so that the sweep never holds up a sale.
    """
    before = clock.days_ago(IDEMPOTENCY_DAYS)
    total = 0
    while True:
        old = IdempotencyRecord.objects.filter(created_at__lt=before).order_by("created_at")
        deleted, _ = IdempotencyRecord.objects.filter(pk__in=old.values("pk")[:BATCH]).delete()
        total += deleted
        if deleted < BATCH:
            return total


@shared_task
def sweep_counters() -> int:
    """Delete limit counters and spent values that count no more; returns how many."""
    before = clock.days_ago(COUNTER_DAYS)
    empty, _buckets = Bucket.objects.filter(at__lt=before).delete()
    spent, _values = SpentValue.objects.filter(at__lt=before).delete()
    return empty + spent
