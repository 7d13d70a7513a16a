"""What the database holds: to show that a refusal wrote nothing, and that the books add up."""

import contextlib
from collections.abc import Iterator
from decimal import Decimal

from django.apps import apps

from apps.common import invariants
from apps.common.invariants import Result
from apps.common.models import Bucket, SpentValue
from apps.flows.prove import INVARIANTS
from apps.inventory.models import Stock

COUNTERS = (Bucket, SpentValue)
"""An attempt is counted also, and above all, where it is refused."""


def row_counts() -> dict[str, int]:
    """Rows of every table of ours, except the counters of attempts."""
    return {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and model not in COUNTERS
    }


def stock() -> list[tuple[int, Decimal, Decimal]]:
    return list(Stock.objects.order_by("id").values_list("id", "on_hand", "reserved"))


def differences() -> dict[str, tuple[str, ...]]:
    """The lines of the proof that fail, with the rows they name; empty when the books add up."""
    found = [invariants.check(line) for line in INVARIANTS]
    return {line.code: line.samples for line in found if line.result is Result.DIFFERS}


@contextlib.contextmanager
def unchanged() -> Iterator[None]:
    """What runs inside writes no row and moves no stock, and the books add up."""
    before = row_counts(), stock()
    yield
    assert (row_counts(), stock()) == before
    assert differences() == {}
