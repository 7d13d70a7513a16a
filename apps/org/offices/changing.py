"""Many rows of a list at once: the actions of a list, and the page that asks why."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from apps.common.errors import ActionNotPermitted, DomainError
from apps.jobs import registry, tasks
from apps.jobs import services as jobs
from apps.jobs.registry import Change
from apps.org.offices.access import actor_of
from apps.org.offices.export_pages import job_url, kept_query
from apps.org.offices.lists import list_url
from apps.org.offices.paging import count_text, count_up_to
from apps.org.offices.refusals import told

ACROSS = "select_across"
KEY_DIGITS = 18
"""Every number of so many digits is one that a key may be."""


class ChangesRows:
    """The part of an OfficeAdmin that offers the bulk changes of its list."""

    admin_site: Any
    opts: Any

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those that the person may do, beside Django's own."""
        found: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        for change in self.bulk_changes(request):
            name = change.subject.replace(".", "_")
            found[name] = (_opening(change), name, capfirst(str(change.title)))
        return found

    def bulk_changes(self, request: HttpRequest) -> list[Change]:
        actor, office = actor_of(request), self.admin_site.name
        return [
            one
            for one in registry.CHANGES.values()
            if one.listing == self.opts.label_lower
            and office in one.offices
            and jobs.narrowed(actor, one.action).may(self.see_action)  # type: ignore[attr-defined]
        ]


def _opening(change: Change) -> Callable[[Any, HttpRequest, Any], HttpResponse]:
    """The list's action: it asks why, and changes nothing."""

    def ask(admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse:
        return _page(admin, request, change, found=count_up_to(queryset))

    return ask


def _page(
    admin: Any, request: HttpRequest, change: Change, *, found: int, refusal: str = ""
) -> HttpResponse:
    request.current_app = admin.admin_site.name
    across = request.POST.get(ACROSS) == "1"
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": capfirst(str(change.title)),
        "subject": change.subject,
        "found": found,
        "found_text": count_text(found),
        "across": across,
        "chosen": [] if across else request.POST.getlist(ACTION_CHECKBOX_NAME),
        "query": kept_query(request),
        "reason": request.POST.get("reason", "")[:255],
        "refusal": refusal,
        "list_url": f"{list_url(admin)}?{kept_query(request)}",
    }
    return TemplateResponse(request, "offices/change_rows.html", context)


def _numbers(texts: list[str]) -> list[int]:
    """Those of ``texts`` that could be a key or a count; what else was sent is left out."""
    return [int(one) for one in texts if one.isdecimal() and len(one) <= KEY_DIGITS]


class ChangePages:
    """The address below ``lists/`` of an OfficeSite, to which the page of a change is sent."""

    name: str
    _registry: dict[Any, Any]
    admin_view: Any

    def change_urls(self) -> list[URLPattern]:
        view = self.admin_view(self.change_rows)
        return [path("lists/change/<str:subject>/", view, name="change_rows")]

    @method_decorator(require_POST)
    def change_rows(self, request: HttpRequest, subject: str) -> HttpResponse:
        """Have the rows judged; the page of the job then tells what would happen."""
        admin, change = self._offered(request, subject)
        across = request.POST.get(ACROSS) == "1"
        chosen = _numbers(request.POST.getlist(ACTION_CHECKBOX_NAME))
        try:
            job = jobs.create_change(
                actor_of(request), subject=subject, office=self.name, query=kept_query(request),
                chosen=None if across else chosen, options={"reason": request.POST.get("reason", "")},
            )  # fmt: skip
        except ActionNotPermitted:
            raise PermissionDenied from None
        except DomainError as refused:
            (found,) = _numbers([request.POST.get("found", "")]) or [0]
            return _page(admin, request, change, found=found, refusal=told(refused))
        tasks.wake_worker()
        return HttpResponseRedirect(job_url(self.name, job.pk))

    def _offered(self, request: HttpRequest, subject: str) -> tuple[Any, Change]:
        """A change of a list that the person sees; 404 for any other, 403 for want of the right."""
        change = registry.CHANGES.get(subject)
        for model, admin in self._registry.items():
            label = model._meta.label_lower
            if change is not None and change.listing == label and admin.may_see(request):
                if change not in admin.bulk_changes(request):
                    raise PermissionDenied
                return admin, change
        raise Http404
