"""The homes at 6,000 stores and a million orders: rebuild, refresh, and what a person waits for.

    uv run python -m benchmarks.home [--orders 1000000] [--rounds 20]

Prints seconds for the roll-up of everything, of one refresh, and for each period and person the
statements, and the median and slowest milliseconds of the figures behind a home.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks import stage

MOVE = """
UPDATE orders_order SET placed_at = placed_at + %(days)s * interval '1 day',
    business_day = business_day + %(days)s::int
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with stage.database():
        subprocess.run(
            [sys.executable, "-m", "benchmarks.seed_orders", str(options.orders)],
            cwd=stage.ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.home_figures", str(options.rounds)]
        subprocess.run(command, cwd=stage.ROOT, check=True)


def report(name: str, times: list[float], statements: int) -> None:
    """One line of the table."""
    middle, most = statistics.median(times) * 1000, max(times) * 1000
    print(f"{name:<32} {statements:>3} statements {middle:>8.1f} ms {most:>8.1f} ms at most")


def timed(function: Any) -> tuple[float, Any]:
    """Seconds, and what was returned."""
    began = time.perf_counter()
    found = function()
    return time.perf_counter() - began, found


if __name__ == "__main__":
    main()
