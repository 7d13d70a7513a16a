"""``manage.py rotate_identity_keys``: personal data under the newest keys, while trading goes on."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.accounts.actor import system_actor
from apps.common import ciphers
from apps.common.errors import DomainError
from apps.members import services as members

PAGE = 1_000
SAY_EVERY = 100
"""Pages between two lines of progress."""

Step = Callable[[int], tuple[int, int | None]]
"""From an id on: how many rows were done, and the id of the last one; None when none was left."""


class Command(BaseCommand):
    help = (
        "Put names and identities under the newest keys of IDENTITY_KEYS and BLIND_INDEX_KEYS. Every "
        "node must have the new settings first. It may be stopped and run again at any time."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--page", type=int, default=PAGE, help="Rows in one transaction.")
        parser.add_argument(
            "--finish",
            action="store_true",
            help="Afterwards delete the index rows under older keys, if nothing needs them any more.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.conflicts: list[members.Conflicting] = []
        done: dict[str, int] = {}
        try:
            self._work(done, options["page"])
            self._refuse_conflicts()
            if options["finish"]:
                done["old indexes"] = self._drop(options["page"])
        finally:  # also of a run that was stopped: its pages are written
            target = ("keys", "identity_keys")
            accounts.record(
                system_actor("rotation"), "members.rotate_keys", target=target, changes=done
            )

    def _work(self, done: dict[str, int], limit: int) -> None:
        """Every column and index in turn; ``done`` holds how many rows of each."""
        steps = {
            f"{column.table}.{column.name}": _reencrypting(column, limit)
            for column in ciphers.columns()
        }
        steps |= {"name indexes": _naming(limit), "identity indexes": self._identifying(limit)}
        for what, step in steps.items():
            done[what] = 0
            for rows in self._walk(what, step):
                done[what] += rows

    def _identifying(self, limit: int) -> Step:
        def step(after: int) -> tuple[int, int | None]:
            page, conflicts = members.identities_page(after=after, limit=limit)
            self.conflicts += conflicts
            return page.done, page.last

        return step

    def _walk(self, what: str, step: Step) -> Iterator[int]:
        total, pages, after = 0, 0, 0
        while True:
            done, last = step(after)
            total, pages = total + done, pages + 1
            yield done
            if last is None or pages % SAY_EVERY == 0:
                self.stdout.write(f"{what}: {total:,}")
                self.stdout.flush()
            if last is None:
                return
            after = last

    def _refuse_conflicts(self) -> None:
        if self.conflicts:
            text = _("Identities whose value another member holds: %(ids)s")
            ids = ", ".join(f"{one.identity} = {one.holder}" for one in self.conflicts[:10])
            raise CommandError(text % {"ids": ids})

    def _drop(self, limit: int) -> int:
        try:
            total = sum(members.drop_old_indexes(limit=limit))
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"old indexes: {total:,}")
        return total


def _reencrypting(column: ciphers.Column, limit: int) -> Step:
    return lambda after: ciphers.reencrypt_page(column, after=after, limit=limit)


def _naming(limit: int) -> Step:
    def step(after: int) -> tuple[int, int | None]:
        page = members.names_page(after=after, limit=limit)
        return page.done, page.last

    return step
