"""A caller that signs its requests, written after docs/api-clients.md and not after the server."""

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.test import Client

from tests.api.caller import ROOT, Answer


@dataclass(frozen=True)
class Signer:
    """Signs with one key; every part of what it sends can be set by a test."""

    key: str
    client: Client = field(default_factory=lambda: Client(headers={"accept-language": "en"}))

    @property
    def key_id(self) -> str:
        return self.key.split("_", 2)[1]

    def header(
        self,
        method: str,
        address: str,
        body: bytes = b"",
        *,
        timestamp: int | None = None,
        nonce: str = "",
        key_id: str = "",
    ) -> str:
        """The Authorization header; ``address`` is canonical already."""
        stamp = int(time.time()) if timestamp is None else timestamp
        nonce = nonce or secrets.token_hex(16)
        digest = hashlib.sha256(body).hexdigest()
        text = "\n".join(["QY-HMAC-SHA256", method, address, str(stamp), nonce, digest])
        secret = self.key.split("_", 2)[2]
        signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return (
            f"QY-HMAC-SHA256 key_id={key_id or self.key_id}, timestamp={stamp}, "
            f"nonce={nonce}, signature={signature}"
        )

    def get(self, path: str, query: tuple[tuple[str, str], ...] = (), **how: Any) -> Answer:
        fields = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(query))
        address = ROOT + path + ("?" + fields if fields else "")
        return self.send("GET", address, self.header("GET", address, **how))

    def post(self, path: str, content: Any, *, key: str = "", **how: Any) -> Answer:
        body = json.dumps(content).encode()
        header = self.header("POST", ROOT + path, body, **how)
        return self.send("POST", ROOT + path, header, body, key=key)

    def send(
        self, method: str, address: str, header: str, body: bytes = b"", *, key: str = ""
    ) -> Answer:
        """Exactly this, whatever was signed."""
        headers = {"Authorization": header, "Idempotency-Key": key or secrets.token_hex(8)}
        response = self.client.generic(
            method, address, body, content_type="application/json", headers=headers
        )
        raw = response.content
        return Answer(response.status_code, json.loads(raw) if raw else None, raw, response.headers)
