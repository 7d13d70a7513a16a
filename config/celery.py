"""Celery: one app, its schedule, and the request id that travels with each task."""

import logging.config
import os
import warnings
from typing import Any

from celery import Celery, signals
from celery.platforms import SecurityWarning  # type: ignore[attr-defined]
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from apps.common import context

# Root is the usual user in a container, and the danger Celery means, pickle, is not accepted here.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("quanyu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["apps.flows"])  # no Django app: flows have no tables
# Work that a person started has a worker of its own: the sweeps that settle money never wait for it.
app.conf.task_routes = {"apps.jobs.tasks.run_due_jobs": {"queue": "jobs"}}
app.conf.beat_schedule = {
    "heartbeat": {
        "task": "apps.common.tasks.heartbeat",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "seal-audit": {
        "task": "apps.accounts.tasks.seal_audit",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "log-audit-head": {
        "task": "apps.accounts.tasks.log_audit_head",
        "schedule": crontab(minute="0"),
    },
    "settle-payments": {
        "task": "apps.flows.tasks.settle_captured_payments",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "cancel-overdue-orders": {
        "task": "apps.flows.tasks.cancel_overdue_orders",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire-approvals": {
        "task": "apps.flows.tasks.expire_approvals",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "hand-over-stores": {
        "task": "apps.flows.tasks.hand_over_stores",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "refresh-insights": {
        "task": "apps.insights.tasks.refresh_insights",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire-points": {
        "task": "apps.flows.tasks.expire_points",
        "schedule": crontab(minute="20"),
    },
    "run-due-jobs": {
        "task": "apps.jobs.tasks.run_due_jobs",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "sweep-expired-jobs": {
        "task": "apps.jobs.tasks.sweep_expired_jobs",
        "schedule": crontab(minute="50"),
    },
    "sweep-counters": {
        "task": "apps.common.tasks.sweep_counters",
        "schedule": crontab(minute="40"),
    },
    "forget-old-sign-ins": {
        "task": "apps.accounts.tasks.forget_old_sign_ins",
        "schedule": crontab(hour="3", minute="35"),
    },
    "sweep-idempotency": {
        "task": "apps.common.tasks.sweep_idempotency_records",
        "schedule": crontab(hour="3", minute="15"),
    },
}
REQUEST_ID = "quanyu_request_id"


@signals.setup_logging.connect
def _use_our_logging(**_: Any) -> None:
    """Keep Celery from putting its own, unmasked format on the root logger."""
    from django.conf import settings  # noqa: PLC0415 - not configured yet when this module loads

    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def _send_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (request_id := context.request_id.get()):
        headers[REQUEST_ID] = request_id


@signals.task_prerun.connect
def _take_request_id(task_id: str = "", task: Any = None, **_: Any) -> None:
    sent = getattr(task.request, REQUEST_ID, None) if task else None
    context.request_id.set(str(sent or task_id))


@signals.beat_init.connect
def _beat_at_once(**_: Any) -> None:
    """The first heartbeat at start, so that ``/readyz`` need not wait for the first interval."""
    app.send_task("apps.common.tasks.heartbeat", expires=60)
