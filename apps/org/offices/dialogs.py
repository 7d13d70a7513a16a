"""Dialogs of dangerous acts: what will happen, and why it is done."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget


class ReasonForm(BaseDialogForm):
    """Why; the audit line keeps it."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=255, widget=UnfoldAdminTextInputWidget
    )
