"""What protects sign-in and the browser: passwords, cookies, transport, content policy."""

from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from apps.org.rules import ROLE_ACTIONS, SECOND_FACTOR_ROLES

__all__ = [
    "AUTH_PASSWORD_VALIDATORS",
    "CONTENT_SECURITY_POLICY",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SAMESITE",
    "CSRF_COOKIE_SECURE",
    "DOCS_POLICY",
    "LANGUAGE_COOKIE_HTTPONLY",
    "LANGUAGE_COOKIE_SAMESITE",
    "LANGUAGE_COOKIE_SECURE",
    "LOGIN_URL",
    "OFFICE_POLICY",
    "REQUIRE_SECOND_FACTOR",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_REDIRECT_EXEMPT",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_SECURE",
]
env = environ.Env()
DEBUG = env.bool("DEBUG", default=True)

VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": VALIDATION + "UserAttributeSimilarityValidator"},
    {"NAME": VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": VALIDATION + "CommonPasswordValidator"},
]
LOGIN_URL = "/admin/login/"

# Whose roles demand a second factor; nobody's while the demonstration is walked.
REQUIRE_SECOND_FACTOR = frozenset(
    env.list("REQUIRE_SECOND_FACTOR", default=[] if DEBUG else sorted(SECOND_FACTOR_ROLES))
)
if unknown := REQUIRE_SECOND_FACTOR - ROLE_ACTIONS.keys():
    raise ImproperlyConfigured(f"REQUIRE_SECOND_FACTOR names no role: {', '.join(sorted(unknown))}")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes speak plain HTTP to one node
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"  # a link in a mail leads to the page
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 13 * 60 * 60  # a little longer than any sign-in; accounts.rules ends those

_NO_FRAMES: dict[str, list[str]] = {
    "default-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
    "font-src": [SELF],
}
# Pages of our own making: only what they name by the nonce of this very answer.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": _NO_FRAMES | {"script-src": [NONCE], "style-src": [NONCE], "img-src": [SELF]}
}
# Swagger UI reads the schema and draws its arrows from data.
DOCS_POLICY = {"connect-src": [SELF], "img-src": ["data:"]}
# django-unfold: Alpine evaluates the expressions in its templates, which needs 'unsafe-eval', and
# bars, tabs and menus are placed by style attributes. Scripts and style sheets are files of ours.
OFFICE_POLICY = _NO_FRAMES | {
    "script-src": [SELF, UNSAFE_EVAL],
    "script-src-attr": [NONE],
    "style-src": [SELF],
    "style-src-attr": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "connect-src": [SELF],
}
