"""Gives a test run its own PostgreSQL and its own ``var/``, before Django's settings are read.

Loaded by ``-p`` in pyproject.toml: a conftest would be too late, pytest-django reads the settings
first. With pytest-xdist the controlling process starts one server and its workers inherit the
address. A ``DATABASE_URL`` given from outside is used as it is.
"""

import atexit
import contextlib
import os

from apps.common.runtime import local, throwaway

_at_end = contextlib.ExitStack()


def _prepare() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = _at_end.enter_context(throwaway.folder())
    local.VAR = folder / "var"
    os.environ["QUANYU_VAR"] = str(local.VAR)  # for xdist's workers and other children
    (local.own_folder() / "static").mkdir()
    os.environ.setdefault("BROKER_URL", "memory://")
    if "DATABASE_URL" not in os.environ:
        server = _at_end.enter_context(throwaway.server(folder))
        os.environ["DATABASE_URL"] = server.url


_prepare()
atexit.register(_at_end.close)


def pytest_unconfigure() -> None:
    _at_end.close()
