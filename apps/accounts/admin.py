"""Head office: people, their tokens, applications, and the audit trail."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm, BaseDialogForm, UserChangeForm, UserCreationForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts import services as accounts
from apps.accounts.models import ApiClient, AuditLine, StaffToken, User
from apps.org import rules
from apps.org import selectors as org
from apps.org.models import ClientBinding, RoleAssignment
from apps.org.offices import columns, lookups, words
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.filters import period
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.sites import head_office


class RolesOfUser(RecordInline):
    model = RoleAssignment
    see_action = "staff.see"
    visible = staticmethod(org.assignments_visible_to)
    related = ("region", "franchisee", "store")
    fields = ("role", "region", "franchisee", "store")
    tab = False


class NewPasswordForm(AdminPasswordChangeForm):
    """A new password ends what was signed in with the old one."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        accounts.revoke_staff_tokens_of(user)
        return user


@admin.register(User, site=head_office)
class UserAdmin(DjangoUserAdmin, OfficeAdmin):  # type: ignore[misc]  # ours is typed looser
    """People sign in by name; what they may do stands in their role assignments."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    visible = staticmethod(org.users_visible_to)
    icon = "group"
    private_fields = frozenset({"display_name"})
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = NewPasswordForm
    list_display = ("username", "display_name", "roles", "is_staff", "is_active", "created")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username__icontains", "display_name__icontains")
    search_help_text = _("User name or display name")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("created", "last_sign_in", "new_password")
    fieldsets = (
        (None, {"fields": ("username", "display_name", "new_password")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "created", "last_sign_in")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "is_staff", "password1", "password2")}),
    )
    inlines = (RolesOfUser,)
    created = columns.when("created_at", _("created at"))
    last_sign_in = columns.when("last_login", _("last sign-in"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("assignments")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        names = ("username", "display_name")
        return ((None, {"fields": names}), *self.fieldsets[1:])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People are switched off, not deleted: the audit trail names them."""
        return False

    @display(description=_("password"))
    def new_password(self, obj: User) -> str:
        """Nothing of a password is shown, not even its hash."""
        return format_html('<a class="qy-link" href="../password/">{}</a>', _("Set a new password"))

    @display(description=_("roles"))
    def roles(self, obj: User) -> str:
        return ", ".join(str(held.get_role_display()) for held in obj.assignments.all())


@admin.register(StaffToken, site=head_office)
class StaffTokenAdmin(RecordAdmin):
    see_action = "staff.see"
    visible = staticmethod(org.staff_tokens_visible_to)
    icon = "token"
    in_sidebar = False
    related = ("user",)
    list_display = ("user", "issued", "expires", "revoked")
    exact = ("user__username",)
    search_help_text = _("User name")
    ordering = ("-id",)
    fields = ("user", "issued", "expires", "revoked")
    issued = columns.when("created_at", _("created at"))
    expires = columns.when("expires_at", _("expires at"))
    revoked = columns.when("revoked_at", _("revoked at"))


def _scope_choices() -> list[tuple[str, str]]:
    """Each scope by its code, which the API speaks, and in words."""
    scopes = sorted(rules.CLIENT_SCOPES)
    return [(scope, f"{scope} · {words.action_text(scope)}") for scope in scopes]


class ApiClientForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=capfirst(_("scopes")),
        choices=_scope_choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What the application may do."),
    )

    class Meta:
        model = ApiClient
        fields = ("name", "scopes", "reach")
        widgets = {"name": UnfoldAdminTextInputWidget, "reach": UnfoldAdminSelectWidget}


class StoresOfClient(RecordInline):
    model = ClientBinding
    see_action = "clients.see"
    visible = staticmethod(org.bindings_visible_to)
    related = ("store",)
    fields = ("store",)
    tab = False


@admin.register(ApiClient, site=head_office)
class ApiClientAdmin(OfficeAdmin):
    """An application is created with a key that is shown once, and ends by revocation."""

    see_action = "clients.see"
    manage_action = "clients.manage"
    visible = staticmethod(org.clients_visible_to)
    icon = "api"
    form = ApiClientForm
    list_display = ("name", "key_id", "scope_list", "reach", "created", "revoked")
    search_fields = ("name__icontains", "key_id__exact")
    search_help_text = _("Name or key id")
    ordering = ("name", "id")
    readonly_fields = ("key_id", "created", "revoked")
    inlines = (StoresOfClient,)
    actions_detail = ("revoke",)
    created = columns.when("created_at", _("created at"))
    revoked = columns.when("revoked_at", _("revoked at"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = ("name", "scopes", "reach")
        return given if obj is None else (*given, *self.readonly_fields)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    @display(description=_("scopes"))
    def scope_list(self, obj: ApiClient) -> str:
        return ", ".join(obj.scopes)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: Any) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        created, key = accounts.create_api_client(name=obj.name, scopes=obj.scopes, reach=obj.reach)
        obj.pk, obj.key_id = created.pk, created.key_id
        form.issued_key = key

    def save_form(self, request: HttpRequest, form: Any, change: Any) -> Any:
        request.__dict__["_client_form"] = form
        return super().save_form(request, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiClient, post_url_continue: Any = None
    ) -> HttpResponse:
        """The one page that shows the key; it is in no message and no session, and never cached."""
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key of this application"),
            "client": obj,
            "key": request.__dict__["_client_form"].issued_key,
            "opts": self.opts,
        }
        return TemplateResponse(request, "offices/client_key.html", context)

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self.may_manage(request):
            return False
        live = self.get_queryset(request).filter(revoked_at=None)
        return lookups.with_key(live, object_id).exists()

    @action(
        description=_("Revoke key"),
        permissions=["revoke"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Revoke this key?"),
            "description": _("The application is refused from now on. This cannot be undone."),
            "form_class": BaseDialogForm,
            "form_submit_text": _("Revoke key"),
        },
    )
    def revoke(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        client = self.get_queryset(request).get(pk=object_id)
        accounts.revoke_api_client(client)
        self.record(request, client, "revoke", {})
        return self.back_to(request, object_id)


@admin.register(AuditLine, site=head_office)
class AuditLineAdmin(RecordAdmin):
    see_action = "audit.see"
    visible = staticmethod(org.audit_visible_to)
    icon = "policy"
    when = columns.when("at", _("time"))
    done = words.action()
    what = words.kind_of_object()
    who = words.kind_of_actor()
    why = words.reason()
    changed = words.changes()
    list_display = ("when", "actor_label", "who", "done", "what", "object_key", "why")
    list_filter = (period("at"),)
    exact = ("object_key",)
    search_help_text = _("Order, payment or member number, SKU or store code, user name")
    ordering = ("-id",)
    fields = (
        ("when", "request_id", "address"),
        ("actor_label", "who", "why"),
        ("done", "what", "object_key"),
        "changed",
    )
