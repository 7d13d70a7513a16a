"""Head office: where people are signed in, and signing them out from afar."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from apps.accounts import rules
from apps.accounts.models import StaffSession, StaffToken, User
from apps.common import clock
from apps.common.errors import NotPermitted
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


def may_manage(request: HttpRequest, user: User) -> bool:
    """Whether the person at the screen may change how ``user`` signs in; asked once per request."""
    asked: dict[int, bool] = request.__dict__.setdefault("_may_manage", {})
    if user.pk not in asked:
        try:
            org_services.staff.require_may_manage(actor_of(request), user)
            asked[user.pk] = True
        except NotPermitted:
            asked[user.pk] = False
    return asked[user.pk]


END = {
    "description": _("Sign out"),
    "permissions": ["end"],
    "icon": "logout",
    "variant": ActionVariant.DANGER,
    "dialog": {
        "title": _("Sign out from afar?"),
        "description": _("This browser or till is refused from its next request on."),
        "form_class": ReasonForm,
        "form_submit_text": _("Sign out"),
    },
}


class SignInAdmin(RecordAdmin):
    """Browsers and tokens alike: who, with what, from where, since when."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    in_sidebar = False
    related = ("user",)
    exact = ("user__username",)
    search_help_text = _("User name")
    ordering = ("-id",)
    actions_detail = ("end",)

    @display(description=_("device"))
    def device_name(self, obj: Any) -> str:
        return rules.device_name(obj.device)

    def live(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that have not ended; none where a class does not say."""
        return self.get_queryset(request).none()

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        found = lookups.with_key(self.live(request), object_id).first()
        return found is not None and may_manage(request, found.user)

    def key_of(self, obj: Any) -> str:
        return str(obj.user.username)


@admin.register(StaffSession, site=head_office)
class StaffSessionAdmin(SignInAdmin):
    visible = staticmethod(org.staff_sessions_visible_to)
    icon = "devices"
    empty_hint = Hint(_("A line appears as soon as somebody signs in."))
    since = columns.when("started_at", _("signed in at"))
    seen = columns.when("last_seen_at", _("last seen"))
    ended = columns.when("ended_at", _("ended at"))
    list_display = ("user", "device_name", "site", "address", "since", "seen", "ended")
    fields = (
        ("user", "site"),
        ("device_name", "address"),
        ("since", "seen", "ended"),
        "with_second_factor",
    )

    def live(self, request: HttpRequest) -> QuerySet[Any]:
        return self.get_queryset(request).filter(ended_at=None)

    @action(**END)
    def end(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        session = self.get_queryset(request).get(pk=object_id)
        reason = form.cleaned_data["reason"]
        org_services.staff.end_session(actor_of(request), session, reason=reason)
        return self.back_to(request, object_id)


@admin.register(StaffToken, site=head_office)
class StaffTokenAdmin(SignInAdmin):
    visible = staticmethod(org.staff_tokens_visible_to)
    icon = "token"
    empty_hint = Hint(_("A token appears when somebody signs in at a till or in an app."))
    issued = columns.when("created_at", _("created at"))
    expires = columns.when("expires_at", _("expires at"))
    revoked = columns.when("revoked_at", _("revoked at"))
    list_display = ("user", "device_name", "address", "issued", "expires", "revoked")
    fields = (("user",), ("device_name", "address"), ("issued", "expires", "revoked"))

    def live(self, request: HttpRequest) -> QuerySet[Any]:
        return self.get_queryset(request).filter(revoked_at=None, expires_at__gt=clock.now())

    @action(**END)
    def end(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        token = self.get_queryset(request).get(pk=object_id)
        reason = form.cleaned_data["reason"]
        org_services.staff.end_token(actor_of(request), token, reason=reason)
        return self.back_to(request, object_id)


def sessions_of(user: User) -> HttpResponse:
    """To the list of the browsers in which ``user`` is and was signed in."""
    url = reverse(f"{head_office.name}:accounts_staffsession_changelist")
    return HttpResponseRedirect(f"{url}?{urlencode({'q': user.username})}")
