"""What several pages show of payments."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.common.money import format_money
from apps.org.offices import columns
from apps.org.offices.records import RecordInline
from apps.payments import selectors as payments
from apps.payments.models import Payment

STATUS_TONES: dict[str, str] = {
    Payment.Status.PENDING: "warning",
    Payment.Status.CAPTURED: "success",
    Payment.Status.REFUND_DUE: "danger",
}


def tenders_of(payment: Any) -> str:
    """``cash ¥52.73``; the tenders are prefetched."""
    tenders = payment.tenders.all()
    return " + ".join(f"{one.get_kind_display()} {format_money(one.amount)}" for one in tenders)


class PaymentsOfOrder(RecordInline):
    model = Payment
    verbose_name_plural = _("Payments")
    see_action = "payments.see"
    visible = staticmethod(payments.payments_visible_to)
    related = ("store",)
    prefetched = ("tenders",)
    ordering = ("id",)
    page = columns.link("", _("payment number"))
    state = columns.state("status", _("status"), STATUS_TONES)
    n_amount = columns.money("amount", _("amount"))
    captured = columns.when("captured_at", _("captured at"), zone="store__time_zone")
    settled = columns.when("settled_at", _("settled at"), zone="store__time_zone")
    fields = ("page", "provider", "state", "tenders", "n_amount", "captured", "settled")

    @display(description=_("tenders"))
    def tenders(self, obj: Payment) -> str:
        return tenders_of(obj)
