"""``manage.py load_demo``: the demonstration brand and its reconciliation with the source."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from apps.common.errors import DomainError
from apps.demo import loading, mapping, reconciliation, reports, source
from apps.demo.batches import Calendar
from apps.demo.loading import Outcome
from apps.demo.reconciliation import Account

DEFAULT_WEEKS = 4


class Command(BaseCommand):
    """Loads what is missing; a second run adds nothing and reconciles again."""

    help = "Load the demonstration brand: the last weeks of a real year of retail."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        how_many = parser.add_mutually_exclusive_group()
        how_many.add_argument(
            "--weeks", type=_weeks, default=DEFAULT_WEEKS, help="the last N weeks of the year"
        )
        how_many.add_argument("--all", action="store_true", help="the whole year")
        parser.add_argument(
            "--per-store", action="store_true", help="print the reconciliation of every store"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        weeks = mapping.WEEKS if options["all"] else options["weeks"]
        try:
            outcome = loading.load(weeks, progress=sys.stderr)
        except DomainError as error:
            raise CommandError(error.detail) from error
        except FileNotFoundError as error:
            text = _("The demonstration data is not installed: the dependency group is named demo.")
            raise CommandError(text) from error
        except KeyboardInterrupt:
            text = _("Interrupted. What is loaded stays; the next load_demo goes on from there.")
            raise CommandError(text, returncode=130) from None
        accounts = _reconcile(outcome, weeks)
        self._say_loaded(outcome, weeks)
        self._say_rejected(outcome)
        self._say_reconciled(accounts, per_store=options["per_store"])
        self.stdout.write(
            _("Peak memory of this process: %(mb)d MB.") % {"mb": loading.peak_memory_mb()}
        )
        if outcome.rejected or reports.differing(accounts):
            raise CommandError(_("The source and the database differ."))

    def _say_loaded(self, outcome: Outcome, weeks: int) -> None:
        self.stdout.write(
            _(
                "The last %(weeks)d of %(all)d weeks, moved by %(shift)d weeks: "
                "%(orders)d orders added with %(lines)d lines in %(seconds).1f s (%(rate)d rows/s)."
            )
            % {
                "weeks": weeks,
                "all": mapping.WEEKS,
                "shift": outcome.load.shift_weeks,
                "orders": outcome.created,
                "lines": outcome.created_lines,
                "seconds": outcome.seconds,
                "rate": outcome.lines_per_second,
            }
        )

    def _say_rejected(self, outcome: Outcome) -> None:
        for key, reason in sorted(outcome.rejected.items())[:20]:
            self.stdout.write(
                _("Refused basket %(key)s: %(reason)s.") % {"key": key, "reason": reason}
            )
        catalogue = source.read_products()
        written = [
            reports.write_rejected(outcome.lines),
            reports.write_placeholders(catalogue, outcome.lines),
            reports.write_excess(outcome.lines),
        ]
        for path in written:
            self.stdout.write(str(path))

    def _say_reconciled(self, accounts: Mapping[str, Account], *, per_store: bool) -> None:
        if per_store:
            for store, account in accounts.items():
                self.stdout.write(f"{store}\n{reports.reconciliation_text(account)}")
        self.stdout.write(reports.reconciliation_text(reconciliation.total(accounts.values())))
        self.stdout.write(
            _("%(stores)d stores compared, %(differing)d with a difference: %(path)s")
            % {
                "stores": len(accounts),
                "differing": len(reports.differing(accounts)),
                "path": reports.write_reconciliation(accounts),
            }
        )


def _weeks(text: str) -> int:
    weeks = int(text)
    if not 1 <= weeks <= mapping.WEEKS:
        raise argparse.ArgumentTypeError(f"1 to {mapping.WEEKS}")
    return weeks


def _reconcile(outcome: Outcome, weeks: int) -> dict[str, Account]:
    calendar = Calendar(outcome.load.shift_weeks, settings.TIME_ZONE)
    first = mapping.first_week_of(weeks)
    return reconciliation.reconcile(
        outcome.lines,
        begins=calendar.week_starts_at(first),
        ends=calendar.week_starts_at(mapping.WEEKS + 1),
    )
