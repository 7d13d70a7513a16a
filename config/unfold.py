"""How the two sites look: names, colours, logo. Their sidebar is made from what is registered."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def icon(request: HttpRequest) -> str:
    return static("offices/icon.svg")


def portal_icon(request: HttpRequest) -> str:
    return static("offices/icon-portal.svg")


def login_image(request: HttpRequest) -> str:
    return static("offices/login.svg")


def portal_login_image(request: HttpRequest) -> str:
    return static("offices/login-portal.svg")


def style(request: HttpRequest) -> str:
    return static("offices/offices.css")


def frame(request: HttpRequest) -> str:
    return static("offices/frame.css")


def phone(request: HttpRequest) -> str:
    return static("offices/phone.css")


def portal_style(request: HttpRequest) -> str:
    return static("offices/portal.css")


def theme(request: HttpRequest) -> str:
    return static("offices/theme-admin.css")


def portal_theme(request: HttpRequest) -> str:
    return static("offices/theme-portal.css")


def script(request: HttpRequest) -> str:
    return static("offices/offices.js")


def _account(site: str) -> dict[str, Any]:
    """The links under the person's name."""
    page = reverse_lazy(f"{site}:security")
    return {"navigation": [{"title": _("Sign-in and security"), "link": page}]}


COMMON: dict[str, Any] = {
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "SCRIPTS": [script],
}

UNFOLD: dict[str, Any] = COMMON | {
    "SITE_TITLE": _("Quanyu head office"),
    "SITE_HEADER": _("Quanyu"),
    "SITE_SUBHEADER": _("Head office"),
    "SITE_ICON": icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SHOW_HISTORY": True,
    "STYLES": [style, theme, frame, phone],
    "ACCOUNT": _account("admin"),
    "LOGIN": {"image": login_image},
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
}

UNFOLD_PORTAL: dict[str, Any] = COMMON | {
    "SITE_TITLE": _("Quanyu franchise portal"),
    "SITE_HEADER": _("Quanyu"),
    "SITE_SUBHEADER": _("Franchise portal"),
    "SITE_ICON": portal_icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": portal_icon}],
    "SHOW_HISTORY": False,
    "STYLES": [style, portal_theme, frame, phone, portal_style],
    "ACCOUNT": _account("portal"),
    "LOGIN": {"image": portal_login_image},
    "SIDEBAR": {"show_search": True, "show_all_applications": False},
}
