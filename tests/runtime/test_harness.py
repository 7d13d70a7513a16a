"""The test harness itself: rolled-back tests, cloned databases, threads."""

import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.common.models import Heartbeat
from tests.threads import run_in_threads


@pytest.mark.django_db
def test_a_rolled_back_test_may_open_a_durable_transaction() -> None:
    with transaction.atomic(durable=True):
        Heartbeat.objects.create(name="test", at=timezone.now())
    assert Heartbeat.objects.filter(name="test").exists()


def test_commits_in_a_clone_are_real_and_seen_by_threads(committed_db: str) -> None:
    with transaction.atomic(durable=True):
        Heartbeat.objects.create(name="test", at=timezone.now())

    def names() -> list[str]:
        assert connection.settings_dict["NAME"] == committed_db
        return list(Heartbeat.objects.values_list("name", flat=True))

    assert run_in_threads([names, names]) == [["test"], ["test"]]


def test_the_next_clone_is_empty_again(committed_db: str) -> None:
    assert not Heartbeat.objects.exists()


def test_threads_start_together_and_hand_back_exceptions(committed_db: str) -> None:
    def fail() -> None:
        raise ValueError("refused")

    starts = run_in_threads([time.monotonic, time.monotonic, fail])
    assert abs(starts[0] - starts[1]) < 0.5
    assert isinstance(starts[2], ValueError)
    connection.ensure_connection()


@pytest.mark.django_db
def test_the_test_role_is_no_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
