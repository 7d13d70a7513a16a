"""Logs are JSON, one object a line, each with the request's id and none with personal values.

A message is written by us and carries keys and counts. What slips in from outside (a path with a
phone number, a database error that quotes the row) is masked here, the last door before the line is
written: long runs of digits, e-mail addresses, WeChat openids and PostgreSQL's DETAIL.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from apps.common.context import request_id

# Names that ``extra={...}`` may carry: keys of our own, numbers and kinds, nothing about a person.
FIELDS = (
    "caller", "count", "duration_ms", "hash", "kind", "method", "number", "path", "query", "reason", "status",
    "status_code", "store", "task",
)  # fmt: skip
# Letters beside them make a run of digits part of a key of ours; Chinese has no space there.
_BEFORE, _AFTER = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"
_DIGITS = re.compile(_BEFORE + r"\+?\d(?:[ -]?\d){8,18}" + _AFTER)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_OPENID = re.compile(_BEFORE + r"o[A-Za-z0-9_-]{27}" + _AFTER)
# What an error quotes after a colon is the value it is about; a name cannot be told from other words.
_QUOTED = re.compile(r""": (["']).*\1""", re.DOTALL)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_PARAMETER = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_STATEMENT = re.compile(r"^LINE \d+:.*(\n.*)?", re.MULTILINE)
_DETAIL = re.compile(r"^(DETAIL|CONTEXT|详细|背景):.*$", re.MULTILINE)


def mask(text: str) -> str:
    """``text`` without what could be a phone, card, e-mail address or openid."""
    text = _DETAIL.sub(r"\1: …", text)
    text = _EMAIL.sub("***@***", text)
    text = _OPENID.sub("o***", text)
    return _DIGITS.sub("***", text)


def parameters(query: str) -> str:
    """The names in a query string; what cannot be the name of a parameter of ours is perhaps a value."""
    names = [part.partition("=")[0] for part in query.split("&")] if query else []
    return ",".join(name if _PARAMETER.fullmatch(name) else "…" for name in names)


def without_quotes(text: str) -> str:
    """The message of an error without the value that it quotes, and without the statement's text."""
    return _QUOTED.sub(": …", _STATEMENT.sub("", text)).rstrip()


class JsonFormatter(logging.Formatter):
    """One log record as one line of JSON. Times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(_message(record)),
        }
        if request := request_id.get():
            line["request_id"] = request
        for name in FIELDS:
            if name in record.__dict__:
                value = record.__dict__[name]
                line[name] = value if isinstance(value, int | float) else mask(_kept(name, value))
        if record.exc_info and record.exc_info[0]:
            line["exception"] = _describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _kept(name: str, value: Any) -> str:
    """A field as text; what somebody typed into an address is perhaps a name, and our paths are ASCII."""
    return _FOREIGN.sub("…", str(value)) if name == "path" else str(value)


def _message(record: logging.LogRecord) -> str:
    """What Django says holds the path as it was typed, perhaps with a name; our paths are ASCII."""
    said = record.getMessage()
    return _FOREIGN.sub("…", said) if record.name.startswith("django.") else said


def _describe(error: BaseException | None) -> list[dict[str, Any]]:
    """The error and its causes: kind, masked message and frames; source lines and locals stay out."""
    chain: list[dict[str, Any]] = []
    while error is not None and len(chain) < 5:
        frames = [
            f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
        ]
        chain.append(
            {
                "type": type(error).__qualname__,
                "message": without_quotes(mask(str(error))),
                "frames": frames[-20:],
            }
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain
