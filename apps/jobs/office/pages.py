"""The list of own jobs, and the page of each: columns, preview, progress, result."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
)
from django.urls import path
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from apps.jobs import registry
from apps.jobs import selectors as jobs
from apps.jobs.models import Job, JobFile
from apps.jobs.office import ended, showing
from apps.jobs.office.bringing import BRING_IN, add_link, import_link, open_to, url_of
from apps.jobs.office.steering import Steering
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import period
from apps.org.offices.lists import Hint, NextStep, OfficeList
from apps.org.offices.records import RecordAdmin

REFUSALS_A_PAGE = 50
PAGES = ("import", "template")
ROW_PAGES = ("columns", "start", "cancel", "progress", *JobFile.Role.values)


class JobList(OfficeList):
    """Own jobs; the first one begins with a file."""

    @property
    def next_step(self) -> NextStep | None:
        if not open_to(self.request):
            return None
        return NextStep(url_of(self.model_admin.admin_site.name, "import"), str(BRING_IN))


@display(description=gettext_lazy("rows written"))
def _n_written(_admin: Any, job: Job) -> str | None:
    """Empty for a job that only checks or that has not begun."""
    count = showing.wrote(job)
    return None if count is None else columns.number(f"{count:,}")


class JobPages(Steering, RecordAdmin):
    """List and page of own jobs."""

    see_action = "jobs.see"
    visible = staticmethod(jobs.jobs_visible_to)
    icon = "pending_actions"
    empty_hint = Hint(
        gettext_lazy("What you bring in, take out or change in bulk, with its progress and files.")
    )
    exact = ("number",)
    search_help_text = gettext_lazy("Job number")
    ordering = ("-created_at", "-id")
    list_display = ("number", "title", "kind", "state", "n_written", "n_total", "asked")
    list_filter = (("status", ChoicesDropdownFilter), period("created_at"))
    extra_pages = {f"jobs_job_{name}": "jobs.see" for name in (*PAGES, *ROW_PAGES)}
    state = columns.state("status", gettext_lazy("status"), showing.STATUS_TONES)
    n_written = columns.with_plain(_n_written, lambda _admin, job: showing.wrote(job))
    n_total = columns.count("total", gettext_lazy("rows"))
    asked = columns.when("created_at", gettext_lazy("created at"))

    @display(description=gettext_lazy("subject"))
    def title(self, obj: Job) -> str:
        return registry.title_of(obj)

    def get_urls(self) -> list[Any]:
        """Before Django's own, whose last one takes every address."""
        own = self.admin_site.admin_view
        views: dict[str, Any] = {
            "import": self.bring_in,
            "template": self.template,
            "columns": self.columns_page,
            "start": self.start,
            "cancel": self.cancel,
            "progress": self.progress,
            "source": self.source,
            "result": self.result,
            "errors": self.errors,
        }
        return [
            *(path(f"{name}/", own(views[name]), name=f"jobs_job_{name}") for name in PAGES),
            *(
                path(f"<path:object_id>/{name}/", own(views[name]), name=f"jobs_job_{name}")
                for name in ROW_PAGES
            ),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeList]:
        return JobList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)
        if open_to(request):
            add_link(answer, import_link(self.admin_site.name))
        return answer

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Where the job stands, and what can be done about it now."""
        if request.method == "POST":
            raise PermissionDenied  # a job is steered by its buttons
        job = self._own(request, object_id)
        context = self._about(job) | {
            "tiles": showing.tiles(job),
            "skips": _skips(job),
            "may_start": self._may_go_on(request, job),
        }
        if job.status in showing.WORKING:
            context |= self._progress(job)
        else:
            context |= _refusals(request, job)
        if job.status == Job.Status.CHECKED:
            context |= {
                "headline": showing.headline(job),
                "preview": showing.preview(job, _reasons(context)),
                "has_work": showing.has_work(job),
                "choices": showing.choices(job),
            }
        elif job.status in Job.ENDED:
            context |= _end(job) | {"files": self._files(job)}
        return self.page(request, "offices/job_page.html", context)

    def progress(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far it is; once it is not at work any more, the page is to be loaded anew."""
        job = self._own(request, object_id)
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET"])
        if job.status not in showing.WORKING:
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = self._about(job) | self._progress(job)
        return self.page(request, "offices/job_progress.html", context)

    def _progress(self, job: Job) -> dict[str, Any]:
        progress = jobs.progress_of(job)
        left = progress.seconds_left
        return {
            "done": f"{progress.done:,}",
            "total": "" if progress.total is None else f"{progress.total:,}",
            "percent": showing.percent(progress),
            "pace": f"{progress.rows_per_second:,.0f}" if progress.rows_per_second else "",
            "left": showing.span(left) if left is not None else "",
            "doing": showing.doing(job),
            "stays": showing.stays(job),
        }

    def _files(self, job: Job) -> list[dict[str, Any]]:
        """What can be taken away, what matters most first."""
        order = [JobFile.Role.RESULT, JobFile.Role.ERRORS, JobFile.Role.SOURCE]
        if job.kind != Job.Kind.IMPORT:
            order.remove(JobFile.Role.SOURCE)
        found = sorted(job.files.filter(role__in=order), key=lambda one: order.index(one.role))  # type: ignore[arg-type]
        return [
            {"file": one, "url": url_of(self.admin_site.name, one.role, job.pk)} for one in found
        ]


def _refusals(request: HttpRequest, job: Job) -> dict[str, Any]:
    """A page of the refused rows, or nothing; two statements."""
    rows = jobs.refusals_visible_to(actor_of(request)).filter(job=job).order_by("row", "place")
    found = Paginator(rows, REFUSALS_A_PAGE).get_page(request.GET.get("page", ""))
    if not found.paginator.count:
        return {}
    labels = showing.labels_of(job)
    shown = [
        {"row": one.row, "label": labels.get(one.column, one.column), "detail": one.detail}
        for one in found
    ]
    return {"refusals": found, "refused_rows": shown}


def _skips(job: Job) -> list[tuple[str, str]]:
    """Why rows are skipped, and how many; nothing of a change that was given up before it began."""
    if job.status == Job.Status.CANCELLED and not showing.begun(job):
        return []
    return [(text, f"{count:,}") for _code, text, count in job.options.get("skips", ())]


def _reasons(context: dict[str, Any]) -> dict[int, str]:
    """Row → why it is refused, of the rows that the page tells."""
    return {one["row"]: one["detail"] for one in context.get("refused_rows", ())}


def _end(job: Job) -> dict[str, Any]:
    return {
        "end_title": ended.title(job),
        "why": registry.said(job) if job.status == Job.Status.FAILED else "",
        "became": ended.became(job),
        "what_next": ended.what_next(job),
    }
