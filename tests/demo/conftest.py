"""A small source in place of the package's files, and a fixed day for the first load."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from apps.demo import batches, loading, logins, reports, source
from apps.demo.loading import Outcome
from tests.demo import small_source

FIRST_LOAD = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The small source, cut into batches of two lines or a store."""
    folder = small_source.write(tmp_path)
    monkeypatch.setattr(source, "folder", lambda: folder)
    monkeypatch.setattr(batches, "BATCH_LINES", 2)
    monkeypatch.setattr(reports, "FOLDER", tmp_path / "reports")
    monkeypatch.setattr(logins, "KEY_FILE", tmp_path / "keys" / "pos.key")
    monkeypatch.setattr(logins, "STORE_ID", 404)
    with time_machine.travel(FIRST_LOAD, tick=False):
        yield


@pytest.fixture
def load(db: None, small: None, settings: Any) -> Callable[[int], Outcome]:
    """Loads the last so many weeks. Passwords are hashed the fast way, nine of them each time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return lambda weeks: loading.load(weeks, progress=io.StringIO())
