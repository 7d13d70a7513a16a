"""Franchise portal: the payments of own stores; money that must go back stands first."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from apps.common import clock
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.filters import BusinessDayFilter, DocumentStoreFilter, period
from apps.org.offices.lists import Hint
from apps.org.offices.record import DocumentPage
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import Hit
from apps.org.offices.sites import portal
from apps.org.offices.tasks import Task, waiting
from apps.payments import selectors as payments
from apps.payments.models import Payment
from apps.payments.office import (
    STANDING,
    CareFilter,
    MemberFilter,
    payments_found,
    tenders_of,
    told_of_payment,
)

LIST = "payments/payment/?"
REFUND_DUE, UNSETTLED = "care=refund_due", "care=unsettled"


@admin.register(Payment, site=portal)
class PortalPaymentAdmin(DocumentPage, RecordAdmin):
    see_action = "payments.see"
    visible = staticmethod(payments.payments_visible_to)
    icon = "payments"
    empty_hint = Hint(_("Rows appear with the first order."), "orders.order")
    related = ("order", "store")
    document = columns.link("order", _("order"), text="number")
    shop = columns.text("store__display_name", _("store"))
    state = STANDING
    n_amount = columns.money("amount", _("amount"))
    n_captured = columns.money("captured_amount", _("captured amount"))
    created = columns.when("created_at", _("created at"), zone="store__time_zone")
    captured = columns.when("captured_at", _("captured at"), zone="store__time_zone")
    settled = columns.when("settled_at", _("settled at"), zone="store__time_zone")
    list_display = ("number", "state", "document", "shop", "tenders", "created", "n_amount")
    list_filter = (
        CareFilter,
        ("status", ChoicesDropdownFilter),
        period("created_at"),
        BusinessDayFilter,
        DocumentStoreFilter,
        MemberFilter,
    )
    quick_filters = (
        (_("All"), ""),
        (_("refund due"), REFUND_DUE),
        (_("captured, not settled"), UNSETTLED),
    )
    exact = ("number", "order__number")
    search_help_text = _("Payment number or order number")
    ordering = ("-created_at", "-id")
    fields = (
        ("number", "document", "state"),
        ("shop", "business_day", "provider"),
        ("tenders", "n_amount", "n_captured"),
        ("created", "captured", "settled"),
    )
    parts = (told_of_payment,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("tenders")

    @display(description=_("tenders"))
    def tenders(self, obj: Payment) -> str:
        return tenders_of(obj)


@portal.tasks.kind(30)
def refunds_due(request: HttpRequest) -> Task | None:
    """Money that came and must go back."""
    actor = actor_of(request)
    if not actor.may("payments.see"):
        return None
    rows = payments.refund_due(payments.payments_visible_to(actor))
    found = waiting(rows, "captured_at")
    note = _("Money that came and must go back")
    return Task(_("Refunds due"), found, LIST + REFUND_DUE, "currency_exchange", note, "danger")


@portal.tasks.kind(40)
def unsettled(request: HttpRequest) -> Task | None:
    """Money that is here, and of which the order does not know."""
    actor = actor_of(request)
    if not actor.may("payments.see"):
        return None
    rows = payments.unsettled_too_long(payments.payments_visible_to(actor), clock.now())
    found = waiting(rows, "captured_at")
    note = _("Captured; the order does not know yet")
    return Task(_("Not settled"), found, LIST + UNSETTLED, "hourglass_top", note)


@portal.finder
def payments_by_number(request: HttpRequest, text: str) -> list[Hit]:
    """A payment of own stores by its whole number."""
    return payments_found(portal, request, text)
