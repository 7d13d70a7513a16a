"""The two sites: who is let in, what the sidebar shows, and how a refusal looks."""

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from csp.decorators import csp
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import DomainError, Missing
from apps.org import rules
from apps.org import selectors as org
from apps.org.offices.access import actor_of
from apps.org.offices.home import Home
from apps.org.offices.security import SecurityPages
from apps.org.offices.sessions import session_of, sign_out

CENTERS = (
    "org",
    "members",
    "products",
    "inventory",
    "orders",
    "payments",
    "loyalty",
    "jobs",
    "accounts",
    "common",
)
PORTAL_ROLES = frozenset({rules.FRANCHISE_OWNER, rules.STORE_MANAGER, rules.CLERK})
SEARCH_FROM = 2
FOUND_AT_MOST = 20
NAMED_STORES = 8
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = ("GET", "HEAD", "POST")

OFFICE_POLICY: Any = csp(settings.OFFICE_POLICY)
"""Decorates what answers with a page of django-unfold."""

Finder = Callable[[HttpRequest, str], Sequence[SearchResult]]


class OfficeSite(SecurityPages, UnfoldAdminSite):
    """What both sites share. ``admits`` decides who may come in."""

    enable_nav_sidebar = True
    index_title = gettext_lazy("Overview")
    index_template = "offices/home.html"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.home = Home()
        self.finders: list[Finder] = []

    def has_permission(self, request: HttpRequest) -> bool:
        """A live sign-in of somebody who is admitted, with the second factor where it is owed."""
        session, actor = session_of(request), actor_of(request)
        if session is None or not request.user.is_active or not self.admits(request.user, actor):
            return False
        return session.with_second_factor or not accounts.second_factor.is_owed(actor)

    def get_urls(self) -> list[Any]:
        """Without Django's way from a content type and an id to a row: our rows have no other page."""
        found: list[Any] = super().get_urls()
        return [one for one in found if getattr(one, "name", None) != "view_on_site"]

    def extra_urls(self) -> list[URLPattern]:
        return [*self.sign_in_urls(), *self.security_urls()]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page with the sidebar, under the content policy that django-unfold needs."""
        return OFFICE_POLICY(self.entry_view(view, cacheable))

    def entry_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page of people who are signed in; a dialog of one who is not leads to the sign-in page."""
        guarded = super().admin_view(self._with_refusals(view), cacheable)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.headers.get("HX-Request") and not self.has_permission(request):
                return HttpResponse(headers={"HX-Redirect": reverse(f"{self.name}:login")})
            found: HttpResponse = guarded(request, *args, **kwargs)
            return found

        return answer

    def _with_refusals(self, view: Any) -> Any:
        """A missing page, a right that is not there and a refusal of the business, for people."""
        noting = _noting(view)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            try:
                return noting(request, *args, **kwargs)
            except (Http404, Missing):
                return self._page(request, 404, _("There is nothing here."), "search_off")
            except PermissionDenied:
                return self._page(request, 403, _("Your role does not allow this."), "lock")
            except DomainError as refusal:
                messages.error(request, refusal.detail)
                return HttpResponseRedirect(request.get_full_path())

        return answer

    def _page(self, request: HttpRequest, status: int, text: str, icon: str) -> HttpResponse:
        request.current_app = self.name
        context = {**self.each_context(request), "title": text, "icon": icon}
        respond = OFFICE_POLICY(TemplateResponse)
        return respond(request, "offices/refusal.html", context, status=status)

    def each_context(self, request: Any) -> dict[str, Any]:
        """Without ``colors``: unfold would write them into the page; ours stand in a file."""
        context: dict[str, Any] = super().each_context(request)
        return context | {
            "colors": None,
            "redirect_to": request.get_full_path(),
            "office": self.name,
        }

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Signing out is asked for by a button, and leads to the sign-in page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sign_out(request)
        messages.info(request, _("You are signed out."))
        return HttpResponseRedirect(reverse(f"{self.name}:login"))

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        return super().index(request, {**self.home.context(request), **(extra_context or {})})

    def get_app_list(self, request: Any, app_label: str | None = None) -> list[Any]:
        """Apps in the order of CENTERS, models in the order they were registered."""
        found = self._build_app_dict(request, app_label)
        labels = [label for label in CENTERS if label in found]
        return [found[label] for label in labels + sorted(found.keys() - set(CENTERS))]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        groups: dict[str, list[dict[str, Any]]] = {label: [] for label in CENTERS}
        for model, admin in self._registry.items():
            if admin.in_sidebar and admin.has_view_permission(request):
                center = admin.center or model._meta.app_label
                groups.setdefault(center, []).append(self._entry(request, model, admin))
        named = [
            {"title": apps.get_app_config(label).verbose_name, "items": items}
            for label, items in groups.items()
            if items
        ]
        return [{"title": None, "items": [self._home_entry(request)]}, *named]

    def _home_entry(self, request: HttpRequest) -> dict[str, Any]:
        url = reverse(f"{self.name}:index")
        here = request.path == url
        title = gettext_lazy("Overview")
        return {"title": title, "link": url, "icon": "home", "active": here, "has_permission": True}

    def _entry(self, request: HttpRequest, model: Any, admin: Any) -> dict[str, Any]:
        options = model._meta
        url = reverse(f"{self.name}:{options.app_label}_{options.model_name}_changelist")
        return {
            "title": capfirst(options.verbose_name_plural),
            "link": url,
            "icon": admin.icon,
            "active": request.path.startswith(url),
            "has_permission": True,
        }

    def finder(self, function: Finder) -> Finder:
        """Register a search by exact business keys for the box in the sidebar and for Ctrl-K."""
        self.finders.append(function)
        return function

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Pages by name, and single rows by their keys. Nothing that is typed here is kept.

        The boxes send it by POST: a phone stands in no address.
        """
        sent = request.POST if request.method == "POST" else request.GET
        text = (sent.get("s") or "").replace("\0", "").strip()
        if len(text) < SEARCH_FROM:
            return HttpResponse()
        began = time.monotonic()
        pages = self._search_apps(self.get_app_list(request), text.lower())
        found = [result for find in self.finders for result in find(request, text)]
        results = [*found, *pages][:FOUND_AT_MOST]
        page = Paginator(results, FOUND_AT_MOST)
        context = {"page_obj": page, "results": page.page(1), "page_counter": 0}
        context["execution_time"] = time.monotonic() - began
        shape = "command" if "extended" in request.GET else "search"  # Ctrl-K, or the sidebar's box
        template = f"unfold/helpers/{shape}_results.html"
        return TemplateResponse(request, template, context, headers={"HX-Trigger": "search"})


def _noting(view: Any) -> Any:
    """What a view changes in the configuration is noted with who, under which right, and the reason
    that the form asked for."""
    under = getattr(getattr(view, "__self__", None), "manage_action", "")

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method in SAFE_METHODS:
            return view(request, *args, **kwargs)
        reason = request.POST.get("reason", "")
        with accounts.noting(actor_of(request), reason=reason, under=under):
            return view(request, *args, **kwargs)

    return answer


class HeadOfficeSite(OfficeSite):
    """Head office: people marked as such who hold a role."""

    settings_name = "UNFOLD"

    def admits(self, user: Any, actor: Actor) -> bool:
        return bool(user.is_staff) and bool(actor.grants)


class PortalSite(OfficeSite):
    """Franchisees: owners, store managers and clerks, on their own stores."""

    settings_name = "UNFOLD_PORTAL"

    def admits(self, user: Any, actor: Actor) -> bool:
        return any(grant.role in PORTAL_ROLES for grant in actor.grants)

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """The overview says which stores its figures cover."""
        stores = org.stores_visible_to(actor_of(request), "orders.see").order_by("code")
        names = [store.display_name for store in stores[: NAMED_STORES + 1]]
        scope = {"scope_names": names[:NAMED_STORES], "scope_more": len(names) > NAMED_STORES}
        return super().index(request, {**scope, **(extra_context or {})})


head_office = HeadOfficeSite("admin")
portal = PortalSite("portal")
