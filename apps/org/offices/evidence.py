"""Forms that ask for a second person's approval, and that decide on such a request."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models.approvals import FILE_BYTES
from apps.common.errors import DomainError
from apps.common.idempotency import Once


def _key() -> str:
    return secrets.token_hex(16)


class KeyedForm(forms.Form):
    """A form that counts once, however often it is sent."""

    key = forms.CharField(min_length=8, max_length=64, widget=forms.HiddenInput, initial=_key)

    def once(self, actor: Actor, what: str) -> Once:
        """The claim of this form for ``actor``; ``what`` names what it does to which row."""
        said = {
            name: str(value) for name, value in self.cleaned_data.items() if name != "documents"
        }
        digest = hashlib.sha256(f"{what}\n{sorted(said.items())}".encode()).hexdigest()
        return Once(actor.caller, f"office-{self.cleaned_data['key']}", digest)


class DecisionForm(KeyedForm, BaseDialogForm):
    """Why it is turned down or taken back."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=255, widget=UnfoldAdminTextInputWidget
    )


class ApprovingForm(KeyedForm, BaseDialogForm):
    """What convinced the approver, if they want to say."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=255, widget=UnfoldAdminTextInputWidget
    )


class GroundsForm(KeyedForm):
    """Why something is asked for, and what shows it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=accounts.evidence.REASON_LENGTH,
        widget=UnfoldAdminTextInputWidget,
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=accounts.evidence.EVIDENCE_LENGTH,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("What shows it: who said or decided what, and when."),
    )
    reference = forms.CharField(
        label=_("Reference of the evidence"),
        required=False,
        max_length=accounts.evidence.REFERENCE_LENGTH,
        widget=UnfoldAdminTextInputWidget,
    )

    def grounds(self) -> accounts.Grounds:
        """What was said, as the flow takes it."""
        said = self.cleaned_data
        files = said.get("documents") or ()
        return accounts.Grounds(said["reason"], said["evidence"], said["reference"], files)


class _ManyFiles(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True


class EvidenceFilesField(forms.FileField):
    """Documents, judged by their content before they are read into memory whole."""

    widget = _ManyFiles

    def __init__(self, *, label: Any) -> None:
        text = _("PDF, PNG or JPEG; at most 2 MB each, 5 files.")
        super().__init__(label=label, required=False, help_text=text)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given: Sequence[UploadedFile] = data if isinstance(data, list | tuple) else [data]
        return [self._one(upload) for upload in given if upload]

    def _one(self, upload: UploadedFile) -> accounts.EvidenceFile:
        content = upload.read(FILE_BYTES + 1)
        name, kind = str(upload.name), str(upload.content_type)
        found = accounts.EvidenceFile(name, kind, content)
        try:
            accounts.evidence.check_file(found)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.detail) from refusal
        return found
