"""``manage.py rebuild_insights``: every roll-up again, from the documents."""

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from apps.common import clock
from apps.insights import services


class Command(BaseCommand):
    """Changes only what differs; run it as often as you like."""

    help = "Recompute the daily and hourly figures of the home pages from the documents."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if first and last and first > last:
            raise CommandError(_("The first day lies after the last."))
        days = services.rebuild(first, last, now=clock.now())
        self.stdout.write(_("%(days)s days rolled up.") % {"days": days})
