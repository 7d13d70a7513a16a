"""``/healthz``: the process lives. ``/readyz``: it can do its work; each part is named."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

from apps.common import clock
from apps.common.models import Heartbeat

BEAT_SECONDS = 120  # four missed heartbeats
BROKER_SECONDS = 2


class NotReady(Exception):
    """A part does not work; the message says how, without addresses or passwords."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 for as long as this process answers; asks nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; the body says which part and why."""
    parts = {name: _part(check) for name, check in PARTS.items()}
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse(
        {"status": "ok" if ready else "failed", "parts": parts}, status=200 if ready else 503
    )


def _part(check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        found = {"ok": True, **check()}
    except NotReady as error:
        found = {"ok": False, "error": str(error)}
    except (DatabaseError, OperationalError, OSError) as error:
        found = {"ok": False, "error": type(error).__name__}
    return found | {"ms": round((time.perf_counter() - started) * 1000, 1)}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def _broker() -> dict[str, Any]:
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    return {}


@cache
def _shipped_migrations() -> frozenset[tuple[str, str]]:
    """What is on disk; read once, since a running process keeps its code."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def _migrations() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = len(_shipped_migrations() - applied)
    if missing:
        raise NotReady(f"{missing} unapplied")
    return {}


def _beat() -> dict[str, Any]:
    last = Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()
    if last is None:
        raise NotReady("no heartbeat yet")
    age = round((clock.now() - last).total_seconds())
    if age > BEAT_SECONDS:
        raise NotReady(f"last heartbeat {age} s ago")
    return {"age_seconds": age}


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "broker": _broker,
    "migrations": _migrations,
    "beat": _beat,
}
