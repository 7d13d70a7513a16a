"""Two workers at one job, and a worker that is killed: every row is written once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from apps.accounts.actor import Actor
from apps.common import clock
from apps.jobs import services
from apps.jobs.models import Job
from apps.products.models import Category
from tests import builders
from tests.jobs import sheets
from tests.threads import run_in_threads

ROOT = Path(__file__).parents[2]
WORKER = """
import sys, time
import django
django.setup()
from django.db import connections
connections.settings["default"].update({given!r})
from apps.jobs.services import reading, running
from tests.jobs import sheets
reading.PAGE = 10
noted = running._note
def slow(*given):
    noted(*given)
    time.sleep(0.3)
running._note = slow
with sheets.registered():
    print("ready", flush=True)
    running.run_due()
"""


@pytest.fixture
def actor(committed_db: str) -> Iterator[Actor]:
    with sheets.registered():
        yield builders.staff_actor("merchandiser", "head_office_admin")


def queued(actor: Actor, rows: int) -> Job:
    job = sheets.checked(actor, sheets.csv_of([(f"K{n}", "x") for n in range(rows)]))
    services.start(actor, job, policy="reject_rows")
    return job


def test_two_workers_apply_a_job_once(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.jobs.services.reading.PAGE", 10)
    job = queued(actor, 60)
    found = run_in_threads([services.run_due] * 4)
    assert sorted(found) == [0, 0, 0, 1]
    job.refresh_from_db()
    assert (job.status, job.code, job.counts) == ("done", "", {"new": 60})
    assert sum(sheets.CALLS) == Category.objects.count() == 60


def test_a_worker_that_lost_its_lease_writes_nothing(actor: Actor) -> None:
    job = queued(actor, 5)
    first = services.claim()
    second = services.claim(clock.now() + timedelta(minutes=10))
    assert first is not None
    assert second is not None
    assert first.pk == second.pk == job.pk
    services.run(first, until=time.monotonic() + 60)
    assert Category.objects.count() == 0
    job.refresh_from_db()
    assert (job.status, job.lease) == ("running", second.lease)
    services.run(second, until=time.monotonic() + 60)
    assert Category.objects.count() == 5


def test_a_killed_worker_is_taken_over_where_it_was(actor: Actor) -> None:
    job = queued(actor, 100)
    options = {"NAME": connection.settings_dict["NAME"]} | {
        name: connection.settings_dict[name] for name in ("USER", "PASSWORD", "HOST", "PORT")
    }
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER.format(given=options)], cwd=ROOT, env=environment
    )
    try:
        _wait_for_rows(20)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    job.refresh_from_db()
    written = Category.objects.count()
    assert job.status == "running"
    assert 20 <= job.done < 100
    assert services.run_due() == 0  # its lease still holds
    Job.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert services.run_due() == 1
    job.refresh_from_db()
    assert (job.status, job.done, job.counts) == ("done", 100, {"new": 100})
    assert Category.objects.count() == 100
    assert sum(sheets.CALLS) <= 100 - job.done + 100 - min(written, 20)


def _wait_for_rows(rows: int) -> None:
    for _attempt in range(300):
        if Category.objects.count() >= rows:
            return
        time.sleep(0.1)
    raise AssertionError(f"no {rows} rows in {settings.DATABASES['default']['NAME']}")
