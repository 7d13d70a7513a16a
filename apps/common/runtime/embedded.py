"""The embedded servers of this ``var/``: start, record the address, lend them to one command."""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from apps.common.runtime import home, local, lock, processes
from apps.common.runtime.broker import Broker
from apps.common.runtime.local import Refused
from apps.common.runtime.postgres import Postgres, answers

ROOM_FIRST = (
    400 * 1024 * 1024
)  # a new cluster with its first write-ahead log, and the demo's first steps
ROOM_LATER = 100 * 1024 * 1024
GUEST_SECONDS = 60.0
# Commands that never ask the database; everything else gets one.
WITHOUT_DATABASE = frozenset(
    {
        "check", "checkall", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help",
        "makemessages", "spectacular", "startapp", "test", "up", "version",
    }
)  # fmt: skip
# What --fresh deletes; all of it is made by this package and by collectstatic.
# Keys stay: this process has read its settings already.
FRESH = ("broker", "demo", "log", "static", "run", local.DATABASE_FILE, local.BROKER_FILE)


def prepare() -> Path:
    """Make ``var/`` usable and return it. Raises Refused when it is not ours, not writable, or too small."""
    var = local.own_folder()
    needed = ROOM_LATER if (var / "postgres").exists() else ROOM_FIRST
    free = shutil.disk_usage(var).free
    if free < needed:
        raise Refused(
            f"The disk of {var} is full: {free // 2**20} MB free, {needed // 2**20} MB are needed."
        )
    for name in ("log", "run", "static"):
        (var / name).mkdir(mode=0o700, exist_ok=True)
    return var


def forget(var: Path) -> None:
    """Delete the data of ``var``. Hold the lock, with nothing running."""
    if not (var / local.MARKER).exists():
        raise Refused(f"{var} was not made by Quanyu; nothing was deleted.")
    home.remove(var)
    for name in FRESH:
        path = var / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def postgres_of(var: Path) -> Postgres:
    """The cluster of ``var``, not started."""
    return Postgres(
        home=home.find(var),
        log=var / "log" / "postgres.log",
        superuser_password=local.secret("POSTGRES_SUPERUSER", allowed=True),
        role_password=local.secret("POSTGRES_ROLE", allowed=True),
    )


def broker_of(var: Path) -> Broker:
    """The broker of ``var``, not started."""
    return Broker(
        folder=var / "broker",
        log=var / "log" / "broker.log",
        password=local.secret("BROKER", allowed=True),
    )


def start_postgres(var: Path, postgres: Postgres) -> None:
    """Start it where it listened last time, if it can, and record the address."""
    postgres.create()
    postgres.start(_port(local.database_url()))
    try:
        postgres.bootstrap()
        local.write_private(var / local.DATABASE_FILE, postgres.url)
    except BaseException:
        postgres.stop()
        raise


def start_broker(var: Path, broker: Broker) -> None:
    """Start it where it listened last time, if it can, and record the address."""
    broker.start(_port(local.broker_url()))
    local.write_private(var / local.BROKER_FILE, broker.url)


def _port(url: str) -> int:
    port = urlsplit(url).port or 0
    return port if port > 1 else 0


def needs_database(arguments: list[str]) -> bool:
    """Whether ``manage.py`` with these arguments (without the program) asks the database."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    if arguments[0] == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return arguments[0] not in WITHOUT_DATABASE


@contextlib.contextmanager
def database_for(arguments: list[str]) -> Iterator[None]:
    """Have the embedded database answer while a command runs, unless it needs none or has another.

    ``manage.py up`` or another command may have started it; else this process does, and stops it
    afterwards, when no other command uses it any more.
    """
    if os.environ.get("DATABASE_URL") or not needs_database(arguments):
        yield
        return
    var = prepare()
    held = lock.VarLock(var)
    deadline = time.monotonic() + GUEST_SECONDS
    while not held.take(f"manage.py {arguments[0]}"):
        with lock.guest(var, wait=GUEST_SECONDS):
            if _answers():
                yield
                return
        if time.monotonic() > deadline:
            raise Refused(f"The embedded database is held by {held.holder()} and does not answer.")
        time.sleep(0.2)
    with _own_server(var, held):
        yield


@contextlib.contextmanager
def _own_server(var: Path, held: lock.VarLock) -> Iterator[None]:
    postgres: Postgres | None = None
    try:
        processes.end_orphans(var)
        postgres = postgres_of(var)
        start_postgres(var, postgres)
        if postgres.process:
            processes.remember(var, {postgres.process.pid: "postgres"})
        yield
    finally:
        with contextlib.ExitStack() as leaving:
            leaving.callback(held.release)
            if postgres is not None:
                leaving.callback(postgres.stop)
                _wait_for_guests(var, leaving)


def _wait_for_guests(var: Path, leaving: contextlib.ExitStack) -> None:
    """Let other commands that use our server finish first; Ctrl-C ends the wait."""
    try:
        leaving.enter_context(lock.no_guests(var, wait=0))
    except Refused:
        sys.stderr.write(
            "Other commands still use this database; waiting for them (Ctrl-C to stop it).\n"
        )
        with contextlib.suppress(KeyboardInterrupt, Refused):
            leaving.enter_context(lock.no_guests(var, wait=86_400))


def _answers() -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        return answers(local.database_url())
    return False
