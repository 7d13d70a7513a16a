"""An embedded PostgreSQL: created once, started as a direct child, ready when it answers a query.

Only programs of the wheel are used. Whether a server runs is decided by asking it, never by a pid.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from apps.common.runtime import processes
from apps.common.runtime.home import Home
from apps.common.runtime.local import Refused

SUPERUSER = "postgres"
ROLE = "quanyu"
DATABASE = "quanyu"
EXTENSIONS = ("btree_gist", "pg_trgm")
READY_SECONDS = 180  # a long crash recovery still counts as starting
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Error details and statements carry row values; the log must hold no personal data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_timezone": "UTC",
}
THROWAWAY_SETTINGS = {
    **SETTINGS,
    "shared_buffers": "128MB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


@dataclass(slots=True)
class Postgres:
    """One cluster in ``home``; passwords by role name; ``log`` collects what the server says."""

    home: Home
    log: Path
    superuser_password: str
    role_password: str
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    at_parents_end: signal.Signals = signal.SIGINT  # PostgreSQL's word for a fast, clean stop
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the platform's database for its own, ordinary role."""
        return f"postgres://{ROLE}:{self.role_password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def superuser_url(self) -> str:
        return f"postgres://{SUPERUSER}:{self.superuser_password}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Run initdb unless the data is there. One that was interrupted leaves nothing that counts."""
        if self.home.data.exists():
            return
        partial, password = self.home.folder / "data.partial", self.home.folder / "password"
        self._run("/bin/rm", "-rf", str(partial))
        password.write_text(self.superuser_password)
        self.home.give(password)
        try:
            self._run(self.home.program("initdb"), *self._initdb_options(partial, password))
        finally:
            password.unlink()
        partial.rename(self.home.data)

    def start(self, preferred_port: int = 0) -> None:
        """Start on ``preferred_port`` if it is free, else on another, and return when it answers.

        Raises Refused with the server's own reason.
        """
        self._clear_remains()
        for port in (preferred_port, 0, 0, 0):
            self.port = port if port and port_is_free(port) else free_port()
            self._launch()
            try:
                self._wait_until_ready()
            except Refused as refusal:
                self.stop()
                if "bind" in str(refusal) or "Address already in use" in str(refusal):
                    continue  # somebody took the port between our look and the server's
                raise
            return
        raise Refused("Found no free port for PostgreSQL on 127.0.0.1.")

    def bootstrap(self, role_rights: str = "NOCREATEDB") -> None:
        """Make the platform's role, database and extensions if they are missing."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]
            ).fetchone()
            if not known:
                self._create_role(connection, role_rights)
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not known:
                name, role = sql.Identifier(DATABASE), sql.Identifier(ROLE)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))

    def stop(self) -> None:
        """Stop cleanly (open transactions are rolled back) within about 40 seconds."""
        if self.process is not None:
            processes.end(self.process, (signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))
            self.process = None

    def _clear_remains(self) -> None:
        """Make way after a kill -9. Whoever calls holds the lock, so what is left is an orphan.

        PostgreSQL itself would judge by the pid in postmaster.pid, which may by now be a zombie or
        another program. Every process of a server has the data as its working directory.
        """
        note = self.home.data / "postmaster.pid"
        if not note.exists():
            return
        processes.end_all_in(self.home.data)
        note.unlink(missing_ok=True)

    def _create_role(self, connection: psycopg.Connection, rights: str) -> None:
        statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}")
        connection.execute(
            statement.format(sql.Identifier(ROLE), sql.SQL(rights), sql.Literal(self.role_password))
        )
        template = self.superuser_url.removesuffix("postgres") + "template1"
        with psycopg.connect(template, autocommit=True) as target:  # copied into every new database
            for extension in EXTENSIONS:
                target.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )

    def _initdb_options(self, data: Path, password: Path) -> list[str]:
        options = [
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        ]
        return options if self.settings.get("fsync") != "off" else [*options, "--no-sync"]

    def _run(self, *command: str) -> None:
        launched = processes.launched(
            command, identity=self.home.identity, at_parents_end=signal.SIGKILL
        )
        done = subprocess.run(
            launched, env=ENVIRONMENT, cwd=self.home.folder, capture_output=True, check=False
        )
        if done.returncode:
            raise Refused(
                f"Cannot create the database: {reason(done.stderr.decode(errors='replace'))}"
            )

    def _launch(self) -> None:
        options = {**self.settings, "port": str(self.port)}
        command = [self.home.program("postgres"), "-D", str(self.home.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        launched = processes.launched(
            command, identity=self.home.identity, at_parents_end=self.at_parents_end
        )
        # Each start begins a new log; the one before is kept beside it.
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") as output:
            self.process = processes.start(
                launched, output=output, env=ENVIRONMENT, cwd=self.home.folder
            )

    def _wait_until_ready(self) -> None:
        assert self.process is not None  # noqa: S101 - for the type checker; _launch() set it
        deadline = time.monotonic() + READY_SECONDS
        while self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                if answers(self.superuser_url, data=self.home.data):
                    return
            if time.monotonic() > deadline:
                raise Refused(
                    f"PostgreSQL gave no answer within {READY_SECONDS} s; see {self.log}."
                )
            time.sleep(0.03)
        raise Refused(f"PostgreSQL did not start: {reason(self.log.read_text(errors='replace'))}")


def answers(url: str, *, data: Path | None = None) -> bool:
    """Whether a query gets its answer there; for a superuser also: from the server of ``data``.

    Raises psycopg.OperationalError when there is no connection.
    """
    with psycopg.connect(url, connect_timeout=5) as connection:
        if data is None:
            return connection.execute("SELECT 1").fetchone() == (1,)
        return connection.execute("SHOW data_directory").fetchone() == (str(data),)


def reason(output: str) -> str:
    """The one line of a program's ``output`` that says why it failed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("PANIC:", "FATAL:", "could not", "No space", "error:", "launch:"):
        for line in lines:
            if mark in line:
                return line
    return lines[-1] if lines else "it said nothing"


def port_is_free(port: int) -> bool:
    """Whether a server could listen on that port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
