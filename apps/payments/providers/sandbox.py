"""A provider for development and demonstrations: it signs its notices as a real one does.

A notice is a JSON body signed with HMAC-SHA-256 over ``<timestamp>.<body>``; the time stamp may be
at most five minutes off, so a captured notice cannot be replayed for ever.
"""

import hashlib
import hmac
import re
from typing import Annotated

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from apps.common import clock
from apps.common.errors import Malformed
from apps.common.money import MAX_AMOUNT
from apps.payments.services import CaptureNotice

NAME = "sandbox"
MAX_SKEW_SECONDS = 300
TIMESTAMP_PATTERN = re.compile(r"[0-9]{1,12}")
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
"""Visible ASCII: the numbers of payments are, and a provider's references."""


class NoticeInvalid(Malformed):
    code = "notice_invalid"
    message = _("The notice is not one of ours: its signature, time or content is wrong.")


class NoticeBody(msgspec.Struct, forbid_unknown_fields=True):
    """A capture notice: money of `amount` arrived under the provider's own `reference`."""

    payment: Key
    reference: Key
    amount: Annotated[int, Meta(ge=1, le=MAX_AMOUNT, description="Minor units.")]


def payment_parameters(*, number: str, amount: int) -> dict[str, object]:
    """What a storefront hands to the sandbox cashier."""
    return {"provider": NAME, "payment": number, "amount": amount, "currency": settings.CURRENCY}


def sign(body: bytes, *, timestamp: int) -> str:
    """The signature of a notice body sent at ``timestamp`` (Unix seconds)."""
    message = str(timestamp).encode() + b"." + body
    return hmac.new(settings.SANDBOX_PAYMENT_SECRET.encode(), message, hashlib.sha256).hexdigest()


def read_notice(body: bytes, *, timestamp: str, signature: str) -> CaptureNotice:
    """The content of a genuine notice. Raises NoticeInvalid."""
    if not TIMESTAMP_PATTERN.fullmatch(timestamp):
        raise NoticeInvalid
    expected = sign(body, timestamp=int(timestamp))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise NoticeInvalid
    if abs(clock.now().timestamp() - int(timestamp)) > MAX_SKEW_SECONDS:
        raise NoticeInvalid
    try:
        notice = msgspec.json.decode(body, type=NoticeBody)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NoticeInvalid from error
    return CaptureNotice(NAME, notice.reference, notice.payment, notice.amount)
