"""Folders of plain files: gone with their worker's end, and soon after a worker that was killed."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from apps.jobs import services
from apps.jobs.services import workplaces
from apps.jobs.services.held import LEASE

HELD_ELSEWHERE = """
import time
import django
django.setup()
from apps.jobs.services import workplaces
with workplaces.workplace() as folder:
    (folder / "source").write_text("13800001234")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def left(place: Path, name: str, *, age: float) -> Path:
    """What a killed worker leaves, ``age`` seconds ago."""
    folder = place / name
    folder.mkdir()
    (folder / "source.csv").write_text("13800001234")
    aged(folder, age)
    return folder


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then), follow_symlinks=False)


OLD = LEASE.total_seconds() + 60
YOUNG = LEASE.total_seconds() - 60


def test_what_a_killed_worker_left_is_removed_once_it_is_old(place: Path) -> None:
    old = left(place, "quanyu-job-old", age=OLD)
    young = left(place, "quanyu-job-young", age=YOUNG)

    assert workplaces.clear_left_behind() == 1

    assert (old.exists(), young.exists()) == (False, True)


def test_nothing_else_is_touched(place: Path) -> None:
    """Others' folders, files, and links to what is not ours to remove."""
    kept = [left(place, "pytest-job-old", age=OLD), left(place, "elsewhere", age=OLD)]
    link = place / "quanyu-job-link"
    link.symlink_to(kept[1])
    aged(link, OLD)
    file = place / "quanyu-job-file"
    file.write_text("x")
    aged(file, OLD)

    assert workplaces.clear_left_behind() == 0

    assert all((folder / "source.csv").exists() for folder in kept)
    assert link.is_symlink()
    assert file.exists()


def test_a_folder_of_another_user_is_not_ours(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = left(place, "quanyu-job-old", age=OLD)
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)

    assert workplaces.clear_left_behind() == 0

    assert (old / "source.csv").exists()


def test_a_worker_that_is_long_at_its_job_keeps_its_folder(place: Path) -> None:
    """Until it is killed; the plain file goes then, and not before."""
    command = [sys.executable, "-c", HELD_ELSEWHERE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        folder = Path(worker.stdout.readline().strip())
        try:
            assert folder.parent == place
            aged(folder, OLD)
            assert workplaces.clear_left_behind() == 0
            assert (folder / "source").exists()
        finally:
            worker.kill()

    assert (folder / "source").exists()
    assert workplaces.clear_left_behind() == 1
    assert not folder.exists()


def test_who_opens_a_workplace_has_it_alone_and_clears_what_is_left(place: Path) -> None:
    old = left(place, "quanyu-job-old", age=OLD)
    with workplaces.workplace() as folder:
        assert not old.exists()
        (folder / "source").write_text("x")
        aged(folder, OLD)
        assert workplaces.clear_left_behind() == 0
    assert not folder.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("begin", [services.run_due, services.sweep_expired])
def test_a_worker_clears_as_it_starts_and_every_hour(place: Path, begin: object) -> None:
    old = left(place, "quanyu-job-old", age=OLD)
    assert callable(begin)
    begin()
    assert not old.exists()
