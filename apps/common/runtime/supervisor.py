"""Keeps the processes of ``manage.py up`` running: prints what they say, restarts what dies.

Programs (web, worker, beat) run as honcho processes, each read by a thread that lives as long as
its program does; servers (PostgreSQL, broker) are direct children with a log file of their own.
"""

import contextlib
import os
import queue
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import psutil
from honcho.colour import get_colours
from honcho.printer import Message, Printer
from honcho.process import Process

from apps.common.runtime import local, processes
from apps.common.runtime.local import Refused

BACK_OFF = (0.5, 1, 2, 5, 10, 30)  # seconds before the first, second … restart in a row
STEADY_SECONDS = 60  # running so long, a process has no failures in a row any more
RECORD_SECONDS = 30
STOP_SECONDS = {"web": 30.0, "worker": 20.0, "jobs": 20.0, "beat": 10.0}


class Child(Protocol):
    """What the supervisor needs of a program or a server."""

    @property
    def pid(self) -> int | None: ...
    def start(self) -> None: ...
    def is_running(self) -> bool: ...
    def stop(self) -> None: ...


class Server:
    """PostgreSQL or the broker: an object with ``process`` and ``stop()``, and how to start it."""

    def __init__(self, server: Any, start: Callable[[], None]) -> None:
        self.server = server
        self.start = start

    @property
    def pid(self) -> int | None:
        return self.server.process.pid if self.server.process else None

    def is_running(self) -> bool:
        return self.server.process is not None and self.server.process.poll() is None

    def stop(self) -> None:
        self.server.stop()


class Program:
    """A command whose output is printed with its name before each line."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], events: "Events"
    ) -> None:
        self.name, self.env, self.events = name, dict(env), events
        self.command = command
        self.colour = events.next_colour()
        self.thread: threading.Thread | None = None
        self.pid: int | None = None

    def start(self) -> None:
        launched = processes.launched(self.command, at_parents_end=signal.SIGKILL)
        process = Process(
            "exec " + shlex.join(launched),
            name=self.name,
            colour=self.colour,
            env=self.env,
            cwd=local.BASE_DIR,
        )
        # The kernel ties the program to the thread that starts it; this one ends after the program.
        self.thread = threading.Thread(target=process.run, args=(self.events.queue,), daemon=True)
        self.pid = None
        self.thread.start()
        self.events.pump_until(lambda: self.pid is not None or not self.is_running(), seconds=10)

    def is_running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def stop(self) -> None:
        self._signal(signal.SIGTERM)
        seconds = STOP_SECONDS.get(self.name, 10.0)
        if not self.events.pump_until(lambda: not self.is_running(), seconds=seconds):
            self._signal(signal.SIGKILL)
            self.events.pump_until(lambda: not self.is_running(), seconds=5)

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None and self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number) if number == signal.SIGKILL else os.kill(
                    self.pid, number
                )


class Events:
    """What honcho's processes report: lines to print, and the pid of a program that started."""

    def __init__(self, output: Any) -> None:
        self.queue: queue.Queue[Message] = queue.Queue()
        self.printer = Printer(output, width=8)
        self.started: Callable[[str, int], None] = lambda name, pid: None
        self._colours = get_colours()

    def next_colour(self) -> str:
        return str(next(self._colours))

    def say(self, text: str) -> None:
        """Print a line of the supervisor's own."""
        self.printer.write(Message("line", text, datetime.now().astimezone(), "up", None))

    def pump(self, seconds: float) -> None:
        """Handle what comes in; returns after ``seconds`` of nothing, or a batch."""
        with contextlib.suppress(queue.Empty):
            message = self.queue.get(timeout=seconds)
            for _ in range(500):
                if message.type == "line":
                    self.printer.write(message)
                elif message.type == "start":
                    self.started(message.name, message.data["pid"])
                message = self.queue.get_nowait()

    def pump_until(self, done: Callable[[], bool], *, seconds: float) -> bool:
        """Handle events until ``done``; False when that took too long."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                return False
            self.pump(0.05)
        return True


@dataclass(slots=True)
class _Watch:
    child: Child
    failures: int = 0
    started: float = 0.0
    due: float | None = None


@dataclass
class Supervisor:
    """The children in the order they are started; they are stopped in the opposite order."""

    var: Path
    events: Events
    _watched: dict[str, _Watch] = field(default_factory=dict)
    _recorded: dict[int, str] = field(default_factory=dict)
    _record_due: float = 0.0

    def __post_init__(self) -> None:
        self.events.started = self._note_pid

    def start(self, name: str, child: Child) -> None:
        """Start ``child`` and keep it running from now on. Raises Refused when it cannot start."""
        watch = _Watch(child, started=time.monotonic())
        self._watched[name] = watch
        child.start()
        self._record()

    def add_program(self, name: str, command: Sequence[str], **env: str) -> None:
        """Start ``command`` under ``name`` with these variables beside our own."""
        self.start(name, Program(name, command, {**os.environ, **env}, self.events))

    def tend(self, seconds: float) -> None:
        """Handle events for about ``seconds``, then restart what has died and is due."""
        self.events.pump(seconds)
        for name, watch in self._watched.items():
            self._look_after(name, watch)
        if time.monotonic() > self._record_due:
            self._record()

    def stop(self) -> None:
        """Stop all, the last started first."""
        for name, watch in reversed(self._watched.items()):
            if watch.child.is_running():
                self.events.say(f"stopping {name}")
                watch.child.stop()
        self._watched.clear()
        (self.var / processes.RECORD_FILE).unlink(missing_ok=True)

    def kill(self) -> None:
        """End all at once; the data survives, the next start has more to repair."""
        for watch in self._watched.values():
            if watch.child.pid is not None and watch.child.is_running():
                number = signal.SIGQUIT if isinstance(watch.child, Server) else signal.SIGKILL
                with contextlib.suppress(ProcessLookupError):
                    os.kill(watch.child.pid, number)

    def failed_in_a_row(self, name: str) -> int:
        return self._watched[name].failures

    def _look_after(self, name: str, watch: _Watch) -> None:
        now = time.monotonic()
        if watch.child.is_running():
            if watch.failures and now - watch.started > STEADY_SECONDS:
                watch.failures = 0
        elif watch.due is None:
            wait = BACK_OFF[min(watch.failures, len(BACK_OFF) - 1)]
            watch.failures += 1
            watch.due = now + wait
            self.events.say(f"{name} ended; starting it again in {wait} s")
        elif now >= watch.due:
            watch.due, watch.started = None, now
            try:
                watch.child.start()
            except Refused as refusal:
                self.events.say(f"{name}: {refusal}")
            self._record()

    def _note_pid(self, name: str, pid: int) -> None:
        child = self._watched[name].child
        if isinstance(child, Program):
            child.pid = pid

    def _record(self) -> None:
        """Write down what runs, grandchildren too, for the next start should this one be killed."""
        names: dict[int, str] = {}
        for name, watch in self._watched.items():
            if watch.child.pid is not None and watch.child.is_running():
                names[watch.child.pid] = name
                with contextlib.suppress(psutil.Error):
                    below = psutil.Process(watch.child.pid).children(recursive=True)
                    names |= {process.pid: f"{name} process" for process in below}
        if names != self._recorded:
            processes.remember(self.var, names)
            self._recorded = names
        self._record_due = time.monotonic() + RECORD_SECONDS


def python(*arguments: str) -> list[str]:
    """A command that runs this interpreter."""
    return [sys.executable, *arguments]
