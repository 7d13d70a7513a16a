"""The page of both sites on which a list is taken out as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.common.errors import ActionNotPermitted, DomainError
from apps.jobs import services as jobs
from apps.jobs import tasks
from apps.jobs.rules import Asked
from apps.org.offices.access import actor_of
from apps.org.offices.exporting import NOT_KEPT, heading_of, may_export, personal_columns
from apps.org.offices.lists import list_url
from apps.org.offices.refusals import told

FORMATS = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class Choice:
    """One column that may be taken out: whether it is asked for, and whether in clear."""

    name: str
    heading: str
    wanted: bool
    personal: bool
    clear: bool


class ExportPages:
    """The address below ``lists/`` of an OfficeSite."""

    name: str
    _registry: dict[Any, Any]
    admin_view: Any
    each_context: Any

    def export_urls(self) -> list[URLPattern]:
        view = self.admin_view(self.export_list)
        return [path("lists/export/<str:listing>/", view, name="export_list")]

    def export_list(self, request: HttpRequest, listing: str) -> HttpResponse:
        """Which format and columns; then the page of the job that writes the file."""
        admin = self._exportable(request, listing)
        refusal = ""
        if request.method == "POST":
            try:
                job = jobs.create_export(
                    actor_of(request), subject=listing, office=self.name,
                    query=kept_query(request), asked=_asked(request),
                )  # fmt: skip
                tasks.wake_worker()
                return HttpResponseRedirect(job_url(self.name, job.pk))
            except ActionNotPermitted:
                raise PermissionDenied from None
            except DomainError as refused:
                refusal = told(refused)
        return self._export_page(request, admin, refusal)

    def _exportable(self, request: HttpRequest, listing: str) -> Any:
        """The admin of a list that the person sees and may take out; 404 for any other list, 403 for
        want of the right."""
        for model, admin in self._registry.items():
            if model._meta.label_lower == listing and admin.may_see(request):
                if not may_export(admin, actor_of(request)):
                    raise PermissionDenied
                return admin
        raise Http404

    def _export_page(self, request: HttpRequest, admin: Any, refusal: str) -> HttpResponse:
        request.current_app = self.name
        chosen = _choices(request, admin)
        context = {
            **self.each_context(request),
            "opts": admin.opts,
            "title": _("Export: %(list)s")
            % {"list": capfirst(str(admin.opts.verbose_name_plural))},
            "choices": chosen,
            "personal": [one for one in chosen if one.personal],
            "format": _format(request),
            "reason": request.POST.get("reason", "")[:255],
            "narrowed": bool(kept_query(request)),
            "refusal": refusal,
            "list_url": f"{list_url(admin)}?{kept_query(request)}",
        }
        return TemplateResponse(request, "offices/export.html", context)


def kept_query(request: HttpRequest) -> str:
    """The filters, search and order of the list from which the person comes, without its page."""
    query = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    for name in NOT_KEPT:
        query.pop(name, None)
    return str(query.urlencode())


def job_url(office: str, pk: int) -> str:
    """The page of a job on that site."""
    return reverse(f"{office}:jobs_job_change", args=[pk])


def _format(request: HttpRequest) -> str:
    return request.POST.get("format", FORMATS[0])


def _asked(request: HttpRequest) -> Asked:
    columns = tuple(request.POST.getlist("column"))
    clear = tuple(name for name in request.POST.getlist("clear") if name in columns)
    return Asked(_format(request), columns, clear, request.POST.get("reason", ""))


def _choices(request: HttpRequest, admin: Any) -> Sequence[Choice]:
    """The columns of the list; those that it shows are chosen at first."""
    posted = request.method == "POST"
    wanted = request.POST.getlist("column") if posted else admin.get_list_display(request)
    clear = request.POST.getlist("clear")
    personal = personal_columns(admin, jobs.narrowed(actor_of(request), jobs.EXPORT))
    return [
        Choice(name, heading_of(admin, name), name in wanted, name in personal, name in clear)
        for name in admin.own_columns(request)
    ]
