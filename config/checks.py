"""Deny by default: what does not say who may come in does not start.

Errors of ``manage.py check``, on which also ``up``, the web server and the worker stop. Whether the
declarations are kept is shown by ``tests/test_access.py``, route by route.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.sites import AdminSite
from django.core import checks
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import RedirectView

from apps.common.permissions import Declared, Public, SignedIn
from apps.org.offices.base import Guarded, OfficeAdmin
from apps.org.offices.sites import head_office, portal
from apps.org.rules import ALL_ACTIONS

OPEN_ROUTES: Mapping[str, str] = {
    "": "leads to the sign-in page",
    "healthz": "asked by the machine that runs us; says only that we live",
    "readyz": "asked by the machine that runs us; names parts, no addresses",
    "api/schema/": "the description of the API holds no data",
    "api/docs/": "the description of the API holds no data",
    "^api/": "the 404 of every other address below it",
    "i18n/setlang/": "the language of the next page",
}
"""Routes outside of API and offices, and why nobody need sign in there."""
OFFICE_PAGES = frozenset(
    {
        "index",
        "login",
        "logout",
        "password_change",
        "password_change_done",
        "autocomplete",
        "jsi18n",
        "app_list",
        "search",
        "login_code",
        "login_password",
        "login_enrol",
        "security",
        "second_factor",
        "prove",
        "end_session",
        "end_token",
        "end_others",
        "tasks",
        "save_view",
        "rename_view",
        "delete_view",
        "choose_columns",
        "export_list",
        "change_rows",
    }
)
"""Pages of a site that belong to no model: Django's and unfold's own, those that show people nothing
but themselves, and two that ask the rights of the list that they are about."""
SITES = ("admin", "portal")
ROW_PAGES = ("changelist", "add", "history", "restore", "delete", "change")
METHODS = ("get", "post", "put", "patch", "delete")


@checks.register("access")
def every_view_declares_its_actions(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Views of the API name an action for each method, or say why none is asked."""
    found: list[str] = []
    for route, view in _routes(get_resolver().url_patterns, ""):
        cls = getattr(view, "cls", None)
        if route in OPEN_ROUTES:
            continue
        if cls is None:
            found.append(f"{route}: a view outside of API and offices must be listed as open.")
        else:
            found += [f"{route}: {problem}" for problem in _of_view(cls)]
    return [checks.Error(text, id="quanyu.E030") for text in found]


def _routes(patterns: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
    """Without those of the two sites, which the check below asks."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "admin" and pattern.namespace in SITES:
                continue
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _of_view(cls: Any) -> Iterator[str]:
    if tuple(cls.permission_classes) != (Declared,):
        yield f"{cls.__name__} has permissions of its own instead of actions."
    if cls.metadata_class is not None:
        yield f"{cls.__name__} answers OPTIONS."
    rules = getattr(cls, "actions", {})
    has = {method for method in METHODS if hasattr(cls, method)}
    for method in sorted(has - rules.keys()):
        yield f"{cls.__name__}.{method} declares no action."
    for method in sorted(rules.keys() - has):
        yield f"{cls.__name__} has no {method}, but declares an action for it."
    for method, rule in rules.items():
        if isinstance(rule, Public | SignedIn):
            if not rule.reason.strip():
                yield f"{cls.__name__}.{method} must say why no action is asked."
        elif rule not in ALL_ACTIONS:
            yield f"{cls.__name__}.{method} declares {rule!r}, which no role holds."


@checks.register("access")
def every_office_page_declares_its_actions(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Admins and inlines of both sites name an action and a selector; buttons and pages are guarded."""
    found: list[str] = []
    for site in (head_office, portal):
        for admin in site._registry.values():
            found += [f"{site.name}: {problem}" for problem in _of_admin(admin)]
        found += [f"{site.name}: {problem}" for problem in _of_site(site)]
    return [checks.Error(text, id="quanyu.E031") for text in found]


def _of_admin(admin: Any) -> Iterator[str]:
    name = type(admin).__name__
    if not isinstance(admin, OfficeAdmin):
        yield f"{name} is no OfficeAdmin."
        return
    yield from _of_guarded(type(admin), admin)
    for inline in admin.inlines:
        if issubclass(inline, Guarded):
            yield from _of_guarded(inline, inline)
        else:
            yield f"{inline.__name__} of {name} is not Guarded."
    yield from _of_buttons(admin)
    yield from _of_pages(admin)


def _of_guarded(cls: type, one: Any) -> Iterator[str]:
    if one.see_action not in ALL_ACTIONS:
        yield f"{cls.__name__} names no see_action that a role holds."
    if one.manage_action and one.manage_action not in ALL_ACTIONS:
        yield f"{cls.__name__} names a manage_action that no role holds."
    if getattr(cls, "visible") is Guarded.visible:  # noqa: B009 - the class is not known to mypy
        yield f"{cls.__name__} names no selector of its own in visible."


def _of_buttons(admin: Any) -> Iterator[str]:
    kinds = (admin.actions_list, admin.actions_row, admin.actions_detail, admin.actions_submit_line)
    names = [name for kind in kinds for name in admin._extract_action_names(kind)]
    for action in [*names, *(admin.actions or ())]:
        method = getattr(admin, action) if isinstance(action, str) else action
        permissions = getattr(method, "allowed_permissions", None) or ()
        if not permissions:
            yield f"{type(admin).__name__}.{method.__name__} asks no permission."
        for permission in permissions:
            if not hasattr(admin, f"has_{permission}_permission"):
                yield f"{type(admin).__name__} has no has_{permission}_permission."


def _of_pages(admin: Any) -> Iterator[str]:
    options = admin.model._meta
    known = {f"{options.app_label}_{options.model_name}_{page}" for page in ROW_PAGES}
    for kind in (admin.actions_list, admin.actions_row, admin.actions_detail):
        for name in admin._extract_action_names(kind):
            known.add(f"{options.app_label}_{options.model_name}_{name}")
    for pattern in admin.get_urls():
        if pattern.name is None and getattr(pattern.callback, "view_class", None) is RedirectView:
            continue
        if pattern.name not in known and admin.extra_pages.get(pattern.name) not in ALL_ACTIONS:
            yield f"{type(admin).__name__}: the page {pattern.pattern} declares no action."


def _of_site(site: AdminSite) -> Iterator[str]:
    for pattern in site.get_urls():
        if isinstance(pattern, URLResolver):
            continue  # of a model
        catch_all = str(pattern.pattern) == "(?P<url>.*)$"
        if pattern.name not in OFFICE_PAGES and not catch_all:
            yield f"the page {pattern.pattern} is not among those that are open to everybody."
