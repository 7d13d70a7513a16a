"""The buttons of a job's page: which columns, start, cancel, and its files."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.common import clock
from apps.common.errors import ActionNotPermitted, DomainError, Missing
from apps.jobs import registry, services, tasks
from apps.jobs.models import Job, JobFile
from apps.jobs.office import mapping, showing
from apps.jobs.office.bringing import ImportPages, import_link, url_of
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.refusals import say_refusal, told


class Steering(ImportPages):
    """What the owner does with a job; a foreign one is not there, whatever is asked of it."""

    get_queryset: Any
    has_view_permission: Any

    def columns_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Which heading means which column; then a worker checks every row."""
        job = self._own(request, object_id)
        if not self._may_go_on(request, job):
            raise PermissionDenied
        if job.kind != Job.Kind.IMPORT or "headings" not in job.options:
            raise Http404
        if job.status not in (Job.Status.DRAFT, Job.Status.CHECKED):
            refusal = services.JobNotReady(status=job.get_status_display())
            say_refusal(request, refusal)
            return self._to_page(job)
        if request.method == "POST":
            return self._mapped(request, job, mapping.sent(request, job))
        return self._columns(request, job, mapping.proposed(job))

    def _mapped(self, request: HttpRequest, job: Job, chosen: dict[str, str]) -> HttpResponse:
        try:
            services.check_import(actor_of(request), job, mapping=chosen)
        except (services.MappingIncomplete, services.MappingWrong) as refusal:
            return self._columns(request, job, chosen, told(refusal))
        tasks.wake_worker()
        return self._to_page(job)

    def _columns(
        self, request: HttpRequest, job: Job, chosen: Mapping[str, str], refusal: str = ""
    ) -> HttpResponse:
        context = self._about(job) | {
            "steps": showing.steps(job, at=Job.Status.DRAFT),
            "refusal": refusal,
            "headings": mapping.headings(job, chosen),
            "columns": mapping.columns(registry.import_of(job.subject)),
        }
        return self.page(request, "offices/job_columns.html", context)

    def start(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write what the check found good."""
        job = self._own(request, object_id)
        if not self._may_go_on(request, job):
            raise PermissionDenied
        policy = request.POST.get("policy", "")
        begin = partial(services.start, actor_of(request), job, policy=policy)
        return self._steered(request, job, begin, lambda: _("The job has been started."))

    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stop it; what is written stays."""
        job = self._own(request, object_id)
        stop = partial(services.ask_cancel, actor_of(request), job)
        return self._steered(request, job, stop, partial(_cancelled, job))

    def source(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._download(request, object_id, JobFile.Role.SOURCE)

    def result(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._download(request, object_id, JobFile.Role.RESULT)

    def errors(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._download(request, object_id, JobFile.Role.ERRORS)

    def _download(self, request: HttpRequest, object_id: str, role: str) -> HttpResponse:
        """A file of the job, to be saved and never to be shown by the browser."""
        job = self._own(request, object_id)
        try:
            pieces = services.open_file(actor_of(request), job, role)
        except ActionNotPermitted:
            raise PermissionDenied from None
        except Missing:
            raise
        except DomainError as refusal:
            say_refusal(request, refusal)
            return self._to_page(job)
        name = job.files.get(role=role).name
        disposition = content_disposition_header(True, name) or "attachment"
        answer = StreamingHttpResponse(pieces, content_type="application/octet-stream")
        answer["Content-Disposition"] = disposition
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer  # type: ignore[return-value]  # answers of both kinds are sent the same way

    def _steered(
        self, request: HttpRequest, job: Job, act: Callable[[], None], said: Callable[[], str]
    ) -> HttpResponse:
        """Do it, say what came of it, and show the job; an address that is only opened does nothing."""
        if request.method != "POST":
            return self._to_page(job)
        try:
            act()
        except ActionNotPermitted:
            raise PermissionDenied from None
        except Missing:
            raise
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, said())
            tasks.wake_worker()
        return self._to_page(job)

    def _own(self, request: HttpRequest, object_id: str) -> Job:
        if not self.has_view_permission(request):
            raise PermissionDenied
        job: Job | None = lookups.with_key(self.get_queryset(request), object_id).first()
        if job is None:
            raise Http404
        return job

    def _to_page(self, job: Job) -> HttpResponse:
        return HttpResponseRedirect(self.url("change", job.pk))

    def _may_go_on(self, request: HttpRequest, job: Job) -> bool:
        """Whether the right to what the job does is still held; the services ask it again."""
        action = action_of(job)
        return action is not None and actor_of(request).may(action)

    def _about(self, job: Job) -> dict[str, Any]:
        site = self.admin_site.name
        names = ("change", "columns", "start", "cancel", "progress")
        return {
            "job": job,
            "original": job,
            "title": registry.title_of(job),
            "kind": capfirst(job.get_kind_display()),
            "steps": showing.steps(job),
            "tone": showing.STATUS_TONES[job.status],
            "created": columns.local_time(job.created_at),
            "kept_until": columns.local_time(job.expires_at),
            "expired": job.expires_at <= clock.now(),
            "urls": {name: url_of(site, name, job.pk) for name in names},
            "again": import_link(site, job.subject)["path"] if _is_import(job) else "",
        }


def _cancelled(job: Job) -> str:
    """One that no worker holds is cancelled at once."""
    job.refresh_from_db(fields=["status"])
    if job.status == Job.Status.CANCELLED:
        return _("The job is cancelled.")
    return _("The job is being cancelled.")


def action_of(job: Job) -> str | None:
    """The right that the job's work asks; None where nobody can go on with it."""
    known: Any = None
    if job.kind == Job.Kind.IMPORT:
        known = registry.IMPORTS.get(job.subject)
    elif job.kind == Job.Kind.CHANGE:
        known = registry.CHANGES.get(job.subject)
    return known.action if known else None


def _is_import(job: Job) -> bool:
    return job.kind == Job.Kind.IMPORT and job.subject in registry.IMPORTS
