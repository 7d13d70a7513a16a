"""How the two sites look: names, colours, logo. Their sidebar is made from what is registered."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

JADE = {
    "50": "oklch(98% .015 175)",
    "100": "oklch(95% .04 175)",
    "200": "oklch(90% .075 176)",
    "300": "oklch(83% .105 178)",
    "400": "oklch(74% .12 180)",
    "500": "oklch(63% .115 182)",
    "600": "oklch(52% .1 184)",
    "700": "oklch(45% .085 186)",
    "800": "oklch(39% .07 188)",
    "900": "oklch(33% .055 190)",
    "950": "oklch(25% .042 192)",
}
INDIGO = {
    "50": "oklch(97.5% .014 265)",
    "100": "oklch(94% .032 265)",
    "200": "oklch(88% .06 266)",
    "300": "oklch(80% .1 267)",
    "400": "oklch(70% .145 268)",
    "500": "oklch(61% .185 269)",
    "600": "oklch(53% .2 270)",
    "700": "oklch(47% .185 271)",
    "800": "oklch(40% .15 272)",
    "900": "oklch(34% .115 273)",
    "950": "oklch(26% .085 274)",
}


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


COMMON: dict[str, Any] = {
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [style],
}

UNFOLD: dict[str, Any] = COMMON | {
    "SITE_TITLE": _("Quanyu head office"),
    "SITE_HEADER": _("Quanyu"),
    "SITE_SUBHEADER": _("Head office"),
    "SITE_ICON": icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SHOW_HISTORY": True,
    "COLORS": {"primary": JADE},
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
    "COLORS": {"primary": INDIGO},
    "LOGIN": {"image": portal_login_image},
    "SIDEBAR": {"show_search": True, "show_all_applications": False},
}
