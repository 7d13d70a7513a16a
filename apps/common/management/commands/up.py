"""``manage.py up``: the whole platform with one command."""

import argparse
import contextlib
import os
import signal
import subprocess
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from django.utils.module_loading import import_string
from environ import Env

from apps.common import checks
from apps.common.runtime import embedded, local, lock, probe, processes
from apps.common.runtime.local import Refused
from apps.common.runtime.supervisor import Events, Server, Supervisor, python

ANSWER_SECONDS = 90
READY_SECONDS = 30
READY_PAUSE = 0.5
QUICK_FAILURES = 3  # a program that fails so often before the first answer will not come up
PAGES = ("/admin/", "/portal/", "/api/v1/", "/api/docs/")


class Command(BaseCommand):
    """Starts servers, prepares the database, starts the programs, and stays until Ctrl-C."""

    help = "Run the whole platform: database, broker, web, workers and beat. Ctrl-C stops it."
    requires_system_checks: list[str] = []  # asked later, when the database is there

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the web server listens")
        parser.add_argument("--host", default="127.0.0.1", help="address it listens on")
        parser.add_argument("--fresh", action="store_true", help="delete all local data first")
        parser.add_argument(
            "--no-demo",
            action="store_true",
            help="do not load the demonstration brand (never loaded with DEBUG=0)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        self.supervisor = Supervisor(local.VAR, Events(self.stdout._out))
        try:
            with self._lock(options):
                try:
                    self._run(options)
                finally:
                    self._stop()
        except KeyboardInterrupt:
            self.supervisor.events.say("stopped")
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    @contextlib.contextmanager
    def _lock(self, options: dict[str, Any]) -> Iterator[None]:
        """Hold ``var/`` and the port; refuse before anything is changed."""
        var = local.own_folder()
        held = lock.VarLock(var)
        if not held.take(f"manage.py up on port {options['port']}"):
            raise Refused(f"{var} is in use by {held.holder()}; only one can run there.")
        try:
            if said := probe.obstacle(options["host"], options["port"]):
                raise Refused(said)
            yield
        finally:
            held.release()

    def _run(self, options: dict[str, Any]) -> None:
        var, say = local.VAR, self.supervisor.events.say
        for name in processes.end_orphans(var):
            say(f"ended {name}, left over from an earlier start")
        if options["fresh"]:
            embedded.forget(var)
        embedded.prepare()
        self._start_servers()
        self._check()
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        # The demonstration's passwords are published: never in production.
        with_demo = settings.DEBUG and not options["no_demo"]
        logins = self._load_demo() if with_demo else []
        connections.close_all()
        self._start_programs(options)
        address = f"http://{_reachable(options['host'])}:{options['port']}"
        self._wait_for_answer(address)
        self.stdout.write(_table([*((address + page,) for page in PAGES), *logins]))
        self.stdout.write("Ctrl-C stops everything.")
        self.stdout.flush()
        while True:
            self.supervisor.tend(0.5)

    def _start_servers(self) -> None:
        var = local.VAR
        if not os.environ.get("DATABASE_URL"):
            server = embedded.postgres_of(var)
            self.supervisor.start(
                "postgres", Server(server, lambda: embedded.start_postgres(var, server))
            )
            # Django read the settings before the server had its port.
            connections.settings["default"].update(Env.db_url_config(server.url))
        if not os.environ.get("BROKER_URL"):
            broker = embedded.broker_of(var)
            self.supervisor.start(
                "broker", Server(broker, lambda: embedded.start_broker(var, broker))
            )
            settings.CELERY_BROKER_URL = broker.url

    def _check(self) -> None:
        if complaints := checks.complaints():
            raise Refused("Refused to start. " + " ".join(complaints))

    def _load_demo(self) -> list[tuple[str, str, str]]:
        """Load what is missing of the demonstration brand; its logins, for the table."""
        # By name: common knows no app above it.
        is_loaded: Callable[[], bool] = import_string("apps.demo.state.is_loaded")
        logins: Callable[[], list[tuple[str, str, str]]] = import_string("apps.demo.logins.table")
        if not is_loaded():
            self._run_load_demo()
        return [("role", "username", "password"), *logins()]

    def _run_load_demo(self) -> None:
        """In a process of its own, for its memory; its progress bar shows here."""
        command = processes.launched(
            python("manage.py", "load_demo"), at_parents_end=signal.SIGTERM
        )
        loading = subprocess.Popen(  # noqa: S603
            command, cwd=local.BASE_DIR, stdin=subprocess.DEVNULL
        )
        try:
            while loading.poll() is None:
                self.supervisor.tend(0.2)
        except BaseException:
            processes.end(loading, (signal.SIGINT, 15.0))
            raise
        if loading.returncode:
            embedded.prepare()  # says so if the disk is full
            raise Refused(
                "Loading the demonstration brand failed; `up` goes on where it stopped, `up --no-demo` without."
            )

    def _start_programs(self, options: dict[str, Any]) -> None:
        celery = ("-m", "celery", "--app", "config.celery", "--quiet")
        host = f"[{options['host']}]" if ":" in options["host"] else options["host"]
        bind = f"{host}:{options['port']}"
        gunicorn = ("-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application")
        start = self.supervisor.add_program
        worker = (*celery, "worker", "--without-gossip", "--without-mingle")
        start("worker", python(*worker, "--concurrency=2"))
        start("jobs", python(*worker, "--concurrency=1", "--queues=jobs", "--hostname=jobs@%h"))
        schedule = f"--schedule={local.VAR / 'run' / 'beat-schedule'}"
        start("beat", python(*celery, "beat", schedule, "--pidfile="))
        start("web", python(*gunicorn), WEB_BIND=bind)

    def _wait_for_answer(self, address: str) -> None:
        """Until the web server answers; then, at most a little longer, until all parts work."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while not probe.status(f"{address}/healthz"):
            self.supervisor.tend(0.1)
            if (
                self.supervisor.failed_in_a_row("web") >= QUICK_FAILURES
                or time.monotonic() > deadline
            ):
                raise Refused("The web server did not come up; its own words are above.")
        deadline = time.monotonic() + READY_SECONDS
        while probe.status(f"{address}/readyz") == 503 and time.monotonic() < deadline:
            asked = time.monotonic()
            # Each answer is logged, and a line ends tend().
            while time.monotonic() - asked < READY_PAUSE:
                self.supervisor.tend(READY_PAUSE)

    def _stop(self) -> None:
        """Stop in order; a second Ctrl-C stops at once."""
        connections.close_all()
        try:
            self.supervisor.stop()
        except KeyboardInterrupt:
            self.supervisor.kill()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns between two lines; Chinese characters take two places."""
    widths = [max((_width(r[i]) for r in rows if len(r) > i + 1), default=0) for i in range(3)]
    lines = []
    for row in rows:
        cells = [cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)]
        lines.append("  " + "   ".join(cells).rstrip())
    ruler = "-" * max(_width(line) + 2 for line in lines)
    return "\n".join([ruler, *lines, ruler])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
