"""Head office: payments, tenders and what providers reported; money that must go back stands first."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from apps.common.money import format_money
from apps.org.offices import columns, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import BusinessDayFilter, RegionFilter, StoreCodeFilter, period
from apps.org.offices.home import Panel
from apps.org.offices.lists import Hint
from apps.org.offices.record import DocumentPage
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.results import Hit
from apps.org.offices.sites import head_office
from apps.payments import selectors as payments
from apps.payments.models import Payment, PaymentEvent, Tender
from apps.payments.office import (
    STANDING,
    CareFilter,
    MemberFilter,
    payments_found,
    tenders_of,
    told_of_payment,
)

CARE_URL = "payments/payment/?care="
PANEL_ROWS = 5


class TendersOfPayment(RecordInline):
    model = Tender
    see_action = "payments.see"
    visible = staticmethod(payments.tenders_visible_to)
    n_amount = columns.money("amount", _("amount"))
    fields = ("kind", "n_amount")


class EventsOfPayment(RecordInline):
    model = PaymentEvent
    see_action = "payments.see"
    visible = staticmethod(payments.events_visible_to)
    ordering = ("id",)
    time = columns.when("at", _("time"))
    n_amount = columns.money("amount", _("amount"))
    why = words.reason()
    fields = ("time", "kind", "provider", "provider_ref", "n_amount", "why")


@admin.register(Payment, site=head_office)
class PaymentAdmin(DocumentPage, RecordAdmin):
    see_action = "payments.see"
    visible = staticmethod(payments.payments_visible_to)
    icon = "payments"
    empty_hint = Hint(_("Rows appear with the first order."), "orders.order")
    related = ("order", "store", "franchisee", "region")
    document = columns.link("order", _("order"))
    shop = columns.link("store", _("store"), text="display_name")
    state = STANDING
    n_amount = columns.money("amount", _("amount"))
    n_captured = columns.money("captured_amount", _("captured amount"))
    created = columns.when(
        "created_at", _("created at"), zone="store__time_zone", ordering="created_at"
    )
    captured = columns.when("captured_at", _("captured at"), zone="store__time_zone")
    settled = columns.when("settled_at", _("settled at"), zone="store__time_zone")
    list_display = (
        "number",
        "document",
        "shop",
        "provider",
        "state",
        "tenders",
        "n_amount",
        "created",
    )
    list_filter = (
        CareFilter,
        ("status", ChoicesDropdownFilter),
        ("provider", ChoicesDropdownFilter),
        period("created_at"),
        BusinessDayFilter,
        StoreCodeFilter,
        RegionFilter,
        MemberFilter,
    )
    quick_filters = (
        (_("All"), ""),
        (_("refund due"), "care=refund_due"),
        (_("captured, not settled"), "care=unsettled"),
    )
    exact = ("number", "order__number")
    search_help_text = _("Payment number or order number")
    ordering = ("-created_at", "-id")
    sortable_by = ("created",)
    fields = (
        ("number", "document", "state"),
        ("shop", "franchisee", "region", "business_day"),
        ("provider", "n_amount", "n_captured"),
        ("created", "captured", "settled"),
    )
    inlines = (TendersOfPayment, EventsOfPayment)
    parts = (told_of_payment,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("tenders")

    @display(description=_("tenders"))
    def tenders(self, obj: Payment) -> str:
        return tenders_of(obj)


@admin.register(PaymentEvent, site=head_office)
class PaymentEventAdmin(RecordAdmin):
    see_action = "payments.see"
    visible = staticmethod(payments.events_visible_to)
    icon = "receipt"
    empty_hint = Hint(_("Rows appear with the first payment."), "payments.payment")
    related = ("payment",)
    document = columns.link("payment", _("payment"))
    time = columns.when("at", _("time"))
    n_amount = columns.money("amount", _("amount"))
    list_display = (
        "time",
        "kind",
        "document",
        "provider",
        "provider_ref",
        "n_amount",
        "why",
    )
    list_filter = (("kind", ChoicesDropdownFilter), ("provider", ChoicesDropdownFilter))
    exact = ("payment__number",)
    search_help_text = _("Payment number")
    ordering = ("-id",)
    why = words.reason()
    fields = ("time", "kind", "document", "provider", "provider_ref", "n_amount", "why")


@admin.register(Tender, site=head_office)
class TenderAdmin(RecordAdmin):
    see_action = "payments.see"
    visible = staticmethod(payments.tenders_visible_to)
    icon = "account_balance_wallet"
    empty_hint = Hint(_("Rows appear with the first payment."), "payments.payment")
    in_sidebar = False
    related = ("payment",)
    document = columns.link("payment", _("payment"))
    n_amount = columns.money("amount", _("amount"))
    list_display = ("id", "document", "kind", "n_amount")
    list_filter = (("kind", ChoicesDropdownFilter),)
    exact = ("payment__number",)
    search_help_text = _("Payment number")
    ordering = ("-id",)
    fields = ("document", "kind", "n_amount")


@head_office.home.panel(20)
def refunds_due(request: HttpRequest) -> Panel | None:
    """The oldest payments that wait for their refund."""
    actor = actor_of(request)
    if not actor.may("payments.see"):
        return None
    rows = payments.refund_due(payments.payments_visible_to(actor)).select_related("store", "order")
    return Panel(
        _("Refunds due"),
        [
            _("payment number"),
            _("order"),
            _("store"),
            _("captured at"),
            columns.figures(_("captured amount")),
        ],
        [
            [
                columns.link_to("admin", payment, payment.number),
                columns.link_to("admin", payment.order, payment.order.number),
                payment.store.display_name,
                columns.local_time(
                    payment.captured_at or payment.created_at, payment.store.time_zone
                ),
                columns.number(format_money(payment.captured_amount or 0)),
            ]
            for payment in rows.order_by("created_at")[:PANEL_ROWS]
        ],
        url=CARE_URL + "refund_due",
        empty=_("No money waits to go back."),
        icon="currency_exchange",
    )


@head_office.finder
def payments_by_number(request: HttpRequest, text: str) -> list[Hit]:
    """A payment by its whole number."""
    return payments_found(head_office, request, text)
