"""Audit lines and their seals, for tests. They need ``committed_db``."""

import time

from django.db import connection

from apps.accounts import services as accounts
from apps.accounts.actor import system_actor
from apps.accounts.models import AuditSeal

SYSTEM = system_actor("tests")
SECONDS = 60


def write(key: str, reason: str = "") -> None:
    accounts.record(SYSTEM, "a.b", target=("thing", key), reason=reason)


def sealed_ids() -> list[int]:
    return sorted(i for ids in AuditSeal.objects.values_list("line_ids", flat=True) for i in ids)


def wait_until_finished() -> None:
    """A transaction of another test on the same server may keep lines back for a moment."""
    end = time.monotonic() + SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(transaction_id) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
                " FROM accounts_auditline"
            )
            if cursor.fetchone() != (False,):
                return
        assert time.monotonic() < end, "some transaction does not end"
        time.sleep(0.05)


def seal_everything() -> int:
    """Seal all lines; how many were sealed."""
    wait_until_finished()
    return accounts.seal_audit()
