"""Sign-in and security: a person's own sign-ins, password and second factor."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts import rules
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.selectors import live_sessions_of, live_tokens_of
from apps.common import clock
from apps.common.errors import DomainError
from apps.org.offices import enrolment, entry, sessions
from apps.org.offices.access import actor_of
from apps.org.offices.columns import local_time
from apps.org.offices.sign_in import SignInPages, private

MAY_MOVE = "may_move_second_factor"
PURPOSES = ("codes", "move", "off")


class SecurityPages(SignInPages):
    """The pages of people who are signed in; each shows and changes only what is their own."""

    admin_view: Any
    entry_view: Any
    each_context: Any

    def security_urls(self) -> list[URLPattern]:
        own, plain = self.admin_view, self.entry_view
        at = "security/"
        return [
            path(at, own(self.security), name="security"),
            path(f"{at}end-others/", own(self.end_others), name="end_others"),
            path(f"{at}sessions/<int:pk>/end/", own(self.end_session), name="end_session"),
            path(f"{at}tokens/<int:pk>/end/", own(self.end_token), name="end_token"),
            path(f"{at}second-factor/", plain(self.second_factor), name="second_factor"),
            path(f"{at}prove/<slug:purpose>/", plain(self.prove), name="prove"),
            path("password_change/", plain(self.password_change), name="password_change"),
        ]

    def security(self, request: HttpRequest) -> HttpResponse:
        """Where one is signed in, and how."""
        user, here = self._user(request), sessions.session_of(request)
        request.__dict__["current_app"] = self.name
        context = {
            **self.each_context(request),
            "title": _("Sign-in and security"),
            "browsers": [
                {**_row(row), "site": row.get_site_display(), "here": row == here}
                | {"seen": local_time(row.last_seen_at), "since": local_time(row.started_at)}
                for row in live_sessions_of(user)
            ],
            "tokens": [
                {**_row(row), "since": local_time(row.created_at)}
                | {"until": local_time(row.expires_at)}
                for row in live_tokens_of(user)
            ],
            "factor_on": accounts.second_factor.is_on(user),
            "factor_owed": accounts.second_factor.is_owed(actor_of(request)),
            "codes_left": accounts.second_factor.codes_left(user),
        }
        return TemplateResponse(request, "offices/security.html", context)

    @method_decorator(require_POST)
    def end_session(self, request: HttpRequest, pk: int) -> HttpResponse:
        for found in live_sessions_of(self._user(request)):
            if found.pk == pk:
                accounts.sessions.end_session(actor_of(request), found)
                return self._to_security(request, _("The browser is signed out."))
        raise Http404

    @method_decorator(require_POST)
    def end_token(self, request: HttpRequest, pk: int) -> HttpResponse:
        for found in live_tokens_of(self._user(request)):
            if found.pk == pk:
                accounts.sessions.end_token(actor_of(request), found)
                return self._to_security(request, _("The token has ended."))
        raise Http404

    @method_decorator(require_POST)
    def end_others(self, request: HttpRequest) -> HttpResponse:
        user, here = self._user(request), sessions.key_of(request)
        accounts.sessions.end_everywhere(actor_of(request), user, but=here)
        return self._to_security(request, _("You are signed out everywhere else."))

    @private
    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Set it up, with the password; or on another phone, which was proved a moment ago."""
        user = self._user(request)
        moving = accounts.second_factor.is_on(user)
        if moving and clock.now().timestamp() > request.session.get(MAY_MOVE, 0):
            return HttpResponseRedirect(self._url("security"))
        form_class = entry.FirstCodeForm if moving else entry.OwnEnrolmentForm
        form: Any = form_class(request.POST or None)
        if form.is_valid():
            try:
                codes = self._take_phone(request, user, **form.cleaned_data)
            except DomainError as refusal:
                entry.refuse(form, refusal)
            else:
                enrolment.forget(request)
                request.session.pop(MAY_MOVE, None)
                note = _("The second factor is set up.")
                return self.codes_page(request, codes, note=note, onward=self._url("security"))
        return self.enrolment_page(request, user, form, back=self._url("security"))

    def _take_phone(
        self, request: HttpRequest, user: User, *, code: str, password: str | None = None
    ) -> list[str]:
        actor, secret = actor_of(request), enrolment.secret_of(request)
        here = sessions.key_of(request)
        if password is None:
            return accounts.second_factor.move(actor, user, secret=secret, code=code, browser=here)
        accounts.check_password(username=user.username, password=password)
        return accounts.second_factor.enrol(actor, user, secret=secret, code=code, browser=here)

    @private
    def prove(self, request: HttpRequest, purpose: str) -> HttpResponse:
        """Password and code, before recovery codes are renewed, or the second factor moves or ends."""
        if purpose not in PURPOSES:
            raise Http404
        user = self._user(request)
        form = entry.ProveForm(request.POST or None)
        if form.is_valid():
            given = form.cleaned_data
            try:
                accounts.check_password(username=user.username, password=given["password"])
                accounts.second_factor.verify(user, given["code"])
                return self._proved(request, user, purpose)
            except DomainError as refusal:
                entry.refuse(form, refusal)
        context = {"title": self._title(purpose), "purpose": purpose, "back": self._url("security")}
        return self.entry_page(request, "offices/prove.html", form, **context)

    def _proved(self, request: HttpRequest, user: User, purpose: str) -> HttpResponse:
        actor = actor_of(request)
        match purpose:
            case "codes":
                codes = accounts.second_factor.renew_recovery_codes(actor, user)
                note = _("The old recovery codes are worth nothing now.")
                return self.codes_page(request, codes, note=note, onward=self._url("security"))
            case "move":
                until = clock.now().timestamp() + rules.HALF_SIGNED_IN.total_seconds()
                request.session[MAY_MOVE] = until
                return HttpResponseRedirect(self._url("second_factor"))
            case _:
                accounts.second_factor.switch_off(actor, user)
                return self._to_security(request, _("The second factor is switched off."))

    def _title(self, purpose: str) -> str:
        titles = {
            "codes": _("New recovery codes"),
            "move": _("Use another phone"),
            "off": _("Switch the second factor off"),
        }
        return titles[purpose]

    @private
    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A new password of one's own; every other sign-in ends."""
        user = self._user(request)
        form = entry.OwnPasswordForm(user, request.POST or None)
        if form.is_valid():
            given, here = form.cleaned_data, sessions.key_of(request)
            new = given["new_password1"]
            try:
                accounts.check_password(username=user.username, password=given["password"])
                accounts.people.change_password(actor_of(request), user, password=new, keep=here)
            except DomainError as refusal:
                entry.refuse(form, refusal)
            else:
                update_session_auth_hash(request, user)
                text = _("Your password is changed; you are signed out everywhere else.")
                return self._to_security(request, text)
        context = {"title": _("Change password"), "back": self._url("security"), "person": user}
        return self.entry_page(request, "offices/login_password.html", form, **context)

    def _user(self, request: HttpRequest) -> User:
        """A fresh row of one's own, which a service may change."""
        return User.objects.get(pk=actor_of(request).id)

    def _to_security(self, request: HttpRequest, text: str) -> HttpResponse:
        messages.success(request, text)
        return HttpResponseRedirect(self._url("security"))


def _row(row: Any) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "device": rules.device_name(row.device),
        "address": row.address,
    }
