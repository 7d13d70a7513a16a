"""A provider says that money arrived: store the fact, then settle."""

from apps.accounts.actor import system_actor
from apps.flows.settle_payment import settle_payment
from apps.payments import services as payments
from apps.payments.services import CaptureNotice


def receive_notice(notice: CaptureNotice) -> None:
    """Two transactions: the fact is kept even if settling fails; the sweep then repeats it."""
    payment_id = payments.record_capture(notice)
    if payment_id is not None:
        settle_payment(system_actor(notice.provider), payment_id)
