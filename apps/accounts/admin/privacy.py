"""Head office: who looked at whose personal data, and the cases that too many looks open."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, TextFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts import office
from apps.accounts import services as accounts
from apps.accounts.models import AccessCase, PersonalDataAccess
from apps.common.errors import DomainError
from apps.org import selectors as org
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import period
from apps.org.offices.home import Panel
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.refusals import say_refusal
from apps.org.offices.sites import head_office

CASE_TONES: dict[str, str] = {
    AccessCase.Status.OPEN: "warning",
    AccessCase.Status.CLOSED: "plain",
}


class ExactFilter(TextFilter):
    """Rows whose value at ``path`` is exactly what is typed."""

    path = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip().replace("\0", "")
        return queryset.filter(**{self.path: value}) if value else queryset


class PersonFilter(ExactFilter):
    title = gettext_lazy("user name")
    parameter_name = "who"
    path = "actor_label"


class SubjectFilter(ExactFilter):
    title = gettext_lazy("member number")
    parameter_name = "whom"
    path = "subject_key"


@admin.register(PersonalDataAccess, site=head_office)
class PersonalDataAccessAdmin(RecordAdmin):
    see_action = office.SEE
    visible = staticmethod(org.accesses_visible_to)
    icon = "visibility"
    empty_hint = Hint(
        gettext_lazy("A line appears when somebody looks at personal data in clear."),
        "members.member",
    )
    when = columns.when("at", gettext_lazy("time"))
    whom = columns.text("subject_key", gettext_lazy("member number"))
    what = words.kind_of_object("subject_type")
    who = words.kind_of_actor()
    held = words.role()
    list_display = ("when", "actor_label", "held", "whom", "looked_at", "reason", "via")
    list_filter = (
        PersonFilter,
        SubjectFilter,
        period("at"),
        ("via", ChoicesDropdownFilter),
    )
    exact = ("subject_key", "actor_label")
    search_help_text = gettext_lazy("Member number or user name")
    ordering = ("-at", "-id")
    fields = (
        ("when", "via", "request_id", "address"),
        ("actor_label", "who", "held", "assignment_id"),
        ("what", "whom", "looked_at"),
        "reason",
    )

    @display(description=gettext_lazy("fields"))
    def looked_at(self, obj: PersonalDataAccess) -> str:
        return office.field_names(obj.fields)


class CloseForm(BaseDialogForm):
    """What was found; it stays with the case and in the audit trail."""

    note = forms.CharField(
        label=gettext_lazy("What was found"),
        min_length=2,
        max_length=255,
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(AccessCase, site=head_office)
class AccessCaseAdmin(RecordAdmin):
    see_action = office.SEE
    visible = staticmethod(org.cases_visible_to)
    icon = "assignment_late"
    empty_hint = Hint(
        gettext_lazy("Nobody has looked at conspicuously much personal data."),
        "accounts.personaldataaccess",
    )
    opened = columns.when("opened_at", gettext_lazy("opened at"))
    until = columns.when("covers_until", gettext_lazy("covers until"))
    closed = columns.when("closed_at", gettext_lazy("closed at"))
    state = columns.state("status", gettext_lazy("status"), CASE_TONES)
    who = words.kind_of_actor()
    list_display = ("opened", "actor_label", "who", "state", "closed_by", "note")
    list_filter = (PersonFilter, ("status", ChoicesDropdownFilter), period("opened_at"))
    exact = ("actor_label",)
    search_help_text = gettext_lazy("User name")
    ordering = ("-opened_at", "-id")
    fields = (("actor_label", "who", "state"), ("opened", "until"), ("closed", "closed_by"), "note")
    actions_detail = ("close",)

    def detail_panels(self, request: HttpRequest, obj: AccessCase) -> list[Panel]:
        return [office.looks_of_case(request, obj)]

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For open cases, by those who see them."""
        waiting = self.get_queryset(request).filter(status=AccessCase.Status.OPEN)
        return lookups.with_key(waiting, object_id).exists()

    @action(
        description=gettext_lazy("Close case"),
        permissions=["close"],
        icon="task_alt",
        dialog={
            "title": gettext_lazy("Close this case?"),
            "description": gettext_lazy("What was found stays with the case."),
            "form_class": CloseForm,
            "form_submit_text": gettext_lazy("Close case"),
        },
    )
    def close(self, request: HttpRequest, form: CloseForm, object_id: str) -> HttpResponse:
        case = self.get_queryset(request).get(pk=object_id)
        try:
            accounts.close_case(actor_of(request), case.pk, note=form.cleaned_data["note"])
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, _("The case is closed."))
        return self.back_to(request, object_id)


head_office.home.care(90)(office.open_cases)
