"""A job reads as what it did: one that was given up, that only checked, that was stopped at work."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.common import clock
from apps.jobs.models import Job
from apps.org import rules as roles
from tests import builders
from tests.jobs.test_pages import BEFORE, CENTER, amounts, at, checked, refreshed, said, uploaded
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    builders.build_brand()
    return builders.build_staff("operator", roles.OPERATIONS)


@pytest.fixture
def client(operator: User) -> Client:
    return signed_in(operator)


MARKS = {"done": "✓", "here": "●", "stopped": "✗", "ahead": "○"}


def way(client: Client, job: Job) -> str:
    page = client.get(at(job, "change")).content.decode()
    return "".join(MARKS[state] for state in re.findall(r'<li class="qy-step-(\w+)"', page))


def test_a_job_that_was_given_up_does_not_read_as_if_it_ran(client: Client) -> None:
    for make, reached in ((uploaded, "✓✗○○○"), (checked, "✓✓✓✗○")):
        job = make(client)
        page: Any = client.post(at(job, "cancel"), follow=True)
        assert refreshed(job).status == "cancelled"
        assert "The job is cancelled." in page.content.decode()
        assert "being cancelled" not in page.content.decode()
        assert 'class="qy-tile ' not in page.content.decode()
        assert "Nothing was changed." in page.content.decode()
        assert way(client, job) == reached
    assert amounts() == BEFORE


def test_one_that_is_stopped_at_work_is_still_being_cancelled(client: Client) -> None:
    job = checked(client)
    Job.objects.filter(pk=job.pk).update(
        status="running", policy="reject_rows", lease="1" * 32, counts={"changed": 1}
    )
    page: Any = client.post(at(job, "cancel"), follow=True)
    assert "The job is being cancelled." in page.content.decode()
    assert refreshed(job).status == "running"
    Job.objects.filter(pk=job.pk).update(status="cancelled", lease=None, ended_at=clock.now())
    assert way(client, job) == "✓✓✓✓✗"
    assert "Changed 1" in said(client, at(job, "change"))
    assert "1 row was changed before, and stays so." in said(client, at(job, "change"))


@pytest.mark.parametrize(
    ("policy", "status", "written", "told"),
    [
        ("", "checked", None, "✓✓✓●○"),
        ("", "failed", None, "✓✓✓✗○"),
        ("dry_run", "done", None, "✓✓✓✓✓"),
        ("reject_rows", "running", "2", "✓✓✓✓●"),
        ("reject_rows", "done", "2", "✓✓✓✓✓"),
        ("reject_all", "running", "0", "✓✓✓✓●"),
        ("reject_all", "failed", "0", "✓✓✓✓✗"),
        ("reject_all", "done", "2", "✓✓✓✓✓"),
    ],
)
def test_the_list_counts_what_was_written(
    operator: User, client: Client, policy: str, status: str, written: str | None, told: str
) -> None:
    """Nothing of a check, nothing of a dry run; and the steps say how far it came."""
    now = clock.now()
    job = Job.objects.create(
        number="J1", kind="import", subject="products.prices", owner=operator, office="admin",
        status=status, policy=policy, created_at=now, expires_at=now + timedelta(days=1),
        total=3, done=3, counts={"new": 1, "changed": 1, "error": 1}, options={"mapping": {}},
        ended_at=now if status in Job.ENDED else None,
    )  # fmt: skip
    page = client.get(CENTER).content.decode()
    cell = re.search(r"field-n_written[^>]*>(.*?)</td>", page, re.DOTALL)
    assert cell
    shown = re.sub(r"<[^>]+>|\s", "", cell[1])
    assert shown == (written or "-")
    assert way(client, job) == told
