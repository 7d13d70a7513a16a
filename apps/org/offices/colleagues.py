"""What an owner may do to how the staff of own stores sign in; each with a dialog and a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import action
from unfold.enums import ActionVariant

from apps.accounts.models import User
from apps.common.errors import NotPermitted
from apps.org import selectors as org
from apps.org import services
from apps.org.models import RoleAssignment
from apps.org.offices import lookups
from apps.org.offices.access import actor_of
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.hiring import STORE_ROLES, PasswordForm


class ColleagueActs:
    """Mixed into the page of people: the buttons, and for whom they are there.

    For staff of stores alone, never for oneself, for a partner or for anybody of head office; beyond
    that the services judge: nobody changes a person who holds more than they do.
    """

    actions_detail: Any = ("end_sign_ins", "new_password", "switch_off", "switch_on")
    get_queryset: Any
    back_to: Any

    def _managed(self, request: HttpRequest, object_id: Any) -> User | None:
        """The colleague of the page, if the person at the screen may change how they sign in."""
        kept = request.__dict__.setdefault("_managed_colleague", {})
        if object_id not in kept:
            kept[object_id] = self._find_managed(request, object_id)
        found: User | None = kept[object_id]
        return found

    def _find_managed(self, request: HttpRequest, object_id: Any) -> User | None:
        actor = actor_of(request)
        others = self.get_queryset(request).exclude(pk=actor.id).exclude(is_staff=True)
        found: User | None = lookups.with_key(others, object_id).first()
        if found is None or _works_beyond_stores(found):
            return None
        try:
            services.staff.require_may_manage(actor, found)
        except NotPermitted:
            return None
        return found

    def has_manage_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._managed(request, object_id) is not None

    def has_off_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        found = self._managed(request, object_id)
        return found is not None and found.is_active

    def has_on_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        found = self._managed(request, object_id)
        return found is not None and not found.is_active

    @action(
        description=gettext_lazy("Sign out everywhere"),
        permissions=["manage"],
        icon="logout",
        dialog={
            "title": gettext_lazy("Sign this person out everywhere?"),
            "description": gettext_lazy(
                "Every browser and till of this person is refused from now on."
            ),
            "form_class": ReasonForm,
            "form_submit_text": gettext_lazy("Sign out everywhere"),
        },
    )
    def end_sign_ins(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        user, reason = self._of_page(request, object_id), form.cleaned_data["reason"]
        services.staff.end_sign_ins(actor_of(request), user, reason=reason)
        return self._done(request, object_id, _("All sign-ins have ended."))

    @action(
        description=gettext_lazy("Set a new password"),
        permissions=["manage"],
        icon="password",
        dialog={
            "title": gettext_lazy("Set a new password?"),
            "description": gettext_lazy(
                "All sign-ins of this person end. They change the password at the next one."
            ),
            "form_class": PasswordForm,
            "form_submit_text": gettext_lazy("Set a new password"),
        },
    )
    def new_password(
        self, request: HttpRequest, form: PasswordForm, object_id: str
    ) -> HttpResponse:
        user, said = self._of_page(request, object_id), form.cleaned_data
        services.staff.set_password(
            actor_of(request), user, password=said["password1"], reason=said["reason"]
        )
        return self._done(request, object_id, _("The password is set; all sign-ins have ended."))

    @action(
        description=pgettext_lazy("person", "Switch off"),
        permissions=["off"],
        icon="person_off",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Switch this person off?"),
            "description": gettext_lazy(
                "They are signed out at once and cannot sign in any more. What they have done stays."
            ),
            "form_class": ReasonForm,
            "form_submit_text": pgettext_lazy("person", "Switch off"),
        },
    )
    def switch_off(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        user, reason = self._of_page(request, object_id), form.cleaned_data["reason"]
        services.staff.switch_off(actor_of(request), user, reason=reason)
        return self._done(request, object_id, _("The person is switched off."))

    @action(
        description=pgettext_lazy("person", "Switch on"),
        permissions=["on"],
        icon="person_check",
        dialog={
            "title": gettext_lazy("Switch this person on again?"),
            "description": gettext_lazy("They may sign in again, under the roles that they hold."),
            "form_class": ReasonForm,
            "form_submit_text": pgettext_lazy("person", "Switch on"),
        },
    )
    def switch_on(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        user, reason = self._of_page(request, object_id), form.cleaned_data["reason"]
        services.staff.switch_on(actor_of(request), user, reason=reason)
        return self._done(request, object_id, _("The person may sign in again."))

    def _of_page(self, request: HttpRequest, object_id: str) -> User:
        user: User = self.get_queryset(request).get(pk=object_id)
        return user

    def _done(self, request: HttpRequest, object_id: str, said: str) -> HttpResponse:
        messages.success(request, said)
        return self.back_to(request, object_id)


def _works_beyond_stores(user: User) -> bool:
    """Whether the person owns stores or works for head office, now or from a later day on."""
    held = org.lasting_assignments(RoleAssignment.objects.filter(user=user))
    return bool(held.exclude(role__in=STORE_ROLES).exists())
