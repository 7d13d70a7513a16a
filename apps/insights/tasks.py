"""Celery entry of the roll-ups."""

from celery import shared_task

from apps.common import clock
from apps.insights import services


@shared_task
def refresh_insights() -> None:
    """Roll up today and what was touched."""
    services.refresh(now=clock.now())
