"""A sign-in on its way from the password to the last step, and the forms of the steps."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.accounts.models import User
from apps.common import clock
from apps.common.errors import DomainError, TooMany

HALFWAY = "half_signed_in"


@dataclass(frozen=True, slots=True)
class Halfway:
    """Who gave the right password, where, when, and how else they have proved themselves."""

    user_id: int
    password: str
    site: str
    next: str
    at: float
    factor: str = rules.NO_FACTOR


def begin(request: HttpRequest, user: User, *, site: str, next_page: str) -> Halfway:
    """Remember who gave the right password, in a new and empty session.

    A session that somebody else put into this browser would share what is begun here.
    """
    request.session.flush()
    halfway = Halfway(
        user.pk, user.get_session_auth_hash(), site, next_page, clock.now().timestamp()
    )
    request.session[HALFWAY] = asdict(halfway)
    return halfway


def advance(request: HttpRequest, user: User, halfway: Halfway, *, factor: str) -> Halfway:
    """Remember that another step is done: the second factor, or a new password."""
    later = replace(halfway, factor=factor, password=user.get_session_auth_hash())
    request.session[HALFWAY] = asdict(later)
    return later


def halfway_of(request: HttpRequest, site: str) -> tuple[User, Halfway] | None:
    """The sign-in begun at ``site``; None if there is none, or it is too old to go on with."""
    kept = request.session.get(HALFWAY)
    if not kept:
        return None
    halfway = Halfway(**kept)
    age = clock.now().timestamp() - halfway.at
    if halfway.site != site or age > rules.HALF_SIGNED_IN.total_seconds():
        return None
    user = User.objects.filter(pk=halfway.user_id, is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), halfway.password):
        return None
    return user, halfway


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """Six digits from the phone, or a recovery code."""

    code = forms.CharField(
        label=_("Code from the app, or recovery code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class FirstCodeForm(forms.Form):
    """Six digits from the phone."""

    code = forms.CharField(
        label=_("Code from the app"),
        max_length=16,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )


def _own_password() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class ProveForm(CodeForm):
    """Password and code, before something is done that neither alone should be able to do."""

    field_order = ("password", "code")
    password = _own_password()


class OwnEnrolmentForm(FirstCodeForm):
    """Password and first code of people who are signed in."""

    field_order = ("password", "code")
    password = _own_password()


class NewPasswordForm(SetPasswordForm):
    """A password of one's own choice, twice."""


class OwnPasswordForm(NewPasswordForm):
    """The same for people who are signed in: the present password first."""

    field_order = ("password", "new_password1", "new_password2")
    password = forms.CharField(
        label=_("Present password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def refuse(form: forms.BaseForm, refusal: DomainError) -> None:
    """Say a refusal at the form; how long to wait goes out as a header, see ``page``."""
    form.add_error(None, refusal.detail)
    if isinstance(refusal, TooMany):
        form.__dict__["retry_after"] = refusal.retry_after


def page(
    request: HttpRequest, template: str, form: forms.BaseForm, context: Mapping[str, Any]
) -> HttpResponse:
    """The page of one step; 429 where it was tried too often."""
    wait = form.__dict__.get("retry_after")
    answer = TemplateResponse(
        request, template, {**context, "form": form}, status=429 if wait else 200
    )
    if wait:
        answer["Retry-After"] = str(wait)
    return cast(HttpResponse, answer)
