"""``manage.py restore FILE``: bring a backup back, into an empty database or a new one."""

import argparse
import os
import time
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, connections

from apps.common.runtime import archive, local
from apps.common.runtime.archive import Target
from apps.common.runtime.local import Refused
from apps.common.runtime.postgres import SUPERUSER


class Command(BaseCommand):
    """One transaction: a restore that fails changes nothing."""

    help = (
        "Restore FILE, made by `backup`, into the platform's database or with --into into another."
    )
    requires_system_checks: list[str] = []  # there may be no tables yet

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--into", metavar="NAME", help="a database of this name, made if missing"
        )
        parser.add_argument(
            "--replace", action="store_true", help="overwrite a database that holds data"
        )
        parser.add_argument("--prove", action="store_true", help="run `prove` on the result")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} does not exist.")
        started = time.monotonic()
        try:
            target = self._target(options["into"])
            connections.close_all()  # our own session must not hold a lock against us
            empty = archive.is_empty(target)
            if not empty and not options["replace"]:
                raise Refused(f"{target.database} holds data; --replace overwrites it.")
            archive.restore(options["file"], target, before="" if empty else archive.EMPTY_IT)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except psycopg.OperationalError as error:
            raise CommandError(f"No connection: {str(error).splitlines()[0]}") from error
        seconds = time.monotonic() - started
        self.stdout.write(f"Restored {options['file']} into {target.database} in {seconds:.1f} s.")
        if options["prove"]:
            _point_at(target)
            call_command("prove")
        else:
            self.stdout.write("`manage.py prove` checks every balance; --prove does so at once.")

    def _target(self, into: str | None) -> Target:
        own = Target.of(connection.settings_dict)
        if not into:
            return own
        archive.create_database(_administrator(own), into, own.user)
        return Target.of(connection.settings_dict, database=into)


def _administrator(own: Target) -> Target:
    """Who may create databases: the embedded server's superuser, else our own role if it has the right."""
    if os.environ.get("DATABASE_URL"):
        return Target.of(connection.settings_dict, database="postgres")
    password = local.secret("POSTGRES_SUPERUSER", allowed=True)
    return Target(own.host, own.port, SUPERUSER, password, "postgres")


def _point_at(target: Target) -> None:
    connection.close()
    connection.settings_dict["NAME"] = target.database
