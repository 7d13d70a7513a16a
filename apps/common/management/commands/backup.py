"""``manage.py backup FILE``: the whole database as one file."""

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection

from apps.common.runtime import archive
from apps.common.runtime.local import Refused


class Command(BaseCommand):
    """Works while the platform runs: the copy shows one moment."""

    help = "Write the whole database to FILE (PostgreSQL's custom format)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="must not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"{file} exists already.")
        started = time.monotonic()
        try:
            archive.dump(archive.Target.of(connection.settings_dict), file)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"Cannot write {file}: {error.strerror}.") from error
        size = file.stat().st_size / 1e6
        self.stdout.write(f"{file}: {size:.1f} MB in {time.monotonic() - started:.1f} s.")
        self.stdout.write(
            "It holds personal data as ciphertext: keep IDENTITY_KEYS and BLIND_INDEX_KEY (or var/secrets) with it."
        )
