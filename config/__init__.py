"""The project. Celery's app is made here, so that every process that sends a task has it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
