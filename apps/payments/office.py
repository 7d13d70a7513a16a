"""What several pages show of payments."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter, TextFilter
from unfold.decorators import display

from apps.common import clock
from apps.common.money import format_money
from apps.members.models import Member
from apps.orders.models import Order
from apps.org.offices import columns, words
from apps.org.offices.access import actor_of
from apps.org.offices.home import Card, Panel, Step
from apps.org.offices.record import Part, listed
from apps.org.offices.results import AT_MOST, Exact, Hit, hits_of
from apps.payments import selectors as payments
from apps.payments.models import Payment, PaymentEvent

STATUS_TONES: dict[str, str] = {
    Payment.Status.PENDING: "warning",
    Payment.Status.CAPTURED: "success",
    Payment.Status.REFUND_DUE: "danger",
}
EVENT_TONES: dict[str, str] = {
    PaymentEvent.Kind.CAPTURED: "info",
    PaymentEvent.Kind.SETTLED: "success",
    PaymentEvent.Kind.REFUND_DUE: "danger",
}


def standing_of(payment: Payment, order: Order) -> tuple[Any, str]:
    """The status of a payment of ``order`` as people read it, and its tone: nobody waits for money any
    more once the order is cancelled."""
    if payment.status == Payment.Status.PENDING and order.status == Order.Status.CANCELLED:
        return _("closed with the order"), "plain"
    return payment.get_status_display(), STATUS_TONES[payment.status]


@display(description=_("status"))
def _standing(_admin: Any, payment: Payment) -> str:
    return columns.toned(*standing_of(payment, payment.order))


def _plain_standing(_admin: Any, payment: Payment) -> str:
    return capfirst(str(standing_of(payment, payment.order)[0]))


STANDING = columns.with_plain(_standing, _plain_standing)
"""The column of the status; the order is selected with the payment."""


def tenders_of(payment: Any) -> str:
    """``cash ¥52.73``; the tenders are prefetched."""
    tenders = payment.tenders.all()
    return " + ".join(f"{one.get_kind_display()} {format_money(one.amount)}" for one in tenders)


class MemberFilter(TextFilter):
    """The payments of a member's orders, by the member's number."""

    title = _("member number")
    parameter_name = "member"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        number = (self.value() or "").strip()
        return queryset.filter(order__member__number=number) if number else queryset


class CareFilter(DropdownFilter):
    """Payments that somebody has to look after."""

    title = _("needs care")
    parameter_name = "care"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("refund_due", _("refund due")), ("unsettled", _("captured, not settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        if self.value() == "refund_due":
            return payments.refund_due(queryset)
        if self.value() == "unsettled":
            return payments.unsettled_too_long(queryset, clock.now())
        return queryset


def payments_found(site: AdminSite, request: HttpRequest, text: str) -> list[Hit]:
    """What the search box finds of the payments that the person sees: the one of this number."""
    own = payments.payments_visible_to(actor_of(request)).select_related("order", "store")
    return hits_of(
        site,
        own.filter(number__in={text, text.upper()})[:AT_MOST],
        Exact.KEY,
        detail=lambda row: (
            format_money(row.amount),
            str(standing_of(row, row.order)[0]),
            row.order,
            row.store.display_name,
        ),
    )


def told_of_order(request: HttpRequest, site: AdminSite, order: Order) -> Part:
    """The payments of an order with their tenders and the providers' references, as far as the
    person sees them. Three statements."""
    actor = actor_of(request)
    if not actor.may("payments.see"):
        return Part()
    found = list(payments.payments_of_order(actor, order.pk).prefetch_related("tenders", "events"))
    paid = sum(one.captured_amount or 0 for one in found)
    means = " · ".join(dict.fromkeys(tenders_of(one) for one in found if one.captured_at))
    return Part(
        cards=[
            Card(
                _("Paid"),
                format_money(paid),
                means or _("No money yet"),
                icon="account_balance_wallet",
            )
        ],
        steps=[step for one in found for step in _steps(order.store.time_zone, one)],
        sections=[_payments_panel(site, order, found)],
        notes=[_goes_back(one) for one in found if one.status == Payment.Status.REFUND_DUE],
    )


def told_of_payment(request: HttpRequest, site: AdminSite, payment: Payment) -> Part:
    """What was to be paid, for which order and through whom; what happened; and where the money must
    go back, why: nobody edits a payment. One statement, beside order, store and tenders."""
    prefetch_related_objects([payment], "events")
    return Part(
        cards=_payment_cards(payment),
        steps=_steps(payment.store.time_zone, payment),
        notes=[_goes_back(payment)] if payment.status == Payment.Status.REFUND_DUE else [],
    )


def _payment_cards(payment: Payment) -> list[Card]:
    order = payment.order
    status = capfirst(str(standing_of(payment, order)[0]))
    return [
        Card(
            _("Payment amount"),
            format_money(payment.amount),
            tenders_of(payment) or _("No money yet"),
            icon="payments",
        ),
        Card(
            capfirst(_("order")),
            capfirst(order.get_status_display()),
            order.number,
            f"orders/order/{order.pk}/change/",
            "receipt_long",
        ),
        Card(
            capfirst(_("provider")),
            capfirst(payment.get_provider_display()),
            " · ".join((status, *_references(payment))),
            icon="credit_card",
            tone="danger" if payment.status == Payment.Status.REFUND_DUE else "",
        ),
    ]


def _goes_back(payment: Payment) -> str:
    return _("Payment %(number)s of %(amount)s must go back: %(why)s.") % {
        "number": payment.number,
        "amount": format_money(payment.captured_amount or 0),
        "why": _why_back(payment),
    }


def _why_back(payment: Payment) -> str:
    reasons = [
        one.reason for one in payment.events.all() if one.kind == PaymentEvent.Kind.REFUND_DUE
    ]
    return words.reason_text(reasons[0]) if reasons else str(payment.get_status_display())


def _steps(zone: str, payment: Payment) -> list[Step]:
    return [
        Step(
            event.at,
            format_html(
                "{} {}",
                _("Payment: %(what)s") % {"what": event.get_kind_display()},
                format_money(event.amount),
            ),
            capfirst(event.get_provider_display()),
            capfirst(words.reason_text(event.reason)) if event.reason else "",
            "credit_card",
            EVENT_TONES.get(event.kind, "plain"),
            columns.local_time(event.at, zone),
        )
        for event in sorted(payment.events.all(), key=lambda one: one.pk)
    ]


def _payments_panel(site: AdminSite, order: Order, found: Sequence[Payment]) -> Panel:
    return Panel(
        _("Payments"),
        [
            _("payment number"),
            _("provider"),
            _("tenders"),
            _("provider reference"),
            _("status"),
            columns.figures(_("amount")),
        ],
        [
            [
                columns.link_to(site.name, one, one.number),
                one.get_provider_display(),
                tenders_of(one),
                ", ".join(_references(one)) or "–",
                columns.toned(*standing_of(one, order)),
                columns.number(format_money(one.amount)),
            ]
            for one in found
        ],
        empty=_("Nobody has tried to pay yet."),
        icon="payments",
    )


def _references(payment: Payment) -> list[str]:
    """What the provider calls the payment; its events are prefetched."""
    return list(dict.fromkeys(one.provider_ref for one in payment.events.all() if one.provider_ref))


def told_of_member(request: HttpRequest, site: AdminSite, member: Member) -> Part:
    """What of a member's money must go back. One statement, none without the right."""
    actor = actor_of(request)
    if not actor.may("payments.see"):
        return Part()
    due = payments.owed(payments.payments_visible_to(actor).filter(order__member=member))
    url = listed(site, f"payments/payment/?member={member.number}&care=refund_due")
    note = ngettext("%(n)s payment", "%(n)s payments", due.count) % {"n": due.count}
    card = Card(
        _("Refunds due"),
        format_money(due.amount),
        note,
        url if due.count else "",
        "currency_exchange",
        "danger" if due.count else "",
    )
    return Part(cards=[card])
