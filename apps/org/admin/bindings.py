"""Head office: the stores and channels that applications are bound to."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.org import selectors as org
from apps.org import services
from apps.org.models import ClientBinding, ClientChannel
from apps.org.offices.access import actor_of
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.deleting import reason_of
from apps.org.offices.lists import Hint
from apps.org.offices.sites import head_office


class BindingAdmin(OfficeAdmin):
    """A binding is made and taken away, not edited; the service writes the line."""

    see_action = "clients.see"
    manage_action = "clients.manage"
    center = "accounts"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the line."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """The service writes the line."""


@admin.register(ClientBinding, site=head_office)
class ClientBindingAdmin(BindingAdmin):
    visible = staticmethod(org.bindings_visible_to)
    icon = "link"
    empty_hint = Hint(
        _("An application that is limited to stores is bound to them here."), "accounts.apiclient"
    )
    related = ("client", "store")
    list_display = ("client", "store")
    exact = ("client__key_id", "store__code")
    search_help_text = _("Key id or store code")
    ordering = ("client_id", "store_id")
    autocomplete_fields = ("client", "store")

    def save_model(self, request: HttpRequest, obj: ClientBinding, form: Any, change: Any) -> None:
        obj.pk = services.bind_client(actor_of(request), obj.client, obj.store).pk

    def delete_model(self, request: HttpRequest, obj: ClientBinding) -> None:
        services.unbind_client(actor_of(request), obj, reason=reason_of(request))

    def key_of(self, obj: ClientBinding) -> str:
        return f"{obj.client.key_id} {obj.store.code}"[:64]


@admin.register(ClientChannel, site=head_office)
class ClientChannelAdmin(BindingAdmin):
    visible = staticmethod(org.client_channels_visible_to)
    icon = "add_link"
    empty_hint = Hint(
        _("An application that sells through a channel is bound to it here."), "accounts.apiclient"
    )
    related = ("client", "channel")
    list_display = ("client", "channel")
    exact = ("client__key_id", "channel__code")
    search_help_text = _("Key id or channel code")
    ordering = ("client_id", "channel_id")
    autocomplete_fields = ("client", "channel")

    def save_model(self, request: HttpRequest, obj: ClientChannel, form: Any, change: Any) -> None:
        obj.pk = services.bind_channel(actor_of(request), obj.client, obj.channel).pk

    def delete_model(self, request: HttpRequest, obj: ClientChannel) -> None:
        services.unbind_channel(actor_of(request), obj, reason=reason_of(request))

    def key_of(self, obj: ClientChannel) -> str:
        return f"{obj.client.key_id} {obj.channel.code}"[:64]
