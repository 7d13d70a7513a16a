"""Signing in, as plain decisions: how long a sign-in lasts, and which code is right when."""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django_otp.oath import hotp

STAFF_TOKEN_LIFETIME = timedelta(hours=12)
IDLE = {"admin": timedelta(minutes=30), "portal": timedelta(hours=12)}
"""How long a browser may rest, by the site whose page it asks for."""
LONGEST = timedelta(hours=12)
"""After this much a person signs in anew, however busy they were."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a browser was last seen."""
HALF_SIGNED_IN = timedelta(minutes=10)
"""From the password to the last step of a sign-in."""

REMEMBERED = timedelta(days=90)
"""How long a sign-in is kept in the list after it began; the audit line stays."""

NO_FACTOR = "none"
"""How somebody who gave only a password proved themselves besides it."""
STEP_SECONDS = 30
DRIFT_STEPS = (0, -1, 1)
"""A phone's clock may be one step of 30 seconds off."""
RECOVERY_CODES = 10
_CODE = re.compile(r"[0-9]{6}")
_USER_NAME = re.compile(r"[\w.@+-]{1,64}", re.ASCII)
_PAIRS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"))
SYSTEMS = (*_PAIRS, ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))
BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first mark that is found names the browser: all of them claim to be the later ones too."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What decides whether a sign-in is over: when it began, and when its browser was last seen."""

    started_at: datetime
    last_seen_at: datetime

    def is_over(self, site: str, now: datetime) -> bool:
        """Whether it rested too long for ``site``, or is older than any sign-in may grow."""
        return now - self.last_seen_at > IDLE[site] or now - self.started_at > LONGEST

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to write down again that the browser was seen."""
        return now - self.last_seen_at > SEEN_EVERY


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code ``code`` is, of those around ``at``; None where it is none of them.

    ``secret`` is base 32.
    """
    if not _CODE.fullmatch(code):
        return None
    key = base64.b32decode(secret)
    now = int(at.timestamp()) // STEP_SECONDS
    for step in (now + drift for drift in DRIFT_STEPS):
        if hmac.compare_digest(code, code_at(key, step)):
            return step
    return None


def code_at(key: bytes, step: int) -> str:
    """The six digits of a time step."""
    return f"{hotp(key, step):06d}"


def plain(code: str) -> str:
    """A code as it is compared: without the spaces and dashes that people type."""
    return re.sub(r"[\s-]", "", code).upper()


def in_groups(text: str) -> str:
    """``ABCDEFGH`` → ``ABCD-EFGH``."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def provisioning_uri(issuer: str, username: str, secret: str) -> str:
    """What the QR code says to the authenticator app."""
    label = quote(f"{issuer}:{username}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"


def device_name(user_agent: str) -> str:
    """``Chrome · Windows``; the beginning of what the program calls itself where it is unknown."""
    found = [
        next((name for mark, name in table if mark in user_agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    named = " · ".join(name for name in found if name)
    return named or user_agent.partition("/")[0][:40]


def user_name_fits(name: str) -> bool:
    """Whether somebody new may be called so: letters that exist once, so that no two look alike."""
    return _USER_NAME.fullmatch(name) is not None
