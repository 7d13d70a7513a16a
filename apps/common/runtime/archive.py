"""Copies of a database as one file, and back, with the wheel's pg_dump, pg_restore and psql.

Another version of the programs (for a server that asks for TLS, which the wheel's lack) is taken
from the folder in ``PG_BIN``.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from apps.common.runtime.home import wheel_programs
from apps.common.runtime.local import Refused
from apps.common.runtime.postgres import reason

# Live sessions hold locks; wait a little for them, then say so instead of hanging.
SESSION = "-c lock_timeout=10s"
EMPTY_IT = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
USER_TABLES = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg_toast%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True, slots=True)
class Target:
    """One database and how to sign in."""

    host: str
    port: str
    user: str
    password: str
    database: str
    sslmode: str = ""

    @classmethod
    def of(cls, settings: Mapping[str, Any], *, database: str = "") -> "Target":
        """The database of Django's ``settings``, or another one on its server."""
        return cls(
            host=str(settings["HOST"] or ""),
            port=str(settings["PORT"] or ""),
            user=str(settings["USER"] or ""),
            password=str(settings["PASSWORD"] or ""),
            database=database or str(settings["NAME"]),
            sslmode=str(settings.get("OPTIONS", {}).get("sslmode") or ""),
        )

    @property
    def environment(self) -> dict[str, str]:
        """Variables that libpq reads; unlike arguments they do not show in a process list."""
        names = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
            "PGSSLMODE": self.sslmode,
            "PGOPTIONS": SESSION,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {name: value for name, value in names.items() if value}

    def connect(self) -> psycopg.Connection:
        parts = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
            "sslmode": self.sslmode,
        }
        given: dict[str, Any] = {name: value for name, value in parts.items() if value}
        return psycopg.connect(**given, autocommit=True)


def dump(source: Target, file: Path) -> None:
    """Write the whole database to ``file``, readable for the owner only; there whole or not at all."""
    partial = file.with_name(f"{file.name}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    command = [
        _program("pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-acl",
        f"--file={partial}",
    ]
    done = subprocess.run(
        command, env=source.environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        partial.unlink(missing_ok=True)
        raise Refused(f"The backup failed: {reason(done.stderr)}")
    partial.replace(file)


def is_empty(target: Target) -> bool:
    """Whether the database holds no table of its own."""
    with target.connect() as connection:
        return connection.execute(USER_TABLES).fetchone() == (0,)


def create_database(administrator: Target, name: str, owner: str) -> bool:
    """Make database ``name`` if there is none; whether it was made. Raises Refused without the right."""
    with administrator.connect() as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(name), sql.Identifier(owner)
        )
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refused(
                f"{administrator.user} may not create databases; create {name} first."
            ) from error
    return True


def restore(file: Path, target: Target, *, before: str = "") -> None:
    """Put the contents of ``file`` into ``target`` in one transaction: all of it or nothing.

    ``before`` is SQL that runs first in the same transaction; EMPTY_IT replaces what is there.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".list") as contents:
        contents.write(_contents(file))
        contents.flush()
        read = [_program("pg_restore"), "--no-owner", "--no-acl", f"--use-list={contents.name}"]
        write = [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        write += ["--single-transaction", "--command", before or "SELECT 1", "--file=-"]
        pipe = subprocess.PIPE
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen([*read, "--file=-", str(file)], stdout=pipe, stderr=said) as reader,
            subprocess.Popen(
                write, env=target.environment, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe
            ) as writer,
        ):
            _feed(reader, writer, said)


def _feed(
    reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes], said: IO[bytes]
) -> None:
    """Pass on the script; the writer may only see its end once the reader has done all."""
    assert reader.stdout and writer.stdin  # noqa: S101, PT018 - for the type checker
    try:
        shutil.copyfileobj(reader.stdout, writer.stdin, 1024 * 1024)
        writer.stdin.flush()
        if reader.wait():
            writer.kill()  # or it would commit half a database
            said.seek(0)
            raise Refused(f"The archive cannot be read: {_reason(said.read())}")
    except BrokenPipeError:  # psql gave up, and says why
        reader.kill()
    with contextlib.suppress(BrokenPipeError):
        _, error = writer.communicate()
    if writer.returncode:
        raise Refused(f"The restore failed: {_reason(error)}")


def _reason(output: bytes) -> str:
    return reason(output.decode(errors="replace"))


def _contents(file: Path) -> str:
    """The archive's list, without comments on extensions: those belong to the server's superuser."""
    done = subprocess.run(
        [_program("pg_restore"), "--list", str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"{file} is no backup: {reason(done.stderr)}")
    lines = done.stdout.splitlines(keepends=True)
    return "".join(line for line in lines if "COMMENT - EXTENSION" not in line)


def _program(name: str) -> str:
    folder = os.environ.get("PG_BIN")
    return str((Path(folder) if folder else wheel_programs()) / name)
