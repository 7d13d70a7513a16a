"""Signed requests: what is signed, and how the signature is carried. Plain values, no database.

``Authorization: QY-HMAC-SHA256 key_id=…, timestamp=…, nonce=…, signature=…``; docs/api-clients.md
shows how a caller makes one.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote

from django.utils.translation import gettext_lazy as _

from apps.common import clock
from apps.common.errors import Unauthenticated

SCHEME = "QY-HMAC-SHA256"
WINDOW_SECONDS = 300
"""How far the caller's clock may be off, either way; a nonce is kept longer than twice that."""
UNRESERVED = "-._~"
MAX_QUERY_FIELDS = 100
UNKNOWN = "nobody's secret"
_PATTERNS = {
    "key_id": re.compile(r"[0-9A-Z]{1,32}"),
    "timestamp": re.compile(r"[0-9]{1,12}"),
    "nonce": re.compile(r"[A-Za-z0-9_-]{16,64}"),
    "signature": re.compile(r"[0-9a-f]{64}"),
}


class SignatureMalformed(Unauthenticated):
    code = "signature_malformed"
    message = _("The Authorization header of a signed request has not the documented shape.")


class SignatureInvalid(Unauthenticated):
    code = "signature_invalid"
    message = _("The signature does not match, or the key is unknown, retired or revoked.")


class ClockSkew(Unauthenticated):
    code = "clock_skew"
    message = _("The timestamp is more than %(seconds)s seconds away from the time of the server.")


class NonceReplayed(Unauthenticated):
    code = "nonce_replayed"
    message = _("This nonce was used before; sign each request anew.")


@dataclass(frozen=True, slots=True)
class Claim:
    """What the header of a signed request says. ``timestamp`` is in Unix seconds."""

    key_id: str
    timestamp: int
    nonce: str
    signature: str

    def matches(self, secret: str, text: bytes) -> bool:
        """Whether the signature is that of ``text`` under ``secret``; takes the same time if not."""
        right = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right, self.signature)


def read_claim(parameters: str) -> Claim:
    """The header without its scheme. Raises SignatureMalformed."""
    found: dict[str, str] = {}
    for part in parameters.split(","):
        name, _equals, value = part.strip().partition("=")
        pattern = _PATTERNS.get(name)
        if pattern is None or name in found or not pattern.fullmatch(value):
            raise SignatureMalformed
        found[name] = value
    if len(found) != len(_PATTERNS):
        raise SignatureMalformed
    return Claim(found["key_id"], int(found["timestamp"]), found["nonce"], found["signature"])


def check_clock(claim: Claim, now: datetime) -> None:
    """Raises ClockSkew, which names the time of the server, so that the caller can put it right."""
    if abs(now.timestamp() - claim.timestamp) > WINDOW_SECONDS:
        raise ClockSkew(
            seconds=WINDOW_SECONDS,
            fields={
                "timestamp": claim.timestamp,
                "server_timestamp": int(now.timestamp()),
                "server_time": clock.rfc3339(now),
            },
        )


def signed_text(claim: Claim, *, method: str, path: str, query: str, body: bytes) -> bytes:
    """The lines that are signed; ``path`` is decoded, ``query`` as it was sent.

    Raises SignatureMalformed if the query has too many fields.
    """
    lines = (
        SCHEME,
        method.upper(),
        canonical(path, query),
        str(claim.timestamp),
        claim.nonce,
        hashlib.sha256(body).hexdigest(),
    )
    return "\n".join(lines).encode()


def canonical(path: str, query: str) -> str:
    """Path and query in their one spelling: fields in order, all but unreserved characters escaped."""
    address = quote(path, safe="/" + UNRESERVED)
    if not query:
        return address
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
    except ValueError as error:
        raise SignatureMalformed from error
    fields = sorted(
        (quote(name, safe=UNRESERVED), quote(value, safe=UNRESERVED)) for name, value in pairs
    )
    return address + "?" + "&".join(f"{name}={value}" for name, value in fields)
