"""``manage.py prove``: one line for each invariant, and exit code 1 when anything differs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.invariants import Finding, Result
from apps.flows.prove import prove


class Command(BaseCommand):
    help = "Recompute every balance from its ledger and every order from its lines."

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for finding in prove():
            differing += finding.result is Result.DIFFERS
            self.stdout.write(_line(finding))
            self.stdout.flush()
        if differing:
            text = ngettext("%(count)s line differs.", "%(count)s lines differ.", differing)
            raise CommandError(text % {"count": differing})


def _line(finding: Finding) -> str:
    return f"{finding.code:<24}{finding.checked:>12,}  {_result(finding)}  · {finding.title}"


def _result(finding: Finding) -> str:
    keys = f" ({', '.join(finding.samples)})" if finding.samples else ""
    match finding.result:
        case Result.OK:
            return _("ok")
        case Result.NOTHING:
            return _("nothing to check")
        case Result.DIFFERS:
            return _("DIFFERS: %(count)s") % {"count": f"{finding.count:,}"} + keys
        case Result.NOTICE:
            return _("to see to: %(count)s") % {"count": f"{finding.count:,}"} + keys
