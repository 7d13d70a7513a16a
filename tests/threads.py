"""Real concurrency for race tests; use it with the ``committed_db`` fixture."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, connections

START_TOGETHER_SECONDS = 30


def run_in_threads(functions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at the same moment, one thread each; results or exceptions, in the order given."""
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()  # so that only the work itself races
            barrier.wait(START_TOGETHER_SECONDS)
            return function()
        except Exception as error:  # noqa: BLE001 - the test judges what was raised
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(functions)) as pool:
        return list(pool.map(run, functions))
