"""The browser in which a person is signed in: looked up once per page, and gone when it is over."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts import services as accounts
from apps.accounts.models import StaffSession, User
from apps.org.offices.access import actor_behind

SITES = {"/admin/": "admin", "/portal/": "portal"}
KEY = "sign_in_key"
_KEPT = "_office_session"


class LiveSignInMiddleware:
    """Signs a browser out whose sign-in has ended: from afar, by resting too long, or of old age."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        site = next((SITES[start] for start in SITES if request.path.startswith(start)), "")
        user = request.user if site else None
        if isinstance(user, User) and user.is_authenticated:
            found = accounts.sessions.see(user, key_of(request), site=site)
            if found is None:
                logout(request)
                messages.info(request, _("You were signed out; please sign in again."))
            request.__dict__[_KEPT] = found
        return self.get_response(request)


def session_of(request: HttpRequest) -> StaffSession | None:
    """The live sign-in of this browser."""
    found = request.__dict__.get(_KEPT)
    return found if isinstance(found, StaffSession) else None


def key_of(request: HttpRequest) -> str:
    """The secret key of this browser's sign-in; empty without one."""
    return str(request.session.get(KEY, ""))


def sign_in(request: HttpRequest, user: User, *, site: str, factor: str) -> None:
    """This browser is the person's from now on, under a new session key."""
    login(request, user)
    request.session[KEY] = accounts.sessions.begin(
        user, site=site, device=device_of(request), factor=factor
    )


def sign_out(request: HttpRequest) -> None:
    """This browser is nobody's; nothing happens where it is nobody's already."""
    if isinstance(request.user, User):
        accounts.sessions.leave(actor_behind(request.user), key_of(request))
        logout(request)


def device_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")
