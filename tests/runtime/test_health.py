"""``/healthz``, ``/readyz``, the heartbeat and the sweep of old idempotency records."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory, override_settings
from django.utils import timezone

from apps.common import clock, health, tasks
from apps.common.models import Heartbeat, IdempotencyRecord


def ready() -> tuple[int, dict[str, Any]]:
    response = health.readyz(RequestFactory().get("/readyz"))
    return response.status_code, json.loads(response.content)["parts"]


def failing() -> dict[str, str]:
    status, parts = ready()
    failed = {name: part["error"] for name, part in parts.items() if not part["ok"]}
    assert status == (503 if failed else 200)
    return failed


def test_healthz_asks_nothing() -> None:
    response = health.healthz(RequestFactory().get("/healthz"))  # a query would be refused here
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_every_part_works(django_assert_max_num_queries: Any) -> None:
    tasks.heartbeat()
    with django_assert_max_num_queries(3):
        assert failing() == {}


@pytest.mark.django_db
def test_not_ready_before_the_first_and_after_a_missed_heartbeat() -> None:
    assert failing() == {"beat": "no heartbeat yet"}
    tasks.heartbeat()
    Heartbeat.objects.update(at=clock.now() - timedelta(seconds=500))
    assert failing() == {"beat": "last heartbeat 500 s ago"}
    tasks.heartbeat()
    assert failing() == {}
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_not_ready_with_an_unapplied_migration() -> None:
    tasks.heartbeat()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'common' AND name LIKE '0001%'")
    assert failing() == {"migrations": "1 unapplied"}


@pytest.mark.django_db
def test_not_ready_without_the_broker_and_no_password_is_shown() -> None:
    tasks.heartbeat()
    with override_settings(CELERY_BROKER_URL="redis://:hidden@127.0.0.1:1/0"):
        assert failing() == {"broker": "OperationalError"}


def test_not_ready_without_the_database(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with monkeypatch.context() as changed:
        changed.setitem(connection.settings_dict, "PORT", "1")
        assert failing() == dict.fromkeys(("database", "migrations", "beat"), "OperationalError")


@pytest.mark.django_db
def test_old_idempotency_records_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    now = timezone.now()
    IdempotencyRecord.objects.bulk_create(
        IdempotencyRecord(
            caller="pos", key=str(days), body_hash="h", created_at=now - timedelta(days=days)
        )
        for days in (0, 6, 8, 9, 10, 11, 12)
    )
    assert tasks.sweep_idempotency_records() == 5
    assert set(IdempotencyRecord.objects.values_list("key", flat=True)) == {"0", "6"}
