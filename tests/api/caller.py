"""One caller of the API: JSON in, JSON out, with or without a token."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from apps.accounts import services as accounts
from apps.members import services as members
from apps.members.models import Member
from apps.org import services as org_services
from apps.org.models import Store
from tests import builders

ROOT = "/api/v1/"


@dataclass(frozen=True)
class Answer:
    """What came back; ``body`` is the decoded JSON, None without a body."""

    status: int
    body: Any
    raw: bytes
    headers: Mapping[str, str]

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.raw
        return self.status, self.body["code"]


@dataclass(frozen=True)
class Caller:
    """Sends requests under one token."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(headers={"accept-language": "en"}))

    def get(self, path: str, **query: str) -> Answer:
        return self.send("get", path, query_params=query)

    def delete(self, path: str) -> Answer:
        return self.send("delete", path)

    def post(self, path: str, body: Any, *, key: str | None = "", **headers: str) -> Answer:
        """``body`` as JSON, or raw bytes; a fresh Idempotency-Key unless one is named (or None)."""
        if key is not None:
            headers["Idempotency-Key"] = key or secrets.token_hex(8)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("post", path, data=raw, content_type="application/json", headers=headers)

    def send(self, method: str, path: str, **options: Any) -> Answer:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        address = path if path.startswith("/") or "://" in path else ROOT + path
        response = getattr(self.client, method)(address, headers=headers, **options)
        raw = response.content
        return Answer(response.status_code, json.loads(raw) if raw else None, raw, response.headers)


def staff(username: str, role: str, **scope: object) -> Caller:
    """A signed-in staff user with one role."""
    return Caller(builders.staff_token(builders.build_staff(username, role, **scope)))


def member(row: Member) -> Caller:
    return Caller(members.issue_member_token(row))


def app(*scopes: str, stores: tuple[Store, ...] = ()) -> Caller:
    """An application with these scopes, perhaps bound to stores."""
    client, key = accounts.create_api_client(
        builders.SYSTEM,
        name="storefront",
        scopes=list(scopes),
        reach="stores" if stores else "brand",
    )
    for store in stores:
        org_services.bind_client(builders.SYSTEM, client, store)
    return Caller(key)
