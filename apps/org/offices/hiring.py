"""The forms by which an owner takes people on, and gives somebody a new password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.actor import Actor, Scope
from apps.accounts.models import User
from apps.accounts.rules import user_name_fits
from apps.accounts.services.people import UserNameNotAllowed
from apps.common.crypto import blind_index
from apps.common.idempotency import Once
from apps.org import rules
from apps.org import selectors as org
from apps.org.models import ROLE_CHOICES, Store
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.evidence import GroundsForm

MANAGE = "staff.manage"
STORE_ROLES = tuple(role for role, scope in rules.ROLE_SCOPE.items() if scope is Scope.STORE)


def _password(label: Any, **more: Any) -> forms.CharField:
    widget = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **more)


def _check_name(name: str) -> None:
    if not user_name_fits(name):
        raise ValidationError(UserNameNotAllowed().detail)


class TwoPasswords(forms.Form):
    """A password typed twice; the person changes it at the next sign-in."""

    password1 = _password(_("First password"), help_text=_("Changed by the person at sign-in."))
    password2 = _password(_("The same password again"))

    def clean(self) -> Any:
        said = super().clean() or self.cleaned_data
        first, second = said.get("password1"), said.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        elif first:
            self._judge(first)
        return said

    def _judge(self, password: str) -> None:
        try:
            validate_password(password, User(username=self.cleaned_data.get("username", "")))
        except ValidationError as error:
            self.add_error("password1", error)


class PasswordForm(TwoPasswords, ReasonForm):
    """A new password for somebody who forgot theirs, and why."""

    field_order = ("password1", "password2", "reason")


class HireForm(TwoPasswords, GroundsForm):
    """Who begins, as what, at which own store; and what shows that it is agreed."""

    username = forms.CharField(
        label=_("User name"),
        max_length=64,
        validators=[_check_name],
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
        help_text=_("For somebody who signs in already, request a role instead."),
    )
    display_name = forms.CharField(
        label=_("Display name"), max_length=64, widget=UnfoldAdminTextInputWidget
    )
    role = forms.ChoiceField(label=_("Role"), widget=UnfoldAdminSelectWidget)
    store = forms.ModelChoiceField(
        label=_("Store"),
        queryset=Store.objects.none(),
        to_field_name="code",
        widget=UnfoldAdminSelectWidget,
    )
    field_order = (
        "username",
        "display_name",
        "role",
        "store",
        "password1",
        "password2",
        "reason",
        "evidence",
        "reference",
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, store = self.fields["role"], self.fields["store"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - for the type checker
        assert isinstance(store, forms.ModelChoiceField)  # noqa: S101
        own = {code: label for code, label in ROLE_CHOICES if code in STORE_ROLES}
        role.choices = [("", _("Choose a role")), *sorted(own.items())]
        stores = org.stores_visible_to(actor, MANAGE).exclude(status=Store.Status.CLOSED)
        store.queryset = stores.order_by("code")

    def once(self, actor: Actor, what: str) -> Once:
        """As of every form; of the password it holds what nobody computes without our key, so that the
        form with another password is another one."""
        kept = self.cleaned_data
        sealed = blind_index("first password", kept["password1"]).hex()
        others = {name: kept[name] for name in kept if "password" not in name}
        self.cleaned_data = others | {"password": sealed}
        try:
            return super().once(actor, what)
        finally:
            self.cleaned_data = kept
