"""The search box at a million members, 6,000 stores, a million orders and 100,000 SKUs.

    uv run python -m benchmarks.office_search [--members 1000000] [--orders 1000000] [--rounds 15]

Prints for each kind of text and person the statements, and the median and slowest milliseconds of
the whole answer: sign-in, every finder, and the page.
"""

import argparse
import os
import subprocess
import sys

from benchmarks import stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with stage.database():
        subprocess.run(
            [sys.executable, "-m", "benchmarks.seed_orders", str(options.orders)],
            cwd=stage.ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        command = [
            sys.executable, "-m", "benchmarks.office_searches",
            str(options.members), str(options.rounds),
        ]  # fmt: skip
        subprocess.run(command, cwd=stage.ROOT, check=True)


if __name__ == "__main__":
    main()
