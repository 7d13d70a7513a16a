"""``manage.py up`` with real processes: start, refusals, kill -9, restart, Ctrl-C."""

import contextlib
import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from apps.common.runtime import postgres
from tests.runtime.conftest import Manage

READY = "Ctrl-C stops everything."


class Up:
    """One ``up`` in the making, running, or ended."""

    def __init__(self, manage: Manage, port: int, *options: str) -> None:
        self.port = port
        self.lines: list[str] = []
        self.process = manage("up", "--no-demo", f"--port={port}", *options)

    def wait_for(self, text: str) -> str:
        """Read its output up to the line with ``text``."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError("".join(self.lines) + self.process.communicate()[1])

    def family(self) -> list[psutil.Process]:
        """The supervisor and all that it runs."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def child(self, *words: str) -> psutil.Process:
        return next(
            p
            for p in psutil.Process(self.process.pid).children()
            if all(w in " ".join(p.cmdline()) for w in words)
        )

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def eventually(check: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def names(var: Path) -> list[str]:
    with psycopg.connect((var / "database.url").read_text()) as connection:
        rows = connection.execute(
            "SELECT name FROM common_heartbeat WHERE name <> 'beat'"
        ).fetchall()
    return [row[0] for row in rows]


def write(var: Path, name: str) -> None:
    with psycopg.connect((var / "database.url").read_text()) as connection:
        connection.execute("INSERT INTO common_heartbeat (name, at) VALUES (%s, now())", [name])


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def refusal(process: "subprocess.Popen[str]") -> str:
    """What a start that must fail says: one line, and a code that is not 0."""
    _, said = process.communicate(timeout=60)
    assert process.returncode
    assert len(said.strip().splitlines()) == 1, said
    return said


def test_a_platform_runs_refuses_a_second_start_and_loses_nothing_when_killed(
    manage: Manage, var: Path
) -> None:
    up = Up(manage, postgres.free_port())
    up.wait_for(READY)
    check_answers(up)
    check_refusals(up, manage, var)
    write(var, "kept")
    kill(up.family())

    again = Up(manage, up.port)
    again.wait_for(READY)
    assert names(var) == ["kept"]
    kill([again.child(word) for word in ("postgres", "valkey-server", "gunicorn")])
    again.wait_for("web ended")
    assert eventually(lambda: is_ready(again))
    assert names(var) == ["kept"]
    family = again.family()
    again.process.kill()  # the supervisor alone: all others go with it
    assert eventually(lambda: all(is_gone(process) for process in family))

    fresh = Up(manage, up.port, "--fresh")
    fresh.wait_for(READY)
    assert names(var) == []
    family = fresh.family()
    fresh.process.send_signal(signal.SIGINT)
    assert fresh.process.wait(60) == 0
    assert eventually(lambda: all(is_gone(process) for process in family))


def check_answers(up: Up) -> None:
    assert up.get("/healthz")[0] == 200
    status, body = up.get("/readyz")
    assert status == 200, body
    assert all(part["ok"] for part in json.loads(body)["parts"].values())


def check_refusals(up: Up, manage: Manage, var: Path) -> None:
    second = manage("up", "--no-demo", f"--port={postgres.free_port()}")
    elsewhere = manage("up", "--no-demo", f"--port={up.port}", QUANYU_VAR=str(var.parent / "other"))
    beside = manage("migrate", "--check")  # another command uses the running server
    assert f"pid {up.process.pid}" in refusal(second)
    assert f"Port {up.port} is in use" in refusal(elsewhere)
    assert beside.wait(60) == 0


def kill(victims: list[psutil.Process]) -> None:
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):  # it went with its parent
            process.kill()
    assert eventually(lambda: all(is_gone(process) for process in victims))


def is_ready(up: Up) -> bool:
    try:
        return up.get("/readyz")[0] == 200
    except OSError:
        return False


def test_a_folder_with_other_files_is_left_alone(manage: Manage, var: Path) -> None:
    var.mkdir()
    (var / "thesis.txt").write_text("precious")
    assert "not Quanyu's" in refusal(manage("up", "--no-demo", "--fresh"))
    assert [path.name for path in var.iterdir()] == ["thesis.txt"]
