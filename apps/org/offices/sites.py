"""The two sites: who is let in, what the sidebar shows, and how a refusal looks."""

from functools import wraps
from typing import Any

from csp.decorators import csp
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from unfold.sites import UnfoldAdminSite

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import DomainError, Missing, NotPermitted, TooMany
from apps.common.problems import status_of
from apps.org import rules
from apps.org.offices.access import actor_of
from apps.org.offices.changing import ChangePages
from apps.org.offices.coverage import coverage_of
from apps.org.offices.export_pages import ExportPages
from apps.org.offices.home import Home
from apps.org.offices.refusals import NOT_ALLOWED, NOTHING_HERE, Refused, advice_of, say_refusal
from apps.org.offices.searching import Finder, SearchBox
from apps.org.offices.security import SecurityPages
from apps.org.offices.sessions import session_of, sign_out
from apps.org.offices.tasks import TaskPages, Tasks
from apps.org.offices.views import ArrangingPages

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
CENTER_ICONS = {
    "org": "storefront",
    "members": "groups",
    "products": "sell",
    "inventory": "inventory_2",
    "orders": "receipt_long",
    "payments": "payments",
    "loyalty": "stars",
    "jobs": "pending_actions",
    "accounts": "admin_panel_settings",
    "common": "monitor_heart",
    "demo": "dataset",
}
PORTAL_ROLES = frozenset({rules.FRANCHISE_OWNER, rules.STORE_MANAGER, rules.CLERK})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = ("GET", "HEAD", "POST")

OFFICE_POLICY: Any = csp(settings.OFFICE_POLICY)
"""Decorates what answers with a page of django-unfold."""


class OfficeSite(
    ArrangingPages, ExportPages, ChangePages, SearchBox, SecurityPages, UnfoldAdminSite
):
    """What both sites share. ``admits`` decides who may come in."""

    enable_nav_sidebar = True
    index_title = gettext_lazy("Overview")
    index_template = "offices/home.html"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # one row at a time, with a reason
        self.home = Home()
        self.finders: list[Finder] = []

    def admin_called(self, label: str) -> Any:
        """The admin of ``orders.order`` on this site; None where the site has no such list."""
        found = (own for model, own in self._registry.items() if model._meta.label_lower == label)
        return next(found, None)

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
        lists = (*self.list_urls(), *self.export_urls(), *self.change_urls())
        return [*self.sign_in_urls(), *self.security_urls(), *lists]

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
                return self._page(request, NOTHING_HERE)
            except (PermissionDenied, NotPermitted):
                return self._page(request, NOT_ALLOWED)
            except DomainError as refusal:
                return self._refused(request, refusal)

        return answer

    def _refused(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        """What was sent leads back to its page; a page that cannot be shown would lead to itself."""
        if request.method == "POST":
            say_refusal(request, refusal)
            return HttpResponseRedirect(request.get_full_path())
        text = Refused(status_of(type(refusal)), "report", refusal.detail, advice_of(refusal))
        response = self._page(request, text)
        if isinstance(refusal, TooMany):
            response["Retry-After"] = str(refusal.retry_after)
        return response

    def _page(self, request: HttpRequest, said: Refused) -> HttpResponse:
        request.current_app = self.name
        context = {
            **self.each_context(request),
            "title": said.title,
            "advice": said.advice,
            "icon": said.icon,
        }
        respond = OFFICE_POLICY(TemplateResponse)
        return respond(request, "offices/refusal.html", context, status=said.status)

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
            {
                "title": apps.get_app_config(label).verbose_name,
                "icon": CENTER_ICONS.get(label, "folder"),
                "items": items,
            }
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


class PortalSite(TaskPages, OfficeSite):
    """Franchisees: owners, store managers and clerks, on their own stores."""

    settings_name = "UNFOLD_PORTAL"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.tasks = Tasks()

    def admits(self, user: Any, actor: Actor) -> bool:
        return any(grant.role in PORTAL_ROLES for grant in actor.grants)

    def extra_urls(self) -> list[URLPattern]:
        return [*self.task_urls(), *super().extra_urls()]

    def each_context(self, request: Any) -> dict[str, Any]:
        """Every page says which stores it covers."""
        return super().each_context(request) | {"coverage": coverage_of(request)}

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        found = super().get_sidebar_list(request)
        url = reverse(f"{self.name}:tasks")
        here = request.path == url
        tasks = {"title": gettext_lazy("Tasks"), "link": url, "icon": "checklist", "active": here}
        found[0]["items"].append(tasks | {"has_permission": True})
        return found

    def _entry(self, request: HttpRequest, model: Any, admin: Any) -> dict[str, Any]:
        """Under the name that people at stores use for it, where it has one."""
        entry = super()._entry(request, model, admin)
        return entry | {"title": admin.known_as or entry["title"]}


head_office = HeadOfficeSite("admin")
portal = PortalSite("portal")
