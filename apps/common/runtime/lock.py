"""Who runs the servers of a ``var/``: exactly one process, known by a file lock.

The lock goes away with its holder, however that ends, and no child inherits it. So a lock that is
free while servers still run means orphans.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from apps.common.runtime.local import Refused

LOCK_FILE = "lock"
GUESTS_FILE = "guests.lock"


class VarLock:
    """The right to start and stop servers in ``var``."""

    def __init__(self, var: Path) -> None:
        self.path = var / LOCK_FILE
        self._file: IO[str] | None = None

    def take(self, what: str) -> bool:
        """Try to become the holder; ``what`` tells others who that is. False: somebody else is."""
        file = self.path.open("a+")  # descriptors of Python are closed in children
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{what} (pid {os.getpid()})")
        file.flush()
        self._file = file
        return True

    def holder(self) -> str:
        """Who holds the lock, for a message."""
        with contextlib.suppress(OSError):
            return self.path.read_text() or "another command"
        return "another command"

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


@contextlib.contextmanager
def guest(var: Path, *, wait: float) -> Iterator[None]:
    """Use servers that somebody else started; a command that started them waits for its guests.

    Raises Refused when the holder does not let us in within ``wait`` seconds.
    """
    with (var / GUESTS_FILE).open("a") as file:
        _flock(file, fcntl.LOCK_SH, wait)
        yield


@contextlib.contextmanager
def no_guests(var: Path, *, wait: float) -> Iterator[None]:
    """Hold off guests, after those present have left; raises Refused after ``wait`` seconds."""
    with (var / GUESTS_FILE).open("a") as file:
        _flock(file, fcntl.LOCK_EX, wait)
        yield


def _flock(file: IO[str], kind: int, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Refused(
                    "The embedded database is being started or stopped; try again."
                ) from None
            time.sleep(0.1)
        else:
            return
