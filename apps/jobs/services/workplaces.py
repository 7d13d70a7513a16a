"""Folders in which plain files lie while somebody reads them, and the end of those left behind."""

import fcntl
import logging
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.jobs.services.held import LEASE

logger = logging.getLogger(__name__)
PREFIX = "quanyu-job-"


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder of one's own that is gone afterwards; see ``clear_left_behind`` for who is killed."""
    clear_left_behind()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, _held(Path(folder)):
        yield Path(folder)


def clear_left_behind() -> int:
    """Remove the folders of processes of ours that were killed, with the plain files in them; how many.

    A folder counts as left behind once it is older than a lease and nobody holds it any more: a
    living worker may be at one job for longer.
    """
    places = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    return sum(_removed(place) for place in places if _is_old_and_ours(place))


def _is_old_and_ours(place: Path) -> bool:
    try:
        found = place.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return ours and time.time() - found.st_mtime > LEASE.total_seconds()


def _removed(place: Path) -> bool:
    try:
        with _held(place):
            shutil.rmtree(place)
    except BlockingIOError:
        return False
    except OSError:  # removed by another worker meanwhile, or not removable: said, and tried again
        logger.warning("a folder left behind was not removed", exc_info=True)
        return False
    return True


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """With the lock on a folder, which ends with its process however that ends.

    Raises BlockingIOError where somebody has it, and other OSErrors.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
