"""Signing in, step by step: password, code, a password of one's own, enrolment.

Nobody is signed in before the last step: what is done so far is kept in a session of nobody's. The
pages are of our own making, without django-unfold, and allow only scripts and styles with a nonce.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.settings import get_config

from apps.accounts import rules
from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import User
from apps.common.errors import DomainError
from apps.org.offices import enrolment, entry, sessions
from apps.org.offices.access import actor_behind
from apps.org.offices.entry import Halfway

private = method_decorator([sensitive_post_parameters(), never_cache])


class SignInPages:
    """The sign-in of one site, which says whom it ``admits``."""

    name: str
    settings_name: str

    def admits(self, user: Any, actor: Actor) -> bool:
        return False

    def has_permission(self, request: HttpRequest) -> bool:
        return False

    def sign_in_urls(self) -> list[URLPattern]:
        return [
            path("login/code/", self.login_code, name="login_code"),
            path("login/password/", self.login_password, name="login_password"),
            path("login/second-factor/", self.login_enrol, name="login_enrol"),
        ]

    @private
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The first step: user name and password."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(self._url("index"))
        form = entry.SignInForm(request.POST or None)
        if form.is_valid():
            try:
                user = accounts.check_password(**form.cleaned_data)
            except DomainError as refusal:
                entry.refuse(form, refusal)
            else:
                if self.admits(user, actor_behind(user)):
                    return self._begin(request, user)
                form.add_error(None, _("This account has no access to this site."))
        home = urlencode({REDIRECT_FIELD_NAME: self._next(request)})
        return self.entry_page(
            request, "offices/login.html", form, action=f"{request.path}?{home}", title=_("Sign in")
        )

    def _begin(self, request: HttpRequest, user: User) -> HttpResponse:
        sessions.sign_out(request)
        halfway = entry.begin(request, user, site=self.name, next_page=self._next(request))
        return self._go_on(request, user, halfway)

    def _go_on(self, request: HttpRequest, user: User, halfway: Halfway) -> HttpResponse:
        """To the step that is still owed, or in."""
        unproven = halfway.factor == rules.NO_FACTOR
        if unproven and accounts.second_factor.is_on(user):
            return HttpResponseRedirect(self._url("login_code"))
        if user.must_change_password:
            return HttpResponseRedirect(self._url("login_password"))
        if unproven and accounts.second_factor.is_owed(actor_behind(user)):
            return HttpResponseRedirect(self._url("login_enrol"))
        self._finish(request, user, halfway)
        return HttpResponseRedirect(halfway.next)

    def _finish(self, request: HttpRequest, user: User, halfway: Halfway) -> None:
        with transaction.atomic():  # nobody is signed in without a line that says so
            sessions.sign_in(request, user, site=self.name, factor=halfway.factor)
            accounts.record_sign_in(actor_behind(user), site=self.name, factor=halfway.factor)
        request.session.pop(entry.HALFWAY, None)
        enrolment.forget(request)

    @private
    def login_code(self, request: HttpRequest) -> HttpResponse:
        """The second step of those who have a second factor."""
        found = entry.halfway_of(request, self.name)
        if found is None:
            return self._start_again(request)
        user, halfway = found
        form = entry.CodeForm(request.POST or None)
        if form.is_valid():
            try:
                factor = accounts.second_factor.verify(user, form.cleaned_data["code"])
            except DomainError as refusal:
                entry.refuse(form, refusal)
            else:
                halfway = entry.advance(request, user, halfway, factor=factor)
                return self._go_on(request, user, halfway)
        return self.entry_page(
            request, "offices/login_code.html", form, title=_("Second factor"), person=user
        )

    @private
    def login_password(self, request: HttpRequest) -> HttpResponse:
        """The step of those whose password somebody else chose."""
        found = self._proven(request)
        if found is None or not found[0].must_change_password:
            return self._start_again(request)
        user, halfway = found
        form = entry.NewPasswordForm(user, request.POST or None)
        if form.is_valid():
            password = form.cleaned_data["new_password1"]
            try:
                accounts.people.change_password(actor_behind(user), user, password=password)
            except DomainError as refusal:
                entry.refuse(form, refusal)
            else:
                halfway = entry.advance(request, user, halfway, factor=halfway.factor)
                return self._go_on(request, user, halfway)
        return self.entry_page(
            request, "offices/login_password.html", form, title=_("Choose a password"), person=user
        )

    @private
    def login_enrol(self, request: HttpRequest) -> HttpResponse:
        """The step of those whose role demands a second factor that they have not set up yet."""
        found = self._proven(request)
        if found is None or found[0].must_change_password:
            return self._start_again(request)
        user, halfway = found
        form = entry.FirstCodeForm(request.POST or None)
        if form.is_valid():
            secret, code = enrolment.secret_of(request), form.cleaned_data["code"]
            actor = actor_behind(user)
            try:
                codes = accounts.second_factor.enrol(actor, user, secret=secret, code=code)
            except DomainError as refusal:
                entry.refuse(form, refusal)
            else:
                halfway = entry.advance(request, user, halfway, factor="code")
                self._finish(request, user, halfway)
                note = _("The second factor is set up.")
                return self.codes_page(request, codes, note=note, onward=halfway.next)
        return self.enrolment_page(request, user, form, owed=True)

    def _proven(self, request: HttpRequest) -> tuple[User, Halfway] | None:
        """A sign-in whose second factor is done, where there is one."""
        found = entry.halfway_of(request, self.name)
        if found is None:
            return None
        unproven = found[1].factor == rules.NO_FACTOR
        return None if unproven and accounts.second_factor.is_on(found[0]) else found

    def _start_again(self, request: HttpRequest) -> HttpResponse:
        messages.info(request, _("Please start again with your password."))
        return HttpResponseRedirect(self._url("login"))

    def enrolment_page(
        self, request: HttpRequest, user: User, form: entry.FirstCodeForm, **context: Any
    ) -> HttpResponse:
        """The QR code, the key in letters, and the field for the first code."""
        shown = enrolment.context_of(request, user) | context
        title = _("Set up the second factor")
        return self.entry_page(request, "offices/second_factor.html", form, title=title, **shown)

    def codes_page(
        self, request: HttpRequest, codes: list[str], *, note: str, onward: str
    ) -> HttpResponse:
        """The recovery codes, this once; never cached, in no message and no session."""
        context = self.entry_context(request) | {
            "title": _("Recovery codes"),
            "codes": codes,
            "note": note,
            "onward": onward,
        }
        return TemplateResponse(request, "offices/recovery_codes.html", context)

    def entry_page(
        self, request: HttpRequest, template: str, form: Any, **context: Any
    ) -> HttpResponse:
        request.__dict__["current_app"] = self.name
        return entry.page(request, template, form, self.entry_context(request) | context)

    def entry_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the frame of these pages shows of the site."""
        look = get_config(self.settings_name)
        return {
            "office": self.name,
            "site_title": look["SITE_TITLE"],
            "site_icon": look["SITE_ICON"](request),
            "login_image": look["LOGIN"]["image"](request),
            "redirect_to": request.get_full_path(),
        }

    def _next(self, request: HttpRequest) -> str:
        """The page asked for, if it is one of ours; else the overview."""
        asked = request.GET.get(REDIRECT_FIELD_NAME, "")
        safe = url_has_allowed_host_and_scheme(
            asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return asked if asked and safe else self._url("index")

    def _url(self, page: str) -> str:
        return reverse(f"{self.name}:{page}")
