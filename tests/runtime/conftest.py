"""Real processes on a ``var/`` of the test's own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.common.runtime import local

MANAGE = [sys.executable, str(local.BASE_DIR / "manage.py")]
Manage = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ``var/`` that does not exist yet, for this process too."""
    monkeypatch.setattr(local, "VAR", tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def manage(var: Path) -> Iterator[Manage]:
    """Start ``manage.py`` as a stranger would, with nothing in the environment but ``var``."""
    started: list[subprocess.Popen[str]] = []
    unset = ("DATABASE_URL", "BROKER_URL", "PYTEST_CURRENT_TEST")
    env = {name: value for name, value in os.environ.items() if name not in unset}

    def start(*arguments: str, **more: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [*MANAGE, *arguments],
            env={**env, "QUANYU_VAR": str(var), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
