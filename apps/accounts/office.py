"""What several pages show: looks at personal data, and requests that wait for a second person."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from apps.accounts.actor import Actor
from apps.accounts.models import AccessCase, Approval, ApprovalFile
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows import approvals, decide_approval
from apps.org import selectors as org
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.evidence import ApprovingForm, DecisionForm
from apps.org.offices.filters import period
from apps.org.offices.home import Card, Panel, Step
from apps.org.offices.lists import Hint
from apps.org.offices.paging import bounded_count
from apps.org.offices.record import Part, listed
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.refusals import say_refusal, told
from apps.org.offices.role_request import RoleRequestForm

SEE = "privacy.see"
PANEL_ROWS = 8
CASE_ROWS = 50


def field_names(fields: Sequence[str]) -> str:
    """``["name", "phone"]`` → 姓名、手机号 in the reader's language."""
    return ", ".join(str(words.PERSONAL.get(name, name)) for name in fields)


def who_looked(request: HttpRequest, site: AdminSite, subject: str) -> Part:
    """The last looks at one row, for those who may see them. One statement, or none."""
    actor = actor_of(request)
    if not actor.may(SEE):
        return Part()
    rows = org.accesses_visible_to(actor).filter(subject_key=subject).order_by("-at")
    found = list(rows[:PANEL_ROWS])
    steps = [
        Step(
            look.at,
            _("Personal data shown: %(fields)s") % {"fields": field_names(look.fields)},
            look.actor_label,
            look.reason,
            "visibility",
            "warning",
            columns.local_time(look.at),
        )
        for look in found
    ]
    cells = [
        [
            columns.link_to(site.name, look, columns.local_time(look.at)),
            look.actor_label,
            field_names(look.fields),
            look.reason,
        ]
        for look in found
    ]
    headings = [_("time"), _("actor"), _("fields"), _("reason")]
    title, empty = _("Who looked at personal data"), _("Nobody has looked yet.")
    url = listed(site, f"accounts/personaldataaccess/?q={subject}")
    panel = Panel(title, headings, cells, url=url, empty=empty, icon="visibility")
    return Part(steps=steps, sections=[panel])


def looks_of_case(request: HttpRequest, case: AccessCase) -> Panel:
    """The looks that opened the case, and those it covers, newest first. One statement."""
    of_actor = org.accesses_visible_to(actor_of(request)).filter(
        actor_id=case.actor_id,
        actor_kind=case.actor_kind,
        at__gt=case.opened_at - timedelta(hours=1),
        at__lte=case.covers_until,
    )
    rows = [
        [
            columns.link_to("admin", look, columns.local_time(look.at)),
            look.subject_key,
            field_names(look.fields),
            look.reason,
        ]
        for look in of_actor.order_by("-at")[:CASE_ROWS]
    ]
    headings = [_("time"), _("member number"), _("fields"), _("reason")]
    return Panel(_("Looks of this case"), headings, rows, icon="visibility")


def open_cases(request: HttpRequest) -> Sequence[Card]:
    """People who looked at many, and whom nobody has asked why."""
    actor = actor_of(request)
    if not actor.may(SEE):
        return []
    waiting = org.cases_visible_to(actor).filter(status=AccessCase.Status.OPEN)
    count = bounded_count(waiting)
    return [
        Card(
            _("Cases of personal data"),
            count,
            _("More than 30 looks within an hour"),
            "accounts/accesscase/?status__exact=open",
            "visibility",
            "" if count == "0" else "warning",
        )
    ]


STATE_TONES: dict[str, str] = {
    Approval.State.REQUESTED: "warning",
    Approval.State.EXECUTED: "success",
    Approval.State.REJECTED: "danger",
    Approval.State.WITHDRAWN: "plain",
    Approval.State.EXPIRED: "plain",
}


