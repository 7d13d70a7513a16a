"""Head office: price lists, drafted by one, released by two, and ended."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm

from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import EndForm
from apps.org.offices.evidence import GroundsForm
from apps.org.offices.lists import Hint
from apps.org.offices.refusals import say_refusal
from apps.org.offices.sites import head_office
from apps.products import rules, services
from apps.products.admin.base import NAMES, CatalogueAdmin
from apps.products.models import PriceList

TERMS = (*rules.SCOPES, "min_quantity", "priority", "starts_at", "ends_at")
"""What a released list holds for: it says why a price was what it was."""


class PriceListForm(forms.ModelForm):
    """What a draft may say. Its status is not asked, but part of what is checked."""

    def _get_validation_exclusions(self) -> set[str]:
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # of Django
        return found - {"status"}


class ReleaseForm(GroundsForm, BaseDialogForm):
    """Why the list is released, and what shows it."""

    field_order = ("reason", "evidence", "reference")


@admin.register(PriceList, site=head_office)
class PriceListAdmin(CatalogueAdmin):
    manage_action = "products.change_price"
    icon = "list_alt"
    instead = gettext_lazy("Leave it a draft: it holds for nobody.")
    empty_hint = Hint(gettext_lazy("Add a price list, then its prices."))
    form = PriceListForm
    related = rules.SCOPES
    list_display = ("code", "title", "phase", "scope", "priority", "begins", "ends")
    list_filter = (("status", ChoicesDropdownFilter), "is_base")
    fieldsets = (
        (None, {"fields": (*NAMES, ("phase", "is_base"))}),
        (gettext_lazy("For whom and where"), {"fields": (*rules.SCOPES, "min_quantity")}),
        (
            gettext_lazy("When, and before which others"),
            {"fields": ("starts_at", "ends_at", "priority")},
        ),
    )
    autocomplete_fields = rules.SCOPES
    actions_detail = ("release", "end")
    title = columns.text("display_name", gettext_lazy("name"))
    begins = columns.when("starts_at", pgettext_lazy("period", "from"))
    ends = columns.when("ends_at", pgettext_lazy("period", "to"))

    @display(description=gettext_lazy("status"))
    def phase(self, obj: PriceList) -> str:
        """By the clock: a released list begins and ends without anybody doing anything."""
        now = clock.now()
        if obj.status == PriceList.Status.DRAFT:
            return columns.toned(obj.get_status_display(), "plain")
        if obj.ends_at is not None and obj.ends_at <= now:
            return columns.toned(_("ended"), "plain")
        if obj.starts_at is not None and obj.starts_at > now:
            return columns.toned(_("scheduled"), "info")
        return columns.toned(_("active"), "success")

    @display(description=gettext_lazy("for whom and where"))
    def scope(self, obj: PriceList) -> str:
        named = [str(place) for kind in rules.SCOPES if (place := getattr(obj, kind))]
        return " · ".join(named) or str(_("everywhere, for all"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and obj.status == PriceList.Status.RELEASED:
            return ("phase", "is_base", "code", *TERMS)
        return ("phase", "is_base")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        drafted = obj is None or obj.status == PriceList.Status.DRAFT
        return drafted and super().has_delete_permission(request, obj)

    def _steered(self, request: HttpRequest, object_id: Any, **named: Any) -> bool:
        rows = self.get_queryset(request).filter(**named)
        return self.may_manage(request) and lookups.with_key(rows, object_id).exists()

    def has_release_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._steered(request, object_id, status=PriceList.Status.DRAFT)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        lasting = {"status": PriceList.Status.RELEASED, "is_base": False}
        rows = self.get_queryset(request).exclude(ends_at__lte=clock.now()).filter(**lasting)
        return self.may_manage(request) and lookups.with_key(rows, object_id).exists()

    @action(
        description=gettext_lazy("Release"),
        permissions=["release"],
        icon="publish",
        dialog={
            "title": gettext_lazy("Ask for this price list to be released?"),
            "description": gettext_lazy(
                "A second person approves it. From its start on it holds for whom it names; then "
                "only its end can be changed."
            ),
            "form_class": ReleaseForm,
            "form_submit_text": gettext_lazy("Ask for approval"),
        },
    )
    def release(self, request: HttpRequest, form: ReleaseForm, object_id: str) -> HttpResponse:
        actor, code = actor_of(request), self.get_queryset(request).get(pk=object_id).code
        once = form.once(actor, f"request products.release_price_list {code}")
        try:
            asked = request_approval(
                actor, "products.release_price_list", {"price_list": code}, form.grounds(), once
            )
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            said = _("Request %(number)s waits for approval.") % {"number": asked["number"]}
            messages.success(request, said)
        return self.back_to(request, object_id)

    @action(
        description=gettext_lazy("End"),
        permissions=["end"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("End this price list?"),
            "description": gettext_lazy(
                "From then on its prices hold for nobody; what was sold by it stays explained."
            ),
            "form_class": EndForm,
            "form_submit_text": gettext_lazy("End"),
        },
    )
    def end(self, request: HttpRequest, form: EndForm, object_id: str) -> HttpResponse:
        code, given = self.get_queryset(request).get(pk=object_id).code, form.cleaned_data
        try:
            services.end_price_list(
                actor_of(request), code, at=given["ends_at"], reason=given["reason"]
            )
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            messages.success(request, _("The end of the price list is set."))
        return self.back_to(request, object_id)
