"""Take back a change of owner, region or contract before its day."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import Conflict
from apps.flows.hand_over import HEAD_START, difference, lock_visible, record_act, terms_of
from apps.flows.store_plan import TRADED_TODAY, StorePlan, plan_hand_over, require_clear
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.services import Terms


class NoHandOverScheduled(Conflict):
    code = "no_hand_over_scheduled"
    message = _("Nothing is written down for this store that could be taken back.")


def withdraw_hand_over(actor: Actor, code: str, *, reason: str) -> StorePlan:
    """Take back the last change that is written down for a later day; what held before goes on.

    Raises ActionNotPermitted, StoreNotFound, StoreClosed, NoHandOverScheduled, StoreTradedToday; then
    nothing was written.
    """
    org.require_action(actor, "org.manage")
    with (
        accounts.noting(actor, reason=reason, under="org.manage"),
        transaction.atomic(durable=True),
    ):
        store = lock_visible(actor, code)
        today = clock.business_day(clock.now() + HEAD_START, store.time_zone)
        gone = org_services.withdraw_tenure(store, after=today)
        if gone is None:
            raise NoHandOverScheduled(fields={"store": code})
        plan = plan_hand_over(store, gone.starts_on)
        if TRADED_TODAY in plan.blockers:
            require_clear(plan)
        done = difference(Terms.of(gone), terms_of(store, code)) | {"day": str(gone.starts_on)}
        record_act(actor, "org.withdraw_hand_over", store, done, reason)
        return replace(plan, done=done)
