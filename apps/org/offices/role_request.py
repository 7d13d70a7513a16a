"""The form by which a role is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.accounts.actor import Actor, Scope
from apps.common import clock
from apps.org import rules, services
from apps.org.models import ROLE_CHOICES
from apps.org.offices.days import AROUND_NOW
from apps.org.offices.evidence import EvidenceFilesField, GroundsForm

FIELD_OF_SCOPE = {Scope.REGION: "region", Scope.FRANCHISEE: "franchisee", Scope.STORE: "store"}


class RoleRequestForm(GroundsForm):
    """Who, which role, on which rows by code, from when up to when; and why."""

    user = forms.CharField(label=_("User name"), max_length=64, widget=UnfoldAdminTextInputWidget)
    role = forms.ChoiceField(label=_("Role"), widget=UnfoldAdminSelectWidget)
    code = forms.CharField(
        label=_("Code of the region, franchisee or store"),
        required=False,
        max_length=32,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Empty for a head-office role."),
    )
    starts_at = forms.DateTimeField(
        label=_("Starts at"),
        required=False,
        validators=[AROUND_NOW],
        widget=UnfoldAdminTextInputWidget({"type": "datetime-local"}),
        help_text=_("Empty: with the approval."),
    )
    ends_at = forms.DateTimeField(
        label=_("Ends at"),
        required=False,
        validators=[AROUND_NOW],
        widget=UnfoldAdminTextInputWidget({"type": "datetime-local"}),
        help_text=_("Empty: no end."),
    )
    documents = EvidenceFilesField(label=_("Evidence files"))
    field_order = (
        "user",
        "role",
        "code",
        "starts_at",
        "ends_at",
        "reason",
        "evidence",
        "reference",
        "documents",
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Choose a role")), *_grantable(actor)]

    def payload(self) -> dict[str, Any]:
        """What was chosen, as the flow takes it."""
        said = self.cleaned_data
        chosen: dict[str, Any] = {"user": said["user"], "role": said["role"]}
        field = FIELD_OF_SCOPE.get(rules.ROLE_SCOPE[said["role"]])
        if said["code"]:
            # A code given with a head-office role is passed on, to be refused with its reason.
            chosen[field or "store"] = said["code"].strip().upper()
        for name in ("starts_at", "ends_at"):
            if said[name]:
                chosen[name] = clock.rfc3339(said[name])
        return chosen


def _grantable(actor: Actor) -> list[tuple[str, Any]]:
    """Roles that the person may give on some rows; on which, the flow judges."""
    return [(role, label) for role, label in ROLE_CHOICES if services.grants_somewhere(actor, role)]
