"""Head office: applications and their keys."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.models import ApiClient, ClientSecret
from apps.org import rules, services
from apps.org import selectors as org
from apps.org.models import ClientBinding, ClientChannel
from apps.org.offices import columns, lookups, words
from apps.org.offices.access import actor_of
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.dialogs import ReasonForm
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.sites import head_office

GIVEN = ("name", "scopes", "sign_in", "reach", "rate")
_ISSUED = "_issued_client_key"


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
        fields = GIVEN
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "sign_in": UnfoldAdminSelectWidget,
            "reach": UnfoldAdminSelectWidget,
            "rate": UnfoldAdminIntegerFieldWidget,
        }


class SecretForm(forms.Form):
    """Why there is to be a second secret; the audit line keeps it."""

    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=255, widget=UnfoldAdminTextInputWidget
    )


class StoresOfClient(RecordInline):
    model = ClientBinding
    see_action = "clients.see"
    visible = staticmethod(org.bindings_visible_to)
    related = ("store",)
    fields = ("store",)
    tab = False


class ChannelsOfClient(RecordInline):
    model = ClientChannel
    see_action = "clients.see"
    visible = staticmethod(org.client_channels_visible_to)
    related = ("channel",)
    fields = ("channel",)
    tab = False


class SecretsOfClient(RecordInline):
    model = ClientSecret
    see_action = "clients.see"
    visible = staticmethod(org.client_secrets_visible_to)
    ordering = ("-id",)
    fields = ("made", "last_used", "retired")
    last_used = columns.when("last_used_at", _("last used at"))
    retired = columns.when("retired_at", _("retired at"))
    tab = False

    @display(description=_("created at"))
    def made(self, obj: ClientSecret) -> str:
        """Leads to the page on which the secret is retired."""
        return columns.link_to(self.admin_site.name, obj, columns.local_time(obj.created_at))


@admin.register(ApiClient, site=head_office)
class ApiClientAdmin(OfficeAdmin):
    """An application is created with a key that is shown once, and ends by revocation."""

    see_action = "clients.see"
    manage_action = "clients.manage"
    visible = staticmethod(org.clients_visible_to)
    icon = "api"
    empty_hint = Hint(_("Add an application; its key is shown once."))
    form = ApiClientForm
    list_display = (
        "name",
        "key_id",
        "sign_in",
        "scope_list",
        "reach",
        "created",
        "last_used",
        "revoked",
    )
    search_fields = ("name__icontains", "key_id__exact")
    search_help_text = _("Name or key id")
    ordering = ("name", "id")
    sortable_by = ("name",)
    readonly_fields = ("key_id", "created", "last_used", "revoked")
    inlines = (SecretsOfClient, StoresOfClient, ChannelsOfClient)
    actions_detail = ("new_secret", "revoke")
    created = columns.when("created_at", _("created at"))
    last_used = columns.when("last_used_at", _("last used at"))
    revoked = columns.when("revoked_at", _("revoked at"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return GIVEN if obj is None else (*GIVEN, *self.readonly_fields)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    @display(description=_("scopes"))
    def scope_list(self, obj: ApiClient) -> str:
        return ", ".join(obj.scopes)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: Any) -> None:
        given = {name: form.cleaned_data[name] for name in GIVEN}
        if change:
            services.change_client(actor_of(request), obj, **given)
            return
        created, key = services.create_client(actor_of(request), **given)
        obj.pk, obj.key_id = created.pk, created.key_id
        request.__dict__[_ISSUED] = key

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the line."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the line."""

    def response_add(
        self, request: HttpRequest, obj: ApiClient, post_url_continue: Any = None
    ) -> HttpResponse:
        return self._key_page(request, obj, request.__dict__[_ISSUED])

    def _key_page(
        self, request: HttpRequest, client: ApiClient, key: str = "", form: Any = None
    ) -> HttpResponse:
        """The one page that shows a key; it is in no message and no session, and never cached."""
        request.current_app = self.admin_site.name
        title = _("The key of this application") if key else _("New secret")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        context |= {"client": client, "key": key, "form": form}
        return TemplateResponse(request, "offices/client_key.html", context)

    def _is_live(self, request: HttpRequest, object_id: Any) -> bool:
        if not self.may_manage(request):
            return False
        live = self.get_queryset(request).filter(revoked_at=None)
        return lookups.with_key(live, object_id).exists()

    def has_new_secret_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is_live(request, object_id)

    def has_revoke_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._is_live(request, object_id)

    @action(description=_("New secret"), permissions=["new_secret"], icon="key")
    def new_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        client = self.get_queryset(request).get(pk=object_id)
        form = SecretForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._key_page(request, client, form=form)
        key = services.add_secret(actor_of(request), client, reason=form.cleaned_data["reason"])
        return self._key_page(request, client, key)

    @action(
        description=_("Revoke key"),
        permissions=["revoke"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Revoke this key?"),
            "description": _("The application is refused from now on. This cannot be undone."),
            "form_class": ReasonForm,
            "form_submit_text": _("Revoke key"),
        },
    )
    def revoke(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        client, reason = self.get_queryset(request).get(pk=object_id), form.cleaned_data["reason"]
        services.revoke_client(actor_of(request), client, reason=reason)
        return self.back_to(request, object_id)


@admin.register(ClientSecret, site=head_office)
class ClientSecretAdmin(RecordAdmin):
    """Two secrets may live while a key is being changed; then the old one is retired."""

    see_action = "clients.see"
    manage_action = "clients.manage"
    visible = staticmethod(org.client_secrets_visible_to)
    icon = "key"
    empty_hint = Hint(_("A secret appears with the first application."), "accounts.apiclient")
    in_sidebar = False
    related = ("client",)
    list_display = ("client", "created", "last_used", "retired")
    exact = ("client__key_id",)
    search_help_text = _("Key id")
    ordering = ("-id",)
    fields = ("client", "created", "last_used", "retired")
    actions_detail = ("retire",)
    created = columns.when("created_at", _("created at"))
    last_used = columns.when("last_used_at", _("last used at"))
    retired = columns.when("retired_at", _("retired at"))

    def key_of(self, obj: ClientSecret) -> str:
        return obj.client.key_id

    def has_retire_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self.may_manage(request):
            return False
        live = self.get_queryset(request).filter(retired_at=None, client__revoked_at=None)
        return lookups.with_key(live, object_id).exists()

    @action(
        description=_("Retire secret"),
        permissions=["retire"],
        icon="key_off",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Retire this secret?"),
            "description": _(
                "Whoever still uses it is refused from now on. This cannot be undone."
            ),
            "form_class": ReasonForm,
            "form_submit_text": _("Retire secret"),
        },
    )
    def retire(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        secret, reason = self.get_queryset(request).get(pk=object_id), form.cleaned_data["reason"]
        services.retire_secret(actor_of(request), secret, reason=reason)
        return self.back_to(request, object_id)
