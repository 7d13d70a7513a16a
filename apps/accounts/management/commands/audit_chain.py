"""``manage.py audit_chain``: the head of the chain over the audit trail, and heads from the logs."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.accounts import services as accounts


def _head(text: str) -> tuple[int, str]:
    number, _sep, hash_ = text.partition(":")
    if not number.isdecimal() or len(hash_) != 64:
        raise ArgumentTypeError("NUMBER:HASH, as the line `audit head` of a log names them")
    return int(number), hash_


class Command(BaseCommand):
    help = "Print the head of the audit chain; say whether heads from the logs are still on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seal", action="store_true", help="seal what is finished first")
        parser.add_argument(
            "--check",
            action="append",
            default=[],
            type=_head,
            metavar="NUMBER:HASH",
            help="a head from the logs; may be given many times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seal"]:
            accounts.seal_audit()
        head = accounts.audit_head()
        self.stdout.write(_("head  {head}").format(head=head or "–"))
        gone = 0
        for number, hash_ in options["check"]:
            there = accounts.on_the_chain(number, hash_)
            gone += not there
            result = _("on the chain") if there else _("NOT ON THE CHAIN")
            self.stdout.write(f"{number}:{hash_}  {result}")
        if gone:
            raise CommandError(_("The audit trail was rewritten, or its end was removed."))
