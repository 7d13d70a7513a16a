"""Counter sales through HTTP beside the bare SQL of the same sale, in one run.

    uv run python -m benchmarks.place_order [--seconds 10] [--caller app] [--prove]

The sales come from 200 staff users, each under a token of their own, or from one application.
Prints, for 1, 8 and 32 clients: sales per second, p50/p95/p99, Python CPU per sale (all web
processes), the floor (pgbench, the same statements, prepared) and the ratio to it.
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import stage

FLOOR = Path(__file__).with_name("floor.sql")
CLIENTS = (1, 8, 32)


@dataclass
class Tally:
    """What one client saw: latencies in seconds of the 201s, and everything else."""

    latencies: list[float] = field(default_factory=list)
    failures: list[bytes] = field(default_factory=list)


def request_of(facts: dict[str, Any], dice: random.Random, key: str) -> bytes:
    """One sale of three lines, ¥6.00, as raw HTTP/1.1."""
    third = facts["skus"] // 3
    skus = [
        dice.randint(1, third),
        dice.randint(third + 1, 2 * third),
        dice.randint(2 * third + 1, 3 * third),
    ]
    body = json.dumps(
        {
            "store": f"B{dice.randint(1, facts['stores'])}",
            "channel": "pos",
            "member": dice.choice(facts["members"]),
            "lines": [
                {"sku": f"K{sku}", "quantity": str(n)} for n, sku in enumerate(skus, start=1)
            ],
            "shown_total": 600,
            "tenders": [{"kind": "cash", "amount": 600}],
        }
    ).encode()
    head = (
        "POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {dice.choice(facts['tokens'])}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def read_response(connection: socket.socket) -> tuple[bytes, bytes, bool]:
    """Status line, body, and whether the server keeps the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _received(connection)
    head, _gap, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += _received(connection)
    return head.split(b"\r\n", 1)[0], body, b"connection: close" not in head.lower()


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("closed by the server")
    return data


def drive(port: int, facts: dict[str, Any], seed: int, until: float, tally: Tally) -> None:
    """One client: sale after sale on a kept connection until the time is up."""
    dice = random.Random(seed)
    connection: socket.socket | None = None
    sales = 0
    while time.perf_counter() < until:
        if connection is None:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sales += 1
        request = request_of(facts, dice, f"{seed}-{sales}-{time.time_ns()}")
        began = time.perf_counter()
        connection.sendall(request)
        status, body, kept = read_response(connection)
        if b" 201 " in status:
            tally.latencies.append(time.perf_counter() - began)
        else:
            tally.failures.append(status + b" " + body[:200])
        if not kept:
            connection.close()
            connection = None


def run(web: stage.Web, facts: dict[str, Any], clients: int, seconds: float) -> dict[str, float]:
    """Sales per second, latencies in ms, Python CPU ms per sale."""
    tallies = [Tally() for _ in range(clients)]
    cpu, began = web.cpu_seconds(), time.perf_counter()
    threads = [
        threading.Thread(target=drive, args=(web.port, facts, n, began + seconds, tally))
        for n, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, spent = time.perf_counter() - began, web.cpu_seconds() - cpu
    failures = [failure for tally in tallies for failure in tally.failures]
    if failures:
        raise RuntimeError(f"{len(failures)} sales failed, the first: {failures[0]!r}")
    latencies = sorted(latency for tally in tallies for latency in tally.latencies)
    cuts = statistics.quantiles(latencies, n=100)
    return {
        "rate": len(latencies) / took,
        "p50": cuts[49] * 1000,
        "p95": cuts[94] * 1000,
        "p99": cuts[98] * 1000,
        "cpu": spent / len(latencies) * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--caller", choices=("staff", "app"), default="staff")
    parser.add_argument("--prove", action="store_true", help="recompute every balance at the end")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with stage.database() as postgres:
        seeded = subprocess.run(
            [sys.executable, "-m", "benchmarks.seed_sales"],
            cwd=stage.ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        facts = json.loads(seeded.stdout)
        facts["tokens"] = facts["tokens"][options.caller]
        values = {
            name: facts[name] for name in ("stores", "skus", "first_member", "tills", "first_token")
        }
        values["members"] = len(facts["members"])
        with stage.web() as web:
            run(web, facts, 8, 3)  # warm: every thread's connection has its plans
            print(
                f"{'clients':>7} {'sales/s':>8} {'p50':>7} {'p95':>7} {'p99':>7} {'CPU/sale':>9} {'floor':>8} {'ratio':>6}"
            )
            for clients in CLIENTS:
                ours = run(web, facts, clients, options.seconds)
                floor = stage.pgbench(
                    postgres, FLOOR, clients=clients, seconds=options.seconds, **values
                )
                print(
                    f"{clients:>7} {ours['rate']:>8.0f} {ours['p50']:>5.1f}ms {ours['p95']:>5.1f}ms "
                    f"{ours['p99']:>5.1f}ms {ours['cpu']:>7.2f}ms {floor:>6.0f}/s {ours['rate'] / floor:>6.2f}"
                )
        if options.prove:
            subprocess.run([sys.executable, "manage.py", "prove"], cwd=stage.ROOT, check=True)


if __name__ == "__main__":
    main()
