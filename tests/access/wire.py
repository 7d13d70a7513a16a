"""One request, and everything that came of it: status, text, headers, statements, writes."""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.test import RequestFactory

NEVER_THE_SAME = ("X-Request-Id", "Expires")
NOT_COUNTED = frozenset({"django_session"})
"""A session may keep when its owner was last here. Unlogged tables count attempts, also refused."""
LAST_USED = "{last_used_at,last_seen_at}"
"""A key and a sign-in say when they were last used, also for a call that was refused."""
LOGGED_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relpersistence = 'p' AND relnamespace = 'public'::regnamespace
"""
FORM = "application/x-www-form-urlencoded"
DIFFERING = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|nonce="[^"]+"|nonce-[^\']+|'
    r'"request_id":"[\w-]+"|class="qy-request">[\s\S]*?</code>|csrfmiddlewaretoken=\w+'
)
"""What two requests for the same thing never share."""


@dataclass(frozen=True)
class Reply:
    """What one request brought; ``wrote`` tells whether a counted table is other than before."""

    status: int
    text: str
    headers: Mapping[str, str]
    statements: int
    wrote: bool
    found: Any = None

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None

    def everything(self) -> str:
        """Body and headers, to be searched for what must not be there."""
        return self.text + "\n".join(f"{name}: {value}" for name, value in self.headers.items())


class Statements:
    """Counts what is sent to the database."""

    count = 0

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.count += 1
        return execute(*given)


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that leaves nothing behind; flows may call theirs durable inside."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def send(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    data: Mapping[str, Any] | None = None,
    body: Any = None,
    look: Callable[[], Any] = lambda: None,
) -> Reply:
    """One request, undone afterwards. ``data`` is a form, ``body`` JSON (or raw bytes).

    What ``look`` finds before it is undone becomes ``found``.
    """
    given = {"accept-language": "en", "Idempotency-Key": secrets.token_hex(8)} | dict(headers)
    raw, kind = b"", FORM
    if data is not None:
        raw = urlencode(data, doseq=True).encode()
    elif body is not None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/json"
    request = RequestFactory().generic(method, path, raw, content_type=kind, headers=given)
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    with undone():
        statements = Statements()
        with connection.execute_wrapper(statements):
            response: Any = _handler().get_response(request)
            streamed = b"".join(response) if response.streaming else response.content
        wrote, found = _wrote(), look()
    text = streamed.decode(errors="replace")
    return Reply(response.status_code, text, _headers(response), statements.count, wrote, found)


def _headers(response: Any) -> dict[str, str]:
    found = {name: value for name, value in response.items() if name not in NEVER_THE_SAME}
    for name, morsel in response.cookies.items():
        found[f"Set-Cookie {name}"] = "" if name == "csrftoken" else morsel.value
    return found


def _wrote() -> bool:
    """A transaction without an id has changed no row anywhere; one with an id is looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned()")
        if cursor.fetchone() == (None,):
            return False
    return bool(digest() != untouched[0])


untouched: list[Any] = []
"""The digest of the world before any request."""


@cache
def _digest_statement() -> str:
    with connection.cursor() as cursor:
        cursor.execute(LOGGED_TABLES)
        tables = sorted({name for (name,) in cursor.fetchall()} - NOT_COUNTED)
    return " UNION ALL ".join(
        f"SELECT '{table}', count(*), sum(hashtextextended((to_jsonb(line) - '{LAST_USED}'::text[])::text, 0))"
        f" FROM {table} line"
        for table in tables
    )


def digest() -> Any:
    """Rows and their hashes, table by table."""
    with connection.cursor() as cursor:
        cursor.execute(_digest_statement())
        return sorted(cursor.fetchall())


def same_refusal(one: Reply, other: Reply, *, asked: Iterable[str]) -> bool:
    """Whether two refusals are the same, but for the keys that were ``asked`` for."""
    keys = re.compile("|".join(re.escape(key) for key in sorted(asked, key=len, reverse=True)))
    return _parts(one, keys) == _parts(other, keys)


def _parts(reply: Reply, keys: re.Pattern[str]) -> list[str]:
    """Body and headers. The length of a body that echoes what was asked goes by that."""
    headers = sorted(item for item in reply.headers.items() if item[0] != "Content-Length")
    lines = [str(reply.status), reply.text, *(f"{name}: {value}" for name, value in headers)]
    return [DIFFERING.sub("", keys.sub("#", line)) for line in lines]
