"""``manage.py checkall``: every check but the tests, the fastest first; needs no database.

``--write`` brings the files up to date that are derived from others.
"""

import base64
import difflib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
LOCK = "requirements.lock"
SCHEMA = "openapi.yaml"
# Nothing listens there: a check that asks the database fails instead of using somebody's.
NOWHERE = {
    "DATABASE_URL": "postgres://checkall:nothing-listens-here@127.0.0.1:1/none",
    "BROKER_URL": "redis://127.0.0.1:1/0",
}


@dataclass(frozen=True, slots=True)
class Check:
    """A command that is silent and exits with 0 when all is well."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Derived:
    """A committed file that a command derives from others; it must be what the command says."""

    name: str
    file: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def _production() -> dict[str, str]:
    """The environment of a deployment whose operator did everything right."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    generated = ("SECRET_KEY", "BLIND_INDEX_KEY", "SANDBOX_PAYMENT_SECRET")
    return {
        "DEBUG": "0",
        "ALLOWED_HOSTS": "quanyu.example.com",
        "IDENTITY_KEYS": f"k1:{key}",
        **{name: secrets.token_urlsafe(48) for name in generated},
        **NOWHERE,
    }


def _tool(name: str) -> str:
    return str(BIN / name)


def _uv() -> str:
    return os.environ.get("UV") or shutil.which("uv") or "uv"


def checks() -> list[Check | Derived]:
    """All of them, the fastest first."""
    export = "export --quiet --no-header --no-annotate --no-dev --no-group demo"
    return [
        Check("ruff check", (_tool("ruff"), "check", "--quiet")),
        Check("ruff format", (_tool("ruff"), "format", "--check", "--quiet")),
        Derived(LOCK, LOCK, (_uv(), *export.split(), "--format", "requirements-txt")),
        Check("deptry", (_tool("deptry"), ".")),
        Check("import-linter", (_tool("lint-imports"),)),
        Check("djlint", (_tool("djlint"), "--lint", "--quiet", "templates", "apps")),
        Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), NOWHERE),
        Check(
            "check --deploy",
            (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
            _production(),
        ),
        Derived(SCHEMA, SCHEMA, (*MANAGE, "spectacular", "--validate", "--fail-on-warn"), NOWHERE),
        Check("mypy", (_tool("mypy"), "apps", "config")),
    ]


class Command(BaseCommand):
    help = "Run every check but the tests."
    requires_system_checks: list[str] = []  # one of the checks runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help=f"Write {LOCK} and {SCHEMA} instead of comparing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        judge = _write if options["write"] else _judge
        chosen = [check for check in checks() if isinstance(check, Derived) or judge is _judge]
        failed = [check.name for check in chosen if not self._passes(check, judge)]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")

    def _passes(self, check: Check | Derived, judge: Callable[[Check | Derived], str]) -> bool:
        started = time.monotonic()
        complaint = judge(check)
        seconds = time.monotonic() - started
        self.stdout.write(f"{'FAILED' if complaint else 'ok':<7}{check.name:<20}{seconds:6.1f} s")
        if complaint:
            self.stdout.write(complaint)
        self.stdout.flush()
        return not complaint


def _run(check: Check | Derived) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as var:  # the production check must not find local secrets
        return subprocess.run(  # noqa: S603 - our own constant commands
            check.command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "QUANYU_VAR": var, **check.environment},
            capture_output=True,
            text=True,
            check=False,
        )


def _judge(check: Check | Derived) -> str:
    """What is wrong, empty if nothing is."""
    try:
        done = _run(check)
    except OSError as error:
        return str(error)
    if done.returncode != 0:
        return done.stdout + done.stderr or f"exit code {done.returncode}"
    return _difference(check, done.stdout) if isinstance(check, Derived) else ""


def _difference(check: Derived, derived: str) -> str:
    path = Path(settings.BASE_DIR, check.file)
    committed = path.read_text() if path.exists() else ""
    lines = difflib.unified_diff(
        committed.splitlines(), derived.splitlines(), check.file, "derived now", n=1, lineterm=""
    )
    return (
        "\n".join([*lines, "manage.py checkall --write renews it."]) if committed != derived else ""
    )


def _write(check: Check | Derived) -> str:
    done = _run(check)
    if done.returncode != 0 or not isinstance(check, Derived):
        return done.stdout + done.stderr
    Path(settings.BASE_DIR, check.file).write_text(done.stdout)
    return ""
