"""A PostgreSQL for one test run: quick, unsafe on power loss, and gone afterwards.

It ends with the process that started it, however that ends; a folder left by a killed run is
removed by the next one.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from apps.common.runtime import home
from apps.common.runtime.postgres import THROWAWAY_SETTINGS, Postgres

PREFIX = "quanyu-throwaway-"
ORPHAN_SECONDS = 3600  # a folder without a lock file may still be in the making


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A new temporary folder, locked for as long as this process uses it."""
    sweep()
    path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.geteuid()}-"))
    with (path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield path
        finally:
            home.remove(path)
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def server(path: Path) -> Iterator[Postgres]:
    """Run a fresh server in ``path``; the role may create databases, as a test runner does."""
    path.chmod(0o711)  # our own new folder: an unprivileged server below it must be able to enter
    postgres = Postgres(
        home=home.find(path, outside=(path, *home.OUTSIDE)),
        log=path / "postgres.log",
        superuser_password=secrets.token_urlsafe(24),
        role_password=secrets.token_urlsafe(24),
        settings=THROWAWAY_SETTINGS,
        at_parents_end=signal.SIGQUIT,
    )
    try:
        postgres.create()
        postgres.start()
        postgres.bootstrap(role_rights="CREATEDB")
        yield postgres
    finally:
        if postgres.process is not None:
            postgres.process.send_signal(signal.SIGQUIT)  # nothing here is worth a checkpoint
        postgres.stop()


def sweep() -> None:
    """Remove the folders of runs that ended without cleaning up."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.geteuid()}-*"):
        with contextlib.suppress(OSError):
            if _is_abandoned(path):
                home.remove(path)
                shutil.rmtree(path, ignore_errors=True)


def _is_abandoned(path: Path) -> bool:
    try:
        lock = (path / "lock").open("r+")
    except FileNotFoundError:
        return time.time() - path.stat().st_mtime > ORPHAN_SECONDS
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
