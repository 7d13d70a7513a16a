"""Failures of the machine, not of the program, in one line for the person at the terminal."""

import errno

import psycopg


def one_line(error: BaseException | None) -> str | None:
    """What to say of a full disk or a lost database; None for everything that deserves a traceback."""
    while error is not None:
        text = str(error)
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        if full or isinstance(error, psycopg.errors.DiskFull) or "No space left on device" in text:
            return (
                "The disk is full; make room and start again, nothing that was confirmed is lost."
            )
        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
            return f"No connection to the database: {text.splitlines()[0] if text else error!r}"
        error = error.__cause__ or error.__context__
    return None
