"""What head office and the portal both show of jobs: everybody's own."""

from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from apps.jobs import registry
from apps.jobs import selectors as jobs
from apps.jobs.models import Job, RowRefusal
from apps.org.offices import columns
from apps.org.offices.filters import period
from apps.org.offices.records import RecordAdmin, RecordInline

STATUS_TONES: dict[str, str] = {
    Job.Status.DRAFT: "plain",
    Job.Status.CHECKING: "info",
    Job.Status.CHECKED: "warning",
    Job.Status.QUEUED: "info",
    Job.Status.RUNNING: "info",
    Job.Status.DONE: "success",
    Job.Status.FAILED: "danger",
    Job.Status.CANCELLED: "plain",
}


class RefusalsOfJob(RecordInline):
    model = RowRefusal
    verbose_name_plural = _("Rows with errors")
    see_action = "jobs.see"
    visible = staticmethod(jobs.refusals_visible_to)
    ordering = ("row", "place")
    per_page = 50
    tab = False
    fields = ("row", "column", "detail", "code")


class JobPages(RecordAdmin):
    """List and page of own jobs."""

    see_action = "jobs.see"
    visible = staticmethod(jobs.jobs_visible_to)
    icon = "pending_actions"
    exact = ("number",)
    search_help_text = _("Job number")
    ordering = ("-created_at", "-id")
    list_display = ("number", "title", "kind", "state", "n_done", "n_total", "asked")
    list_filter = (("status", ChoicesDropdownFilter), period("created_at"))
    fields = (
        ("number", "title", "state", "policy"),
        ("n_done", "n_total", "code"),
        ("asked", "began", "ended", "kept_until"),
    )
    inlines = (RefusalsOfJob,)
    state = columns.state("status", _("status"), STATUS_TONES)
    n_done = columns.count("done", _("rows done"))
    n_total = columns.count("total", _("rows"))
    asked = columns.when("created_at", _("created at"))
    began = columns.when("started_at", _("started at"))
    ended = columns.when("ended_at", _("ended at"))
    kept_until = columns.when("expires_at", _("expires at"))

    @display(description=_("subject"))
    def title(self, obj: Job) -> str:
        """As the center calls it; the bare subject of one that is no longer registered."""
        known = registry.IMPORTS.get(obj.subject)
        return str(known.title) if known else obj.subject
