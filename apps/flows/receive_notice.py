"""A provider says that money arrived: store the fact, then settle."""

import logging

from django.db import OperationalError

from apps.accounts.actor import system_actor
from apps.flows.settle_payment import settle_payment
from apps.payments import services as payments
from apps.payments.services import CaptureNotice

logger = logging.getLogger(__name__)


def receive_notice(notice: CaptureNotice) -> None:
    """Two transactions: once the fact is kept the provider need not send it again.

    If the database cannot settle now (a lock held too long), the settlement sweep does it later.
    """
    payment_id = payments.record_capture(notice)
    if payment_id is None:
        return
    try:
        settle_payment(system_actor(notice.provider), payment_id)
    except OperationalError:
        logger.warning("settlement is left to the sweep", exc_info=True)
