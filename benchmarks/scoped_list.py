"""The order list of scoped people beside the unscoped one, at 6,000 stores and a million orders.

    uv run python -m benchmarks.scoped_list [--orders 1000000] [--rounds 200]

Through HTTP, callers in turn, so that what else the machine does falls on all alike. Prints p50 and
p95 of the first page and of one far down, and p95 as a ratio to the unscoped list of the same run.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time

from benchmarks import stage

FAR = 20
"""Pages of 50 to turn before the far page."""


def get(connection: http.client.HTTPConnection, path: str, token: str) -> tuple[float, dict]:
    """Seconds, and the decoded answer."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(body[:200])
    return took, json.loads(body)


def far_page(connection: http.client.HTTPConnection, people: list[str]) -> str:
    """The address of a page far down; cursors belong to a caller, so this person asks for it again."""
    path = "/api/v1/orders"
    for _turn in range(FAR):
        _took, page = get(connection, path, people[0])
        if page["next"] is None:
            break
        path = page["next"].removeprefix(f"http://127.0.0.1:{connection.port}")
        path = path[path.index("/api/") :]
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with stage.database():
        seeded = subprocess.run(
            [sys.executable, "-m", "benchmarks.seed_orders", str(options.orders)],
            cwd=stage.ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        callers: dict[str, list[str]] = json.loads(seeded.stdout)
        with stage.web() as web:
            connection = http.client.HTTPConnection("127.0.0.1", web.port)
            measure(connection, callers, options.rounds)


def measure(
    connection: http.client.HTTPConnection, callers: dict[str, list[str]], rounds: int
) -> None:
    """Print both tables."""
    far = {name: far_page(connection, people) for name, people in callers.items()}
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(-20, rounds):  # the first turns only warm
        for name, people in callers.items():
            token = people[turn % len(people)]
            first, _page = get(connection, "/api/v1/orders", token)
            deep, _page = get(connection, far[name], people[0])
            if turn >= 0:
                times.setdefault((name, "first"), []).append(first)
                times.setdefault((name, "far"), []).append(deep)
            time.sleep(0.1)
    print(f"{'page':>6} {'caller':<20} {'p50':>8} {'p95':>8} {'ratio':>6}")
    for page in ("first", "far"):
        unscoped = 0.0
        for name in callers:
            cuts = statistics.quantiles(times[name, page], n=100)
            unscoped = unscoped or cuts[94]
            ratio = cuts[94] / unscoped
            print(
                f"{page:>6} {name:<20} {cuts[49] * 1000:>6.1f}ms {cuts[94] * 1000:>6.1f}ms {ratio:>6.2f}"
            )


if __name__ == "__main__":
    main()
