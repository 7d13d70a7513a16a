"""Head office: the card of a store, and the acts of its life, each with what it would do."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.change_owner import change_owner, move_store
from apps.flows.close_store import close_store
from apps.flows.freeze_store import freeze_store, unfreeze_store
from apps.flows.open_store import open_store
from apps.flows.store_plan import StorePlan
from apps.flows.withdraw_hand_over import withdraw_hand_over
from apps.org import selectors as org
from apps.org.admin.places import NAMES, PlaceAdmin
from apps.org.admin.store_dialogs import (
    CloseForm,
    FreezeForm,
    MoveForm,
    OwnerForm,
    WithdrawForm,
)
from apps.org.admin.store_panels import (
    ahead_of,
    told_of_goods,
    told_of_life,
    told_of_staff,
    told_of_trade,
)
from apps.org.models import Store, StoreHours
from apps.org.offices import columns, lookups, store_card
from apps.org.offices.access import actor_of
from apps.org.offices.days import IN_BUSINESS
from apps.org.offices.filters import FranchiseeFilter, RegionFilter
from apps.org.offices.finding import stores_found
from apps.org.offices.lists import Hint
from apps.org.offices.record import RecordPage
from apps.org.offices.refusals import say_refusal
from apps.org.offices.results import Hit
from apps.org.offices.settings import SettingsInline
from apps.org.offices.sites import head_office

BY_FLOWS = ("region", "franchisee", "state")
"""Changed by the acts below, never by the form."""
CARD = (
    NAMES,
    ("legal_entity", "time_zone"),
    "address",
    ("latitude", "longitude"),
)


class StoreForm(forms.ModelForm):
    """The card. A new store also names since when it trades, and under which contract."""

    opened_on = forms.DateField(
        label=gettext_lazy("Open from"),
        required=False,
        validators=[IN_BUSINESS],
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("The first business day; empty for today."),
    )
    contract = forms.CharField(
        label=capfirst(gettext_lazy("contract")),
        required=False,
        max_length=64,
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise ValidationError(_("There is no such time zone."))
        now, store = clock.now(), self.instance
        # Under whom the store trades goes by its day: another day might bring back the former owner.
        if store.pk and clock.business_day(now, name) != clock.business_day(now, store.time_zone):
            raise ValidationError(_("It is another day there now; try again when it is the same."))
        return name


class HoursOfStore(SettingsInline):
    """When the store is open; a day without a row is a day it is closed."""

    model = StoreHours
    verbose_name_plural = gettext_lazy("Opening hours")
    see_action = "org.see"
    manage_action = "org.manage"
    visible = staticmethod(org.hours_visible_to)
    ordering = ("weekday",)
    max_num = 7


@admin.register(Store, site=head_office)
class StoreAdmin(RecordPage, PlaceAdmin):
    form = StoreForm
    visible = staticmethod(org.stores_visible_to)
    icon = "storefront"
    empty_hint = Hint(
        gettext_lazy("A store belongs to a region; add the region first."), "org.region"
    )
    related = ("region", "franchisee")
    state = columns.state("status", gettext_lazy("status"), store_card.STORE_TONES)
    list_display = (*NAMES, "region", "franchisee", "state", "time_zone")
    list_filter = (("status", ChoicesDropdownFilter), RegionFilter, FranchiseeFilter)
    autocomplete_fields = ("region", "franchisee")
    inlines = (HoursOfStore,)
    parts = (told_of_life, told_of_trade, told_of_goods, told_of_staff)
    actions_detail = ("change_owner", "move", "withdraw", "freeze", "unfreeze", "close")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (*CARD, ("region", "franchisee"), ("opened_on", "contract"))
        return (*CARD, BY_FLOWS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else BY_FLOWS

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A store is closed; its documents and its stock location stay."""
        return False

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: Any) -> None:
        if change:  # only what was typed: owner, region and status may have changed meanwhile
            typed = {field.name for field in self.opts.fields} & set(form.changed_data)
            obj.save(update_fields=typed)
        else:
            given = form.cleaned_data
            first, contract = given.get("opened_on"), given.get("contract", "")
            open_store(actor_of(request), obj, opened_on=first, contract=contract)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The flow has written the line."""

    def has_steer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The acts of a store's life; one that is closed has none left."""
        return self._manages(request, object_id, Store.Status.OPEN, Store.Status.FROZEN)

    def has_freeze_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._manages(request, object_id, Store.Status.OPEN)

    def has_unfreeze_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._manages(request, object_id, Store.Status.FROZEN)

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may_manage(request) and ahead_of(self._store(request, object_id))

    def _manages(self, request: HttpRequest, object_id: Any, *statuses: str) -> bool:
        store = self._store(request, object_id) if self.may_manage(request) else None
        return store is not None and store.status in statuses

    def _store(self, request: HttpRequest, object_id: Any) -> Store | None:
        """The store of the page; asked of the database once per request, for all its buttons."""
        kept = request.__dict__.setdefault("_store_of_page", {})
        if object_id not in kept:
            kept[object_id] = lookups.with_key(self.get_queryset(request), object_id).first()
        store: Store | None = kept[object_id]
        return store

    @action(
        description=gettext_lazy("Change owner"),
        permissions=["steer"],
        icon="handshake",
        dialog={
            "title": gettext_lazy("Change the owner?"),
            "description": gettext_lazy(
                "From the day named, new documents and the store's stock and settings are the new "
                "owner's; past documents stay with the former one. Everybody's role here ends then."
            ),
            "form_class": OwnerForm,
            "form_submit_text": gettext_lazy("Change owner"),
        },
    )
    def change_owner(self, request: HttpRequest, form: OwnerForm, object_id: str) -> HttpResponse:
        given = form.cleaned_data
        owner = given["franchisee"]
        return self._do(
            request,
            object_id,
            lambda code: change_owner(
                actor_of(request),
                code,
                to=owner.code if owner else None,
                contract=given["contract"],
                on=given["on"],
                reason=given["reason"],
            ),
        )

    @action(
        description=gettext_lazy("Move to another region"),
        permissions=["steer"],
        icon="moving",
        dialog={
            "title": gettext_lazy("Move the store to another region?"),
            "description": gettext_lazy(
                "From the day named, new documents count for that region. Owner and staff stay."
            ),
            "form_class": MoveForm,
            "form_submit_text": gettext_lazy("Move to another region"),
        },
    )
    def move(self, request: HttpRequest, form: MoveForm, object_id: str) -> HttpResponse:
        given = form.cleaned_data
        return self._do(
            request,
            object_id,
            lambda code: move_store(
                actor_of(request),
                code,
                region=given["region"].code,
                on=given["on"],
                reason=given["reason"],
            ),
        )

    @action(
        description=gettext_lazy("Take back a change"),
        permissions=["withdraw"],
        icon="undo",
        dialog={
            "title": gettext_lazy("Take back the change that is written down?"),
            "description": gettext_lazy("What holds now goes on without an end."),
            "form_class": WithdrawForm,
            "form_submit_text": gettext_lazy("Take back a change"),
        },
    )
    def withdraw(self, request: HttpRequest, form: WithdrawForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._do(
            request,
            object_id,
            lambda code: withdraw_hand_over(actor_of(request), code, reason=reason),
        )

    @action(
        description=gettext_lazy("Freeze"),
        permissions=["freeze"],
        icon="ac_unit",
        dialog={
            "title": gettext_lazy("Freeze the store?"),
            "description": gettext_lazy(
                "It takes no new orders and no new members. What waits for payment may be paid or "
                "cancelled."
            ),
            "form_class": FreezeForm,
            "form_submit_text": gettext_lazy("Freeze"),
        },
    )
    def freeze(self, request: HttpRequest, form: FreezeForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._do(
            request, object_id, lambda code: freeze_store(actor_of(request), code, reason=reason)
        )

    @action(
        description=gettext_lazy("Unfreeze"),
        permissions=["unfreeze"],
        icon="wb_sunny",
        dialog={
            "title": gettext_lazy("Unfreeze the store?"),
            "description": gettext_lazy("It trades again at once."),
            "form_class": FreezeForm,
            "form_submit_text": gettext_lazy("Unfreeze"),
        },
    )
    def unfreeze(self, request: HttpRequest, form: FreezeForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._do(
            request, object_id, lambda code: unfreeze_store(actor_of(request), code, reason=reason)
        )

    @action(
        description=gettext_lazy("Close for good"),
        permissions=["steer"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog={
            "title": gettext_lazy("Close the store for good?"),
            "description": gettext_lazy(
                "Today is its last day. It cannot be opened again; its documents stay."
            ),
            "form_class": CloseForm,
            "form_submit_text": gettext_lazy("Close for good"),
        },
    )
    def close(self, request: HttpRequest, form: CloseForm, object_id: str) -> HttpResponse:
        given = form.cleaned_data
        return self._do(
            request,
            object_id,
            lambda code: close_store(
                actor_of(request),
                code,
                successor=given["successor"] or None,
                stock_to=given["stock_to"] or None,
                reason=given["reason"],
            ),
        )

    def _do(
        self, request: HttpRequest, object_id: str, act: Callable[[str], StorePlan]
    ) -> HttpResponse:
        """Carry out one act and say so, or say why not; back to the card either way."""
        code = self.get_queryset(request).get(pk=object_id).code
        try:
            plan = act(code)
        except DomainError as refusal:
            say_refusal(request, refusal)
        else:
            said = {"store": code, "day": plan.day}
            messages.success(request, _("Done for store %(store)s, from %(day)s on.") % said)
        return self.back_to(request, object_id)


@head_office.finder
def stores(request: HttpRequest, text: str) -> list[Hit]:
    """A store by whole code, or stores by a part of a name."""
    return stores_found(head_office, request, text)
