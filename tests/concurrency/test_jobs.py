"""Two workers at one job, and a worker that is killed: every row is written once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from apps.accounts.actor import Actor
from apps.common import clock, sql
from apps.flows.place_order import place_order
from apps.jobs import services
from apps.jobs.models import Job, JobFile
from apps.jobs.rules import Asked
from apps.jobs.services import export_run
from apps.orders.models import Order
from apps.products import changes
from apps.products.models import Category, Sku
from apps.products.services import selling
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


@pytest.fixture
def shop(committed_db: str) -> builders.Brand:
    return builders.build_brand()


def test_a_page_that_meets_a_deadlock_is_tried_again(
    shop: builders.Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds a row that the page wants and waits for one that it has: one of them is given
    up by the database, and the job is done all the same."""
    actor = builders.staff_actor("operations", "operations")
    job = services.create_change(
        actor, subject="products.take_off_sale", office="admin", query="", chosen=None,
        options={"reason": "season"},
    )  # fmt: skip
    services.run_due()
    services.start(actor, job)
    first, second = sorted([shop.tea.pk, shop.milk.pk])
    met = threading.Barrier(2, timeout=10)
    tries: list[int] = []

    def lock_backwards(ids: Sequence[int]) -> None:
        tries.append(1)
        sql.rows("SELECT 1 FROM products_sku WHERE id = %(id)s FOR UPDATE", {"id": second})
        if len(tries) == 1:
            met.wait()
        sql.rows("SELECT 1 FROM products_sku WHERE id = %(id)s FOR UPDATE", {"id": first})

    def other() -> None:
        """It waits later than the page, whose wait is then the first to be looked at."""
        with transaction.atomic():
            sql.rows("SELECT 1 FROM products_sku WHERE id = %(id)s FOR UPDATE", {"id": first})
            met.wait()
            time.sleep(0.5)
            sql.rows("SELECT 1 FROM products_sku WHERE id = %(id)s FOR UPDATE", {"id": second})

    monkeypatch.setattr(selling, "lock_for_sale", lock_backwards)
    run_in_threads([services.run_due, other])
    job.refresh_from_db()
    assert (job.status, job.code, job.counts) == ("done", "", {"changed": 3})
    assert len(tries) == 2
    assert not Sku.objects.filter(is_active=True).exists()


def test_tills_sell_while_skus_are_held_for_a_change(shop: builders.Brand) -> None:
    """The change keeps its SKUs as they are, not the rows that point at them from being written."""
    clerk = builders.clerk_at(shop.a1)
    held, sold = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            selling.lock_for_sale([shop.tea.pk])
            held.set()
            assert sold.wait(10)

    def sell() -> None:
        assert held.wait(10)
        place_order(clerk, builders.sale_of(shop.a1, {"TEA": "1"}, 1999), builders.once(clerk))
        sold.set()

    run_in_threads([change, sell])
    assert Order.objects.get().lines.get().sku == shop.tea


def test_of_two_changes_of_the_same_skus_the_second_skips_them(shop: builders.Brand) -> None:
    actor = builders.staff_actor("operations", "operations")
    skus = list(Sku.objects.order_by("pk"))
    held, began = threading.Event(), threading.Event()
    told: list[list[str | None]] = []

    def first() -> None:
        with transaction.atomic():
            changes.apply_off_sale(actor, skus, {"reason": "season"})
            held.set()
            assert began.wait(10)
            time.sleep(0.3)

    def second() -> None:
        assert held.wait(10)
        began.set()
        with transaction.atomic():
            steps = changes.apply_off_sale(actor, skus, {"reason": "season"})
        told.append([step.skip.code if step.skip else None for step in steps])

    run_in_threads([first, second])
    assert told == [["sku_off_sale"] * len(skus)]


def test_a_killed_export_is_begun_anew_and_whole(
    shop: builders.Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = builders.staff_actor("operations", "operations")
    job = services.create_export(
        actor, subject="products.sku", office="admin", query="", asked=Asked("csv", ("code",))
    )
    monkeypatch.setattr(export_run, "PAGE", 1)
    advance, pages = export_run._advance, []

    def die(*given: Any) -> None:
        advance(*given)
        pages.append(1)
        if len(pages) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(export_run, "_advance", die)
    with pytest.raises(KeyboardInterrupt):
        services.run_due()
    job.refresh_from_db()
    assert (job.status, job.done) == ("running", 1)
    assert not JobFile.objects.exists()
    assert services.run_due() == 0  # its lease still holds
    Job.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert services.run_due() == 1
    job.refresh_from_db()
    assert (job.status, job.done, job.options["starts"]) == ("done", 3, 2)
    text = b"".join(services.open_file(actor, job, "result")).decode("utf-8-sig")
    assert text.splitlines()[1:] == ["MILK", "RICE", "TEA"]


def test_an_export_beside_sales_holds_each_row_once(
    shop: builders.Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "PAGE", 2)
    clerk = builders.clerk_at(shop.a1)
    sale = builders.sale_of(shop.a1, {"TEA": "1"}, 1999)
    for _turn in range(9):
        place_order(clerk, sale, builders.once(clerk))
    before = set(Order.objects.values_list("number", flat=True))
    actor = builders.staff_actor("operations", "operations")
    asked = Asked("csv", ("number",))
    job = services.create_export(
        actor, subject="orders.order", office="admin", query="", asked=asked
    )

    def sell() -> None:
        for _turn in range(10):
            place_order(clerk, sale, builders.once(clerk))

    run_in_threads([services.run_due, sell])
    job.refresh_from_db()
    text = b"".join(services.open_file(actor, job, "result")).decode("utf-8-sig")
    found = text.splitlines()[1:]
    assert len(found) == len(set(found)) == job.done
    assert before <= set(found)
