"""The dialogs in which a store's life is steered: what stands in the way, what goes where, and why."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.common import clock
from apps.flows.store_plan import (
    REHOMED,
    StorePlan,
    blocking,
    plan_closing,
    plan_freezing,
    plan_hand_over,
)
from apps.org import selectors as org
from apps.org.models import Franchisee, Region, Store
from apps.org.offices import lookups
from apps.org.offices.access import actor_of
from apps.org.offices.days import AROUND_NOW
from apps.org.offices.dialogs import ReasonForm


class DayInput(UnfoldAdminTextInputWidget):
    """The browser's own calendar: the scripts of the admin's do not run in a dialog."""

    input_type = "date"


class PlanForm(ReasonForm):
    """Above the fields stands what the act would do, as things are now."""

    form_before_template = "offices/store_plan.html"

    @cached_property
    def store(self) -> Store | None:
        """The store of the page, for those who may steer it."""
        rows = org.stores_visible_to(actor_of(self.request), "org.manage")
        found: Store | None = lookups.with_key(rows, self.object_id).first()
        return found

    def plans(self, store: Store) -> list[StorePlan]:
        """One plan, or one for each day that matters."""
        return [plan_freezing(store)]

    def get_before_template_context(
        self, request: HttpRequest, object_id: int | str | None = None
    ) -> dict[str, Any]:
        plans = self.plans(self.store) if self.store else []
        rehomed = plans[0].rehomed if plans else {}
        return {
            "days": [{"day": plan.day, "blockers": blocking(plan)} for plan in plans],
            "rehomed": [(REHOMED[name], amount) for name, amount in rehomed.items()],
        }


class FreezeForm(PlanForm):
    """Freezing and its end: nothing stands in the way."""


class HandOverForm(PlanForm):
    """From which business day on."""

    on = forms.DateField(
        label=capfirst(_("effective from")),
        required=False,
        validators=[AROUND_NOW],
        widget=DayInput,
        help_text=_("The first business day under it; empty for today."),
    )
    field_order: Any = ("franchisee", "region", "contract", "on", "reason")

    def plans(self, store: Store) -> list[StorePlan]:
        today = clock.business_day(clock.now(), store.time_zone)
        return [plan_hand_over(store, day) for day in (today, today + timedelta(days=1))]


class WithdrawForm(PlanForm):
    """What was written down for later is taken back."""


class OwnerForm(HandOverForm):
    """The owner, and the contract by which they own."""

    franchisee = forms.ModelChoiceField(
        label=capfirst(_("franchisee")),
        queryset=Franchisee.objects.none(),
        required=False,
        empty_label=_("The brand itself"),
        widget=UnfoldAdminSelectWidget,
    )
    contract = forms.CharField(
        label=capfirst(_("contract")),
        required=False,
        max_length=64,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        owners = org.franchisees_visible_to(actor_of(request)).order_by("code")
        self.fields["franchisee"].queryset = owners
        # Sent as it opened, the dialog changes nothing: it does not take the store from its owner.
        now = org.last_tenure(self.store) if self.store else None
        if now is not None:
            self.fields["franchisee"].initial = now.franchisee_id
            self.fields["contract"].initial = now.contract


class MoveForm(HandOverForm):
    """The region."""

    region = forms.ModelChoiceField(
        label=capfirst(_("region")), queryset=Region.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        regions = org.regions_visible_to(actor_of(request)).order_by("code")
        self.fields["region"].queryset = regions


class CloseForm(PlanForm):
    """Where members and goods go."""

    successor = forms.CharField(
        label=capfirst(_("successor")),
        required=False,
        max_length=32,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The code of the store that members belong to then; empty for none."),
    )
    stock_to = forms.CharField(
        label=capfirst(_("stock goes to")),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The code of a location of the same owner."),
    )
    field_order: Any = ("successor", "stock_to", "reason")

    def plans(self, store: Store) -> list[StorePlan]:
        return [plan_closing(store, stock_to=self.data.get("stock_to"))]
