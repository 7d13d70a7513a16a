"""``manage.py api_errors``: the table of error codes, in ``docs/api-errors.md`` or checked against it."""

import pkgutil
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

import apps
from apps.common.errors import DomainError
from apps.common.problems import status_of

PATH = settings.BASE_DIR / "docs" / "api-errors.md"
HEAD = """# Error codes

Every refusal is `application/problem+json` (RFC 9457) with the members `type`, `title`, `status`,
`code`, `detail`, `fields` and `request_id`. Programs go by `status` and `code`, which are stable;
`detail` is for people, in the language of `Accept-Language` (`zh-hans` or `en`); `fields` names the
offending input. After a refusal nothing was written.

`manage.py api_errors` writes this table from the code.

| status | code | meaning | 说明 |
| --- | --- | --- | --- |
"""
# What the framework and the last doors of the API answer themselves.
FRAMEWORK = (
    (401, "not_authenticated", _("Authentication credentials were not provided.")),
    (401, "invalid_token", _("The token is unknown, expired or revoked.")),
    (404, "not_found", _("There is nothing at this address.")),
    (405, "method_not_allowed", _("This address does not know the method.")),
    (413, "body_too_large", _("The request body is too large.")),
    (500, "internal_error", _("Something went wrong; nothing was changed.")),
    (503, "unavailable", _("The platform is busy; try again in a moment.")),
)


class Command(BaseCommand):
    help = "Write docs/api-errors.md from the refusals that the code defines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if it differs."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        text = table()
        if not options["check"]:
            PATH.write_text(text)
        elif PATH.read_text() != text:
            raise CommandError(
                "docs/api-errors.md is not what the code says: run manage.py api_errors"
            )


def table() -> str:
    """The whole page."""
    refusals = [(status_of(one), one.code, one.message) for one in all_refusals()]
    lines = []
    for http_status, code, message in sorted([*refusals, *FRAMEWORK], key=lambda line: line[:2]):
        english, chinese = (_said(message, language) for language in (None, "zh-hans"))
        lines.append(f"| {http_status} | `{code}` | {english} | {chinese} |\n")
    return HEAD + "".join(lines)


def all_refusals() -> list[type[DomainError]]:
    """Every refusal with a code of its own that the code defines, wherever."""
    for module in pkgutil.walk_packages(apps.__path__, "apps."):
        if ".migrations" not in module.name:
            import_module(module.name)
    return [one for one in _below(DomainError) if "code" in vars(one)]


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _said(message: Any, language: str | None) -> str:
    with translation.override(language):
        return re.sub(r"%\((\w+)\)s", r"{\1}", str(message))