class FilesOfApproval(RecordInline):
    model = ApprovalFile
    verbose_name_plural = gettext_lazy("Evidence files")
    see_action = "approvals.see"
    visible = staticmethod(org.approval_files_visible_to)
    ordering = ("id",)
    tab = False
    fields = ("document", "content_type", "n_size", "sha256")
    n_size = columns.count("size", gettext_lazy("size in bytes"))

    @display(description=gettext_lazy("file name"))
    def document(self, obj: ApprovalFile) -> str:
        name = f"{self.admin_site.name}:accounts_approval_file"
        url = reverse(name, args=[obj.approval_id, obj.pk])
        return format_html('<a class="qy-link" href="{}">{}</a>', url, obj.name)


class DecidableFilter(DropdownFilter):
    """Requests of others that the person may decide, as the overview counts them."""

    title = gettext_lazy("decision")
    parameter_name = "decide"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("waits for mine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approval]) -> QuerySet[Approval]:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=waiting_for(actor_of(request)).values("pk"))


def waiting_for(actor: Actor) -> QuerySet[Approval]:
    """Requests that ``actor`` may decide, and that still count."""
    return org.approvals_decidable_by(actor).filter(expires_at__gt=clock.now())


class ApprovalPages(RecordAdmin):
    """Requests for a second person: what will happen, why, the evidence, and the decision.

    A role is asked for here; other acts are asked for where their thing is.
    """

    see_action = "approvals.see"
    visible = staticmethod(org.approvals_visible_to)
    icon = "fact_check"
    add_title = gettext_lazy("Request a role")
    empty_hint = Hint(
        gettext_lazy("A request appears when somebody asks for what a second person must approve.")
    )
    related = ("requester", "approver", "beneficiary")
    exact = ("number", "business_key", "requester__username")
    search_help_text = gettext_lazy("Number, what it concerns, or user name of the requester")
    ordering = ("-requested_at", "-id")
    sortable_by = ("asked",)
    list_filter = (("state", ChoicesDropdownFilter), DecidableFilter, period("requested_at"))
    quick_filters = (
        (gettext_lazy("All"), ""),
        (gettext_lazy("waits for mine"), "decide=1"),
        (pgettext_lazy("approval", "waits for approval"), "state__exact=requested"),
    )
    list_display = ("number", "status", "act_name", "happens", "requester", "asked", "until")
    fields = (
        ("number", "status", "act_name"),
        "happens",
        ("reason", "reference"),
        "evidence",
        ("requester", "asked", "until"),
        ("approver", "decided", "why"),
    )
    inlines = (FilesOfApproval,)
    extra_pages = {"accounts_approval_file": "approvals.see"}
    actions_detail = ("approve", "reject", "withdraw")
    status = columns.state("state", gettext_lazy("status"), STATE_TONES)
    asked = columns.when("requested_at", gettext_lazy("requested at"), ordering="requested_at")
    until = columns.when("expires_at", gettext_lazy("expires at"))
    decided = columns.when("decided_at", gettext_lazy("decided at"))
    reference = columns.text("evidence_reference", gettext_lazy("reference of the evidence"))
    why = words.reason("decision_reason")

    @display(description=gettext_lazy("act"))
    def act_name(self, obj: Approval) -> str:
        return str(approvals.ACTS[obj.act].name)

    @display(description=gettext_lazy("what will happen"))
    def happens(self, obj: Approval) -> str:
        return approvals.describe(obj)

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For requests that the person may decide, that are not about them and still count."""
        actor = actor_of(request)
        open_ones = org.approvals_decidable_by(actor).filter(expires_at__gt=clock.now())
        return lookups.with_key(open_ones.exclude(beneficiary=actor.id), object_id).exists()

    def has_reject_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        open_ones = org.approvals_decidable_by(actor_of(request))
        still = open_ones.filter(expires_at__gt=clock.now())
        return lookups.with_key(still, object_id).exists()

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        actor = actor_of(request)
        own = org.approvals_visible_to(actor).filter(requester=actor.id)
        waiting = own.filter(state=Approval.State.REQUESTED)
        return lookups.with_key(waiting, object_id).exists()

    @action(
        description=gettext_lazy("Approve"),
        permissions=["approve"],
        icon="check",
        variant=ActionVariant.SUCCESS,
        dialog={
            "title": gettext_lazy("Approve this request?"),
            "description": gettext_lazy("It is carried out at once, under your name."),
            "form_class": ApprovingForm,
            "form_submit_text": gettext_lazy("Approve"),
        },
    )
    def approve(self, request: HttpRequest, form: ApprovingForm, object_id: str) -> HttpResponse:
        said = gettext_lazy("Request %(number)s is approved and carried out.")
        return self._decide(request, form, object_id, decide_approval.approve, str(said))

    @action(
        description=gettext_lazy("Reject"),
        permissions=["reject"],
        icon="close",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Reject this request?"),
            "description": gettext_lazy("Nothing is carried out. The requester reads the reason."),
            "form_class": DecisionForm,
            "form_submit_text": gettext_lazy("Reject"),
        },
    )
    def reject(self, request: HttpRequest, form: DecisionForm, object_id: str) -> HttpResponse:
        said = gettext_lazy("Request %(number)s is rejected.")
        return self._decide(request, form, object_id, decide_approval.reject, str(said))

    @action(
        description=gettext_lazy("Withdraw"),
        permissions=["withdraw"],
        icon="undo",
        dialog={
            "title": gettext_lazy("Withdraw your request?"),
            "description": gettext_lazy("Nothing is carried out. You may ask again."),
            "form_class": DecisionForm,
            "form_submit_text": gettext_lazy("Withdraw"),
        },
    )
    def withdraw(self, request: HttpRequest, form: DecisionForm, object_id: str) -> HttpResponse:
        said = gettext_lazy("Request %(number)s is withdrawn.")
        return self._decide(request, form, object_id, approvals.withdraw, str(said))

    def _decide(
        self, request: HttpRequest, form: Any, object_id: str, flow: Callable[..., Any], said: str
    ) -> HttpResponse:
        actor = actor_of(request)
        number = self.get_queryset(request).get(pk=object_id).number
        once = form.once(actor, f"{flow.__name__} {number}")
        try:
            flow(actor, number, reason=form.cleaned_data["reason"], once=once)
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, said % {"number": number})
        return self.back_to(request, object_id)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever manages staff anywhere may ask for a role; which one, the flow judges."""
        return self.may_see(request) and actor_of(request).may("staff.manage")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page on which a role is asked for; the flow opens its own transaction."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        actor = actor_of(request)
        form = RoleRequestForm(actor, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            once = form.once(actor, "request staff.grant_role")
            grounds, payload = form.grounds(), form.payload()
            try:
                asked = approvals.request_approval(
                    actor, "staff.grant_role", payload, grounds, once
                )
            except DomainError as refusal:
                form.add_error(None, told(refusal))
            else:
                messages.success(
                    request,
                    _("Request %(number)s waits for approval.") % {"number": asked["number"]},
                )
                found = self.get_queryset(request).get(number=asked["number"])
                return self.back_to(request, str(found.pk))
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Request a role"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "offices/request.html", context)

    def get_urls(self) -> list[Any]:
        name = "accounts_approval_file"
        view = self.admin_site.admin_view(self.download)
        return [
            path("<int:approval_id>/files/<int:file_id>/", view, name=name),
            *super().get_urls(),
        ]

    def download(self, request: HttpRequest, approval_id: int, file_id: int) -> HttpResponse:
        """One file of evidence, to be saved and never to be shown by the browser."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = org.approval_files_visible_to(actor_of(request)).filter(approval=approval_id)
        found = own.defer(None).filter(pk=file_id).first()
        if found is None:
            raise Http404
        return HttpResponse(
            bytes(found.content),
            content_type=found.content_type,
            headers={
                "Content-Disposition": content_disposition_header(True, found.name) or "attachment",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )


def waiting_approvals(request: HttpRequest) -> Sequence[Card]:
    """Requests that the person may decide."""
    actor = actor_of(request)
    if not actor.may("approvals.see"):
        return []
    count = bounded_count(waiting_for(actor))
    return [
        Card(
            _("Waiting for your approval"),
            count,
            _("Asked for by others"),
            "accounts/approval/?decide=1",
            "fact_check",
            "" if count == "0" else "warning",
        )
    ]
