"""Freeze a store for a while: nothing new there, what is open may be paid or cancelled; and undo it."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Conflict
from apps.flows.hand_over import lock_visible, record_act
from apps.flows.store_plan import StorePlan, plan_freezing
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Store


class StoreNotFrozen(Conflict):
    code = "store_not_frozen"
    message = _("This store is not frozen.")


def freeze_store(actor: Actor, store: str, *, reason: str) -> StorePlan:
    """No new orders, quotes and members at the store until it is unfrozen.

    Raises ActionNotPermitted, StoreNotFound, StoreClosed, StoreFrozen; then nothing was written.
    """
    org.require_action(actor, "org.manage")
    with (
        accounts.noting(actor, reason=reason, under="org.manage"),
        transaction.atomic(durable=True),
    ):
        row = lock_visible(actor, store)
        if row.status == Store.Status.FROZEN:
            raise org.StoreFrozen(fields={"store": store})
        return _mark(actor, row, Store.Status.FROZEN, "org.freeze_store", reason)


def unfreeze_store(actor: Actor, store: str, *, reason: str) -> StorePlan:
    """The store trades again.

    Raises ActionNotPermitted, StoreNotFound, StoreClosed, StoreNotFrozen; then nothing was written.
    """
    org.require_action(actor, "org.manage")
    with (
        accounts.noting(actor, reason=reason, under="org.manage"),
        transaction.atomic(durable=True),
    ):
        row = lock_visible(actor, store)
        if row.status != Store.Status.FROZEN:
            raise StoreNotFrozen(fields={"store": store})
        return _mark(actor, row, Store.Status.OPEN, "org.unfreeze_store", reason)


def _mark(actor: Actor, store: Store, status: Store.Status, action: str, reason: str) -> StorePlan:
    plan = plan_freezing(store)
    done: dict[str, object] = {"status": [store.status, status.value]}
    org_services.mark_status(store, status)
    record_act(actor, action, store, done, reason)
    return replace(plan, done=done)
