"""Dialogs of dangerous acts: what will happen, and why it is done."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget


class ReasonForm(BaseDialogForm):
    """Why; the audit line keeps it."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=255, widget=UnfoldAdminTextInputWidget
    )


class InstantInput(UnfoldAdminTextInputWidget):
    """The browser's own calendar and clock: the scripts of the admin's do not run in a dialog."""

    input_type = "datetime-local"


class EndForm(ReasonForm):
    """When something ends, and why."""

    ends_at = forms.DateTimeField(
        label=capfirst(_("holds until")),
        required=False,
        widget=InstantInput,
        help_text=_("Empty: until now."),
    )
    field_order = ("ends_at", "reason")
