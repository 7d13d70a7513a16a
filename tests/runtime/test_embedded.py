"""The embedded servers one by one: identities, crashes, locks, what is left behind."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.common.runtime import embedded, home, local, lock, processes
from apps.common.runtime.local import Refused
from apps.common.runtime.postgres import Postgres
from tests.runtime.conftest import Manage


@pytest.fixture(params=["as allowed here", "user namespaces refused"])
def places(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, ...]]:
    """Where data may move if it must. ``var`` itself lies below a folder only this user can enter."""
    if "refused" in request.param:
        monkeypatch.setenv(home.FORCE_COPY, "1")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield (Path(folder),)


def cluster(var: Path, places: tuple[Path, ...]) -> Postgres:
    (var / "log").mkdir(exist_ok=True)
    return Postgres(
        home=home.find(var, outside=places),
        log=var / "log" / "postgres.log",
        superuser_password="super-secret-1",
        role_password="role-secret-1",
    )


def test_a_killed_server_starts_again_with_what_it_confirmed(
    var: Path, places: tuple[Path, ...]
) -> None:
    local.own_folder()
    mode = var.stat().st_mode
    server = cluster(var, places)
    server.create()
    server.start()
    server.bootstrap()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        settings = (
            "SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name = ANY(%s)"
        )
        names = ["data_checksums", "fsync", "full_page_writes", "synchronous_commit"]
        assert connection.execute(settings, [names]).fetchone() == ("on on on on",)
    assert server.process is not None
    server.process.kill()
    server.process.wait()

    later = cluster(var, places)
    later.create()
    later.start(server.port)
    try:
        assert later.port == server.port
        with psycopg.connect(later.url) as connection:
            assert connection.execute("SELECT id FROM kept").fetchall() == [(1,)]
    finally:
        later.stop()
    assert var.stat().st_mode == mode
    home.remove(var)
    assert not later.home.data.exists()


def test_the_data_follows_when_user_namespaces_are_no_longer_allowed(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.own_folder()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        server = cluster(var, (Path(folder),))
        server.create()
        monkeypatch.setenv(home.FORCE_COPY, "1")
        moved = cluster(var, (Path(folder),))
        moved.create()
        moved.start()
        moved.bootstrap()
        moved.stop()
        found = home.find(var)
        assert found.data == moved.home.data
        assert os.geteuid() != 0 or found.folder.parent == Path(folder)
        assert os.geteuid() != 0 or (
            found.folder.stat().st_uid,
            found.folder.stat().st_mode & 0o777,
        ) == (
            home.unprivileged_user().pw_uid,
            0o700,
        )


def test_an_occupied_port_is_exchanged_for_a_free_one(var: Path, places: tuple[Path, ...]) -> None:
    local.own_folder()
    server = cluster(var, places)
    server.create()
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        taken = other.info.port
    server.start(taken)
    assert server.port != taken
    server.stop()
    home.remove(var)


def test_nothing_but_a_password_opens_the_database(var: Path) -> None:
    local.own_folder()
    server = cluster(var, home.OUTSIDE)
    server.create()
    server.start()
    try:
        for user in ("postgres", "quanyu"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"postgres://{user}:wrong@127.0.0.1:{server.port}/postgres")
    finally:
        server.stop()


def test_the_broker_keeps_its_messages_over_a_kill_and_asks_for_the_password(var: Path) -> None:
    embedded.prepare()
    broker = embedded.broker_of(var)
    embedded.start_broker(var, broker)
    with redis.Redis.from_url(broker.url) as client:
        client.lpush("celery", "message")
        client.execute_command("WAITAOF", 1, 0, 5000)
    assert broker.process is not None
    broker.process.kill()
    broker.process.wait()
    later = embedded.broker_of(var)
    embedded.start_broker(var, later)
    try:
        with redis.Redis.from_url(local.broker_url()) as client:
            assert client.lrange("celery", 0, -1) == [b"message"]
        with (
            redis.Redis(port=later.port, retry=Retry(NoBackoff(), 0)) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
    finally:
        later.stop()


def test_a_pid_counts_only_with_its_start_time(var: Path) -> None:
    local.own_folder()
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        processes.remember(var, {process.pid: "sleeper"})
        rows = json.loads((var / processes.RECORD_FILE).read_text())
        rows[0]["started"] -= 3600
        (var / processes.RECORD_FILE).write_text(json.dumps(rows))
        assert processes.end_orphans(var) == []
        assert process.poll() is None

        processes.remember(var, {process.pid: "sleeper"})
        assert processes.end_orphans(var) == ["sleeper"]
        assert process.poll() is not None


def test_a_launched_program_ends_with_its_parent() -> None:
    code = (
        "import subprocess, time; from apps.common.runtime import processes;"
        "p = subprocess.Popen(processes.launched(['/bin/sleep', '60']));"
        "print(p.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=local.BASE_DIR
    ) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        deadline = time.monotonic() + 5
        while child.cmdline()[:1] != ["/bin/sleep"] and time.monotonic() < deadline:
            time.sleep(0.02)
        parent.kill()
        parent.wait()
        psutil.wait_procs([child], timeout=5)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_the_lock_has_one_holder_and_goes_with_it(var: Path) -> None:
    local.own_folder()
    first, second = lock.VarLock(var), lock.VarLock(var)
    assert first.take("first")
    assert not second.take("second")
    assert second.holder() == f"first (pid {os.getpid()})"
    with subprocess.Popen(["/bin/sleep", "60"], close_fds=False) as child:
        first.release()
        assert second.take("second")  # though a child of the holder still runs
        child.kill()
    second.release()


def test_too_little_room_is_said_before_anything_is_made(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ROOM_FIRST", 2**62)
    with pytest.raises(Refused, match="is full"):
        embedded.prepare()
    assert [path.name for path in var.iterdir()] == [local.MARKER]


def test_commands_share_a_database_that_only_runs_while_they_do(manage: Manage, var: Path) -> None:
    both = [manage("showmigrations", "common"), manage("showmigrations", "common")]
    for process in both:
        _, said = process.communicate(timeout=90)
        assert process.returncode == 0, said
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect((var / local.DATABASE_FILE).read_text())
    assert not processes.orphans(var)


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["migrate"], True),
        (["migrate", "--help"], False),
        (["check"], False),
        (["check", "--database=default"], True),
        (["help", "migrate"], False),
        ([], False),
        (["up"], False),
    ],
)
def test_only_commands_that_ask_the_database_start_one(arguments: list[str], needed: bool) -> None:
    assert embedded.needs_database(arguments) is needed
