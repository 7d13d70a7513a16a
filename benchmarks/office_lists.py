"""Lists of the head office at a million rows each: first page, a deep one, filtered, sorted.

    uv run python -m benchmarks.office_lists [--rows 1000000] [--rounds 20] [--depth 200]

Whole pages as a browser gets them, through the web stack of one process. Prints statements, the
median and the slowest milliseconds; a list that takes more than 300 ms is marked.
"""

import argparse
import os
import subprocess
import sys

from benchmarks import stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--depth", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with stage.database():
        subprocess.run(
            [sys.executable, "-m", "benchmarks.seed_orders", str(options.rows)],
            cwd=stage.ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        numbers = [str(one) for one in (options.rows, options.rounds, options.depth)]
        command = [sys.executable, "-m", "benchmarks.list_pages", *numbers]
        subprocess.run(command, cwd=stage.ROOT, check=True)


if __name__ == "__main__":
    main()
