"""Head office: people, their passwords and their second factor."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import UserChangeForm, UserCreationForm

from apps.accounts import rules
from apps.accounts.admin.sign_ins import may_manage, sessions_of
from apps.accounts.models import User
from apps.accounts.services.people import UserNameNotAllowed
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import RoleAssignment
from apps.org.offices import columns, lookups
from apps.org.offices.access import actor_of
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.colleagues import ColleagueActs
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.hiring import PasswordForm
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordInline
from apps.org.offices.sites import head_office

GIVEN = ("username", "display_name", "is_staff")
"""What the form changes of a person; everything else has an act of its own."""


class RolesOfUser(RecordInline):
    model = RoleAssignment
    see_action = "staff.see"
    visible = staticmethod(org.assignments_visible_to)
    related = ("region", "franchisee", "store")
    fields = ("role", "region", "franchisee", "store")
    tab = False


class FittingName(forms.ModelForm):
    """A name that is new here has letters only that cannot be taken for others."""

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if "username" in self.changed_data and not rules.user_name_fits(name):
            raise ValidationError(UserNameNotAllowed().detail)
        return name


class PersonForm(FittingName, UserChangeForm):
    """Somebody who is here; an older name may stay as it is."""


class NewPersonForm(FittingName, UserCreationForm):
    """A person with a first password, which they must change."""

    usable_password = None


class NewPasswordForm(PasswordForm):
    """The portal's dialog on a page of its own, which also knows whose password it is."""

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password1(self) -> str:
        """Not too much like the person's own names."""
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password


@admin.register(User, site=head_office)
class UserAdmin(ColleagueActs, DjangoUserAdmin, OfficeAdmin):  # type: ignore[misc]  # ours is typed looser
    """People sign in by name; what they may do stands in their role assignments."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    visible = staticmethod(org.users_visible_to)
    icon = "group"
    empty_hint = Hint(_("Add the people who work here, then give them their roles."))
    private_fields = frozenset({"display_name"})
    extra_pages = {"auth_user_password_change": "staff.manage"}
    form = PersonForm
    add_form = NewPersonForm
    list_display = ("username", "display_name", "roles", "factor", "is_staff", "is_active")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username__icontains", "display_name__icontains")
    search_help_text = _("User name or display name")
    ordering = ("username",)
    sortable_by = ("username",)
    private_search = True
    filter_horizontal = ()
    related = ("second_factor",)
    readonly_fields = (
        "is_active",
        "created",
        "last_sign_in",
        "password_link",
        "factor",
        "first_password",
    )
    fieldsets = (
        (None, {"fields": ("username", "display_name", "password_link")}),
        (
            _("Access"),
            {
                "fields": (
                    ("is_active", "is_staff"),
                    ("factor", "first_password"),
                    ("created", "last_sign_in"),
                )
            },
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "is_staff", "password1", "password2")}),
    )
    inlines = (RolesOfUser,)
    actions_detail = (
        "sign_ins",
        "end_sign_ins",
        "reset_second_factor",
        "switch_off",
        "switch_on",
    )
    created = columns.when("created_at", _("created at"))
    last_sign_in = columns.when("last_login", _("last sign-in"))

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the roles that hold now, as far as the person who asks sees them."""
        seen = org.live_assignments(org.assignments_visible_to(actor_of(request)))
        roles = Prefetch("assignments", seen.order_by("id"), to_attr="seen_assignments")
        return super().get_queryset(request).prefetch_related(roles)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        names = ("username", "display_name")
        return ((None, {"fields": names}), *self.fieldsets[1:])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a person who holds more than they do."""
        return self.may_manage(request) and (obj is None or may_manage(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People are switched off, not deleted: the audit trail names them."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        actor = actor_of(request)
        if not change:
            password = form.cleaned_data["password1"]
            org_services.staff.create_person(actor, obj, password=password)
            return
        given = {name: form.cleaned_data[name] for name in GIVEN if name in form.changed_data}
        org_services.staff.change_person(actor, obj, **given)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """The service has written the line."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """The service has written the line."""

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        user = self.get_object(request, id)
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        form = NewPasswordForm(user, request, id, data=request.POST or None)
        if form.is_valid():
            said = form.cleaned_data
            org_services.staff.set_password(
                actor_of(request), user, password=said["password1"], reason=said["reason"]
            )
            messages.success(request, gettext("The password is set; all sign-ins have ended."))
            return self.back_to(request, str(user.pk))
        request.__dict__["current_app"] = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Set a new password"),
            "opts": self.opts,
            "original": user,
            "form": form,
        }
        return TemplateResponse(request, "offices/new_password.html", context)

    @display(description=_("password"))
    def password_link(self, obj: User) -> str:
        """Nothing of a password is shown, not even its hash."""
        return format_html('<a class="qy-link" href="../password/">{}</a>', _("Set a new password"))

    @display(description=_("roles"))
    def roles(self, obj: User) -> str:
        return ", ".join(str(held.get_role_display()) for held in obj.__dict__["seen_assignments"])

    @display(description=_("second factor"))
    def factor(self, obj: User) -> str:
        on = hasattr(obj, "second_factor")
        return columns.toned(_("on") if on else _("off"), "success" if on else "plain")

    @display(description=_("must change the password"))
    def first_password(self, obj: User) -> str:
        must = obj.must_change_password
        return columns.toned(_("yes") if must else _("no"), "warning" if must else "plain")

    @action(description=_("Sign-ins"), permissions=["view"], icon="devices")
    def sign_ins(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Where the person is signed in."""
        return sessions_of(self.get_queryset(request).get(pk=object_id))

    def _find_managed(self, request: HttpRequest, object_id: Any) -> User | None:
        """Whom the person at the screen may change: here owners and head office as well."""
        found: User | None = lookups.with_key(self.get_queryset(request), object_id).first()
        return found if found and self.has_change_permission(request, found) else None

    def _other(self, request: HttpRequest, object_id: Any) -> User | None:
        """The same, but for oneself: one's own sign-ins are all that one may end here."""
        found = self._managed(request, object_id)
        return None if found is None or found.pk == request.user.pk else found

    def has_off_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        found = self._other(request, object_id)
        return found is not None and found.is_active

    @action(
        description=_("Sign out everywhere"),
        permissions=["manage"],
        icon="logout",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Sign this person out everywhere?"),
            "description": _("Every browser and till of this person is refused from now on."),
            "form_class": ReasonForm,
            "form_submit_text": _("Sign out everywhere"),
        },
    )
    def end_sign_ins(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        user = self.get_queryset(request).get(pk=object_id)
        reason = form.cleaned_data["reason"]
        org_services.staff.end_sign_ins(actor_of(request), user, reason=reason)
        return self.back_to(request, object_id)

    def has_reset_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return hasattr(self._other(request, object_id), "second_factor")

    @action(
        description=_("Reset second factor"),
        permissions=["reset"],
        icon="phonelink_erase",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Reset the second factor of this person?"),
            "description": _(
                "For somebody who lost phone and recovery codes. Make sure that it is them: afterwards "
                "the password alone leads to a new set-up. All their sign-ins end."
            ),
            "form_class": ReasonForm,
            "form_submit_text": _("Reset second factor"),
        },
    )
    def reset_second_factor(
        self, request: HttpRequest, form: ReasonForm, object_id: str
    ) -> HttpResponse:
        user = self.get_queryset(request).get(pk=object_id)
        reason = form.cleaned_data["reason"]
        org_services.staff.reset_second_factor(actor_of(request), user, reason=reason)
        return self.back_to(request, object_id)
