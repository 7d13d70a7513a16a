"""Load the last weeks of the source: the brand once, then batch by batch what is missing."""

import contextlib
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, NoReturn

import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from tqdm import tqdm

from apps.accounts.actor import Actor, system_actor
from apps.common import clock, sql
from apps.common.errors import Conflict
from apps.demo import batches, brand, logins, mapping, source, state
from apps.demo.models import DemoLoad
from apps.flows.import_orders import ImportBatch, import_orders
from apps.insights import services as insights
from apps.orders.models import Order

LOCK = mapping.digest("load_demo") - 2**63
"""The advisory lock of a load; a signed 64-bit number."""
SPARSE_SECONDS = 5.0
TABLES = (
    "orders_order, orders_orderline, orders_lineadjustment, orders_orderevent, payments_payment, "
    "payments_tender, payments_paymentevent, loyalty_pointsentry, loyalty_pointslot, "
    "inventory_movement, inventory_stock, products_sku, products_product, products_price, "
    "products_barcode, members_member, members_identity"
)


class LoadRunning(Conflict):
    code = "demo_load_running"
    message = _("Another load_demo is running on this database; this one changed nothing.")


@dataclass(slots=True)
class Outcome:
    """What one load did. ``rejected`` is source key → reason of orders that were refused."""

    load: DemoLoad
    lines: pa.Table
    created: int = 0
    created_lines: int = 0
    rejected: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def lines_per_second(self) -> float:
        return self.created_lines / self.seconds if self.seconds else 0.0


def load(weeks: int, *, progress: IO[str]) -> Outcome:
    """Have the brand and the last ``weeks`` weeks of its sales here. Raises LoadRunning."""
    actor = system_actor("load_demo")
    with _alone():
        demo = DemoLoad.objects.filter(source=mapping.SOURCE).first()
        if demo is None:
            demo = brand.build(actor, time_zone=settings.TIME_ZONE)
        logins.create(actor)
        first = mapping.first_week_of(weeks)
        outcome = Outcome(demo, source.read_transactions(first))
        _import_missing(actor, outcome, first, progress)
        insights.refresh(now=clock.now())
        state.finish(demo, weeks)
    return outcome


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that only one load can have; the database frees it when we are gone."""
    if not sql.rows("SELECT pg_try_advisory_lock(%(key)s)", {"key": LOCK})[0][0]:
        raise LoadRunning
    try:
        yield
    finally:
        if connection.is_usable():
            sql.rows("SELECT pg_advisory_unlock(%(key)s)", {"key": LOCK})


def _import_missing(actor: Actor, outcome: Outcome, first: int, progress: IO[str]) -> None:
    known = set(Order.objects.filter(source=mapping.SOURCE).values_list("source_key", flat=True))
    started = time.monotonic()
    with _bar(source.kept(outcome.lines).num_rows, progress) as bar:
        for batch in _ahead(_batches(outcome, first)):
            if known.issuperset(order.source_key for order in batch.orders):
                bar.initial += len(batch.lines)  # not counted in the rows/s
            else:
                result = import_orders(actor, batch)
                outcome.created += result.created
                outcome.created_lines += len(batch.lines)
                outcome.rejected |= result.rejected
            bar.update(len(batch.lines))
    if outcome.created:
        sql.rows(f"ANALYZE {TABLES}", {})
    outcome.seconds = time.monotonic() - started


def _batches(outcome: Outcome, first: int) -> Iterator[ImportBatch]:
    calendar = batches.Calendar(outcome.load.shift_weeks, settings.TIME_ZONE)
    for week in range(first, mapping.WEEKS + 1):
        yield from batches.of_week(outcome.lines, week, calendar)


def _ahead(found: Iterator[ImportBatch]) -> Iterator[ImportBatch]:
    """The same batches; the next one is prepared while the database writes the last."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(next, found, None)
        while (batch := coming.result()) is not None:
            coming = worker.submit(next, found, None)
            yield batch


def _bar(lines: int, progress: IO[str]) -> "tqdm[NoReturn]":
    """Rows/s and time left: a bar on a terminal, else a line every few seconds."""
    at_terminal = progress.isatty()
    return tqdm(
        total=lines,
        unit=" rows",
        smoothing=0,
        desc="load_demo",
        file=progress,
        mininterval=0.1 if at_terminal else SPARSE_SECONDS,
        dynamic_ncols=at_terminal,
        ascii=not at_terminal,
        bar_format=None
        if at_terminal
        else "{desc}: {n_fmt}/{total_fmt} rows, {rate_fmt}, {remaining} left\n",
    )


def peak_memory_mb() -> float:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
