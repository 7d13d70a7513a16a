"""Start processes that die with this one, end them in good order, and find what was left behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

from apps.common.runtime import local

LAUNCHER = Path(__file__).with_name("launch.py")
RECORD_FILE = "processes.json"
SAME_START = 2.0  # seconds by which the system's word on one process's start time may differ


def launched(
    command: Sequence[str],
    *,
    identity: str = "same",
    at_parents_end: signal.Signals = signal.SIGTERM,
) -> list[str]:
    """``command`` with launch.py before it: it gets ``at_parents_end`` when this process ends."""
    head = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(at_parents_end))]
    return [*head, identity, "--", *command]


def start(
    command: Sequence[str], *, output: IO[bytes], env: Mapping[str, str], cwd: Path
) -> subprocess.Popen[bytes]:
    """Start a ``launched`` command with both outputs in ``output`` and nothing to read."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=cwd
    )


def end(process: subprocess.Popen[bytes], *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, waiting its seconds for the process to end; at last SIGKILL."""
    for number, seconds in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
    process.kill()
    process.wait()


def remember(var: Path, names: Mapping[int, str]) -> None:
    """Record which processes (pid to name) run from ``var``, with their start times."""
    rows = []
    for pid, name in names.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            rows.append({"name": name, "pid": pid, "started": psutil.Process(pid).create_time()})
    local.write_private(var / RECORD_FILE, json.dumps(rows))


def orphans(var: Path) -> list[tuple[str, psutil.Process]]:
    """Recorded processes that still run. A pid counts only with the start time it was recorded with."""
    try:
        rows = json.loads((var / RECORD_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return []
    found = []
    for row in rows:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(row["pid"])
            same = abs(process.create_time() - row["started"]) < SAME_START
            if same and process.status() != psutil.STATUS_ZOMBIE:
                found.append((row["name"], process))
    return found


def end_all_in(folder: Path) -> None:
    """End PostgreSQL's processes whose working directory is ``folder``, without their clean stop."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder):
                process.send_signal(signal.SIGQUIT)
                found.append(process)
    _, alive = psutil.wait_procs(found, timeout=10)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def end_orphans(var: Path) -> list[str]:
    """End what an earlier start left running in ``var`` and return the names. Hold the lock first."""
    left = orphans(var)
    for name, process in left:
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    _, alive = psutil.wait_procs([process for _, process in left], timeout=10)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    (var / RECORD_FILE).unlink(missing_ok=True)
    return [name for name, _ in left]
