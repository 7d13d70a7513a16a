"""Every route of the platform, read from the URL configuration."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


def walk(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Route and view of every address."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def api_operations() -> Iterator[str]:
    """METHOD and route of every operation under /api/v1/."""
    for route, view in walk():
        if route.startswith("api/v1/"):
            for method in METHODS[:5]:
                if hasattr(view.cls, method):
                    yield f"{method.upper()} {route.removeprefix('api/v1/')}"


def office_routes(site: str) -> Iterator[str]:
    """The routes of one site, without its prefix."""
    prefix = f"{site}/"
    for route, _view in walk():
        if route.startswith(prefix):
            yield route.removeprefix(prefix)


def other_routes() -> Iterator[str]:
    """The routes of neither API nor offices."""
    for route, _view in walk():
        if not route.startswith(("api/v1/", "admin/", "portal/")):
            yield route
