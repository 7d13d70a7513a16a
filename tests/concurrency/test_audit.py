"""Writers of the audit trail and the sweep that seals behind them."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from django.db import connection, transaction

from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, AuditSeal
from apps.accounts.services import sealing
from tests.accounts.chain import seal_everything, sealed_ids, write
from tests.threads import run_in_threads

WRITERS = 8
TRANSACTIONS = 30
SEALERS = 2
SEALS_AMONG = 3
PATIENCE_SECONDS = 60


def writer(number: int, finished: threading.Semaphore) -> Callable[[], int]:
    """Short and long transactions of one to four lines; some are rolled back.

    A wait of a twentieth of a second for any lock would raise. Goes on until the sweep has sealed
    behind it, which waits for every older transaction of the server, those of other tests too.
    """
    dice = random.Random(number)  # noqa: S311 - which writer does what

    def run() -> int:
        kept = 0
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            for turn in turns():
                lines, undone = dice.randint(1, 4), dice.random() < 0.2
                with transaction.atomic():
                    for line in range(lines):
                        write(f"{number}-{turn}-{line}")
                        if dice.random() < 0.3:
                            time.sleep(dice.random() * 0.02)
                    transaction.set_rollback(undone)
                kept += 0 if undone else lines
            return kept
        finally:
            finished.release()

    return run


def turns() -> Iterator[int]:
    patience = time.monotonic() + PATIENCE_SECONDS
    for turn in count():
        if turn >= TRANSACTIONS:
            if AuditSeal.objects.count() > SEALS_AMONG or time.monotonic() > patience:
                return
            time.sleep(0.05)
        yield turn


def sealer(finished: threading.Semaphore) -> Callable[[], int]:
    def run() -> int:
        sealed = 0
        while finished._value < WRITERS:
            sealed += accounts.seal_audit()
            time.sleep(0.002)
        return sealed

    return run


@pytest.mark.parametrize("at_once", [50_000, 3])
def test_every_line_is_sealed_once_while_writers_go_on(
    committed_db: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LINES_AT_ONCE", at_once)
    finished = threading.Semaphore(0)
    writers = [writer(number, finished) for number in range(WRITERS)]

    results = run_in_threads([*writers, *[sealer(finished)] * SEALERS])

    assert [result for result in results if isinstance(result, Exception)] == []
    written = sum(results[:WRITERS])
    assert written == AuditLine.objects.count()
    assert AuditSeal.objects.count() > SEALS_AMONG  # the sweep was at work among them
    seal_everything()
    assert sealed_ids() == sorted(AuditLine.objects.values_list("id", flat=True))
    numbers = list(AuditSeal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_writer_does_not_wait_for_a_seal_in_the_making(committed_db: str) -> None:
    write("A")

    def hurried() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        write("B")

    seal_everything()
    write("C")
    with transaction.atomic():
        with connection.cursor() as cursor:  # sealing has taken its locks and does not let go
            cursor.execute(sealing.ALONE)
            cursor.execute(
                "INSERT INTO accounts_auditseal SELECT 2, '{}', 0, upto_transaction, 0, 0, cluster,"
                " hash, 'x', now() FROM accounts_auditseal"
            )
        assert run_in_threads([hurried]) == [None]
        transaction.set_rollback(True)
    assert AuditLine.objects.count() == 3
