"""Bringing a file in: which imports there are, their templates, and the upload."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.enums import ActionVariant

from apps.common.errors import DomainError, Missing
from apps.jobs import selectors as jobs
from apps.jobs import services
from apps.jobs.formats import MAX_BYTES
from apps.jobs.formats.limits import MAX_ROWS
from apps.jobs.models import Job
from apps.jobs.registry import Import
from apps.jobs.rules import CellKind, Column
from apps.org.offices.access import actor_of
from apps.org.offices.refusals import told
from apps.org.offices.uploads import require_whole

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTE = 1024 * 1024
BRING_IN = gettext_lazy("Bring in a file")
KINDS: dict[CellKind, Any] = {
    CellKind.TEXT: gettext_lazy("text"),
    CellKind.CODE: gettext_lazy("code"),
    CellKind.AMOUNT: gettext_lazy("amount"),
    CellKind.QUANTITY: gettext_lazy("quantity"),
    CellKind.INTEGER: gettext_lazy("whole number"),
    CellKind.DATE: gettext_lazy("date"),
    CellKind.CHOICE: gettext_lazy("choice"),
    CellKind.FLAG: gettext_lazy("yes or no"),
}


class UploadForm(forms.Form):
    """One spreadsheet; what is wrong with it, the service says."""

    document = forms.FileField(
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty. Save it again and choose it once more."),
            "missing": gettext_lazy("Choose a file first."),
        }
    )


class ImportPages:
    """The pages before there is a job."""

    admin_site: Any
    opts: Any

    def bring_in(self, request: HttpRequest) -> HttpResponse:
        """What may be brought in here; with ``?subject=`` its upload."""
        offered = open_imports(request)
        wanted = request.GET.get("subject", "") or (offered[0].subject if len(offered) == 1 else "")
        one = next((found for found in offered if found.subject == wanted), None)
        if wanted and one is None:
            raise Http404
        if one is None:
            return self._import_page(
                request, {"imports": [self._offered(found) for found in offered]}
            )
        refusal = ""
        if request.method == "POST":
            job, refusal = self._received(request, one)
            if job is not None:
                return HttpResponseRedirect(self.url("columns", job.pk))
        context = {
            "one": self._offered(one),
            "title": title_of(one),
            "refusal": refusal,
            "others": len(offered) > 1,
        }
        return self._import_page(request, context)

    def _received(self, request: HttpRequest, one: Import) -> tuple[Job | None, str]:
        """The draft made of the upload, or why there is none."""
        try:
            require_whole(request)
            form = UploadForm(request.POST, request.FILES)
            if not form.is_valid():
                return None, str(form.errors["document"][0])
            upload = form.cleaned_data["document"]
            site, name = self.admin_site.name, str(upload.name)
            job = services.create_import(
                actor_of(request), subject=one.subject, office=site, name=name, upload=upload
            )
        except Missing:
            raise
        except DomainError as refusal:
            return None, told(refusal)
        return job, ""

    def template(self, request: HttpRequest) -> HttpResponse:
        """The empty file to be filled in, in the person's language."""
        wanted = request.GET.get("subject", "")
        one = next((found for found in open_imports(request) if found.subject == wanted), None)
        if one is None:
            raise Http404
        name = _("%(title)s template") % {"title": title_of(one)}
        disposition = content_disposition_header(True, f"{name}.xlsx")
        return HttpResponse(
            services.template(one),
            content_type=XLSX_TYPE,
            headers={"Content-Disposition": disposition or "attachment"},
        )

    def _import_page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        limits = {
            "megabytes": MAX_BYTES // MEGABYTE,
            "max_bytes": MAX_BYTES,
            "max_rows": f"{MAX_ROWS:,}",
            "import_url": self.url("import"),
        }
        return self.page(request, "offices/job_import.html", {"title": BRING_IN} | limits | context)

    def _offered(self, one: Import) -> dict[str, Any]:
        text = ngettext("%(count)s column", "%(count)s columns", len(one.columns))
        return {
            "subject": one.subject,
            "title": title_of(one),
            "size": text % {"count": len(one.columns)},
            "needed": [capfirst(str(column.label)) for column in one.columns if column.required],
            "columns": [_column(column) for column in one.columns],
            "personal": one.personal,
            "template_url": f"{self.url('template')}?{urlencode({'subject': one.subject})}",
        }

    def url(self, page: str, key: object = None) -> str:
        """The address of a page of the job center on this site."""
        return url_of(self.admin_site.name, page, key)

    def page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        """A page with the frame of the site."""
        request.__dict__["current_app"] = self.admin_site.name
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, template, frame | context)


class BringsIn:
    """A list above which its own file can be brought in: ``brings_in`` names the import."""

    brings_in = ""
    admin_site: Any

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        if any(one.subject == self.brings_in for one in open_to(request)):
            add_link(answer, import_link(self.admin_site.name, self.brings_in))
        return answer


def import_link(site: str, subject: str = "") -> dict[str, Any]:
    """The button that leads to the upload, as django-unfold draws it."""
    query = f"?{urlencode({'subject': subject})}" if subject else ""
    path = url_of(site, "import") + query
    look = {"icon": "upload_file", "attrs": {}, "variant": ActionVariant.DEFAULT}
    return {"title": BRING_IN, "path": path, **look}


def add_link(answer: HttpResponse, link: dict[str, Any]) -> None:
    """Put a button beside those that the list has already."""
    if isinstance(answer, TemplateResponse) and answer.context_data is not None:
        answer.context_data["actions_list"] = [*answer.context_data.get("actions_list", ()), link]


def url_of(site: str, page: str, key: object = None) -> str:
    return reverse(f"{site}:jobs_job_{page}", args=None if key is None else [key])


def open_to(request: HttpRequest) -> Sequence[Import]:
    """The imports that the person may do, if they see jobs at all."""
    actor = actor_of(request)
    return jobs.imports_open_to(actor) if actor.may("jobs.see") else ()


def open_imports(request: HttpRequest) -> Sequence[Import]:
    """The same for a page of imports. Raises PermissionDenied if there are none."""
    found = open_to(request)
    if not found:
        raise PermissionDenied
    return found


def title_of(one: Import) -> str:
    return str(capfirst(one.title))


def _column(column: Column) -> dict[str, Any]:
    labels = {value: str(label) for value, label in column.choices}
    return {
        "label": capfirst(str(column.label)),
        "kind": KINDS[column.kind],
        "required": column.required,
        "note": column.note,
        "sample": labels.get(column.sample, column.sample),
        "choices": ", ".join(labels.values()),
    }
