"""The secret of a second factor that is being set up: it waits, sealed, in the person's session."""

import base64
import io
from typing import Any

import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.accounts import rules
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.common import crypto

ISSUER = "Quanyu"
SECRET = "second_factor_secret"  # noqa: S105  the name under which the session keeps it


def secret_of(request: HttpRequest) -> str:
    """The secret on the page, the same one until a code confirms it or the session ends."""
    kept = request.session.get(SECRET)
    if kept:
        return crypto.decrypt(base64.b64decode(kept))
    secret = accounts.second_factor.new_secret()
    request.session[SECRET] = base64.b64encode(crypto.encrypt(secret)).decode()
    return secret


def forget(request: HttpRequest) -> None:
    request.session.pop(SECRET, None)


def context_of(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the enrolment page shows: a QR code for the phone's camera, and the key in letters."""
    secret = secret_of(request)
    uri = rules.provisioning_uri(ISSUER, user.username, secret)
    return {"qr": _drawing(uri), "key": rules.in_groups(secret), "account": user.username}


def _drawing(text: str) -> SafeString:
    """A QR code as inline SVG: no file to fetch, no style, nothing that a content policy refuses."""
    drawn = io.BytesIO()
    look = {"border": 3, "light": "#fff", "svgclass": "qr", "lineclass": None}
    code = segno.make_qr(text, error="m")
    code.save(drawn, kind="svg", xmldecl=False, omitsize=True, **look)
    return SafeString(drawn.getvalue().decode())
