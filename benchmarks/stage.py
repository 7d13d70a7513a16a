"""A stage for benchmarks: a durable embedded PostgreSQL of its own, seeded, with the real web server."""

import base64
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from apps.common.runtime import home, throwaway
from apps.common.runtime.postgres import SETTINGS, Postgres, free_port

ROOT = Path(__file__).resolve().parent.parent
# As in production: with DEBUG=1 Django does more work for every statement and template.
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "IDENTITY_KEYS": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "BLIND_INDEX_KEY": secrets.token_urlsafe(48),
    "SANDBOX_PAYMENT_SECRET": secrets.token_urlsafe(48),
    "SECURE_SSL_REDIRECT": "0",
    "REQUIRE_SECOND_FACTOR": "",  # the tills here are people without a phone
    "BROKER_URL": "redis://127.0.0.1:1/0",  # nothing here sends a message
}


@dataclass(frozen=True)
class Web:
    """The running server and the processes whose CPU counts as Python's."""

    port: int
    master: psutil.Process

    def cpu_seconds(self) -> float:
        """User and system time of master and workers so far."""
        processes = [self.master, *self.master.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in processes)


@contextlib.contextmanager
def database() -> Iterator[Postgres]:
    """A fresh migrated database with fsync and synchronous_commit on; ``DATABASE_URL`` is set."""
    with throwaway.folder() as folder:
        folder.chmod(0o711)
        postgres = Postgres(
            home=home.find(folder, outside=(folder, *home.OUTSIDE)),
            log=folder / "postgres.log",
            superuser_password="benchmark",  # noqa: S106 - lives as long as the run
            role_password="benchmark",  # noqa: S106
            settings=SETTINGS,
            at_parents_end=signal.SIGQUIT,
        )
        postgres.create()
        postgres.start()
        try:
            postgres.bootstrap(role_rights="CREATEDB")
            os.environ["QUANYU_VAR"] = str(folder / "var")
            os.environ["DATABASE_URL"] = postgres.url
            os.environ |= PRODUCTION
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
            yield postgres
        finally:
            postgres.stop()


@contextlib.contextmanager
def web() -> Iterator[Web]:
    """gunicorn as ``manage.py up`` runs it: 2 workers of 8 threads."""
    port = free_port()
    environment = os.environ | {"WEB_BIND": f"127.0.0.1:{port}", "LOG_LEVEL": "WARNING"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "config/gunicorn.py",
        "config.wsgi:application",
    ]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            yield Web(port, psutil.Process(process.pid))
        finally:
            process.terminate()


def pgbench(
    postgres: Postgres, script: Path, *, clients: int, seconds: int, **values: object
) -> float:
    """Transactions per second of ``script`` at ``clients`` connections, prepared."""
    program = postgres.home.program("pgbench")
    settings = [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
    command = [
        program, "-n", "-M", "prepared", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "quanyu",
        "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(script), *settings, "quanyu",
    ]  # fmt: skip
    environment = os.environ | {"PGPASSWORD": postgres.role_password}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def _wait(url: str) -> None:
    for _attempt in range(200):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310
            return
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")
