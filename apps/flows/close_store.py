"""Close a store for good: its last day is today, and everything there goes somewhere or ends."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import Unprocessable
from apps.flows.store_plan import StorePlan, plan_closing, require_clear
from apps.inventory import selectors as inventory_selectors
from apps.inventory import services as inventory
from apps.inventory.models import Location
from apps.members import services as members
from apps.orders.services import Place
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Store


class LocationOfAnother(Unprocessable):
    code = "location_of_another_owner"
    message = _("The goods stay with their owner: name a location of the same owner.")


class SuccessorIsItself(Unprocessable):
    code = "successor_is_itself"
    message = _("A store cannot succeed itself.")


def close_store(
    actor: Actor, code: str, *, successor: str | None, stock_to: str | None, reason: str
) -> StorePlan:
    """Members' home store becomes ``successor`` (or none), goods go to ``stock_to``, roles and
    consents end.

    Today is the last day under its owner; documents and tenures stay. Raises ActionNotPermitted,
    StoreNotFound, StoreClosed, SuccessorIsItself, LocationNotFound, LocationOfAnother, StoreBusy,
    StockLeft; then nothing was written.
    """
    org.require_action(actor, "org.manage")
    heir = org.require_trading_store(actor, "org.manage", successor) if successor else None
    target = inventory_selectors.require_location(actor, stock_to) if stock_to else None
    with (
        accounts.noting(actor, reason=reason, under="org.manage"),
        transaction.atomic(durable=True),
    ):
        store = _lock(actor, code, heir, target)
        if target is not None:
            _require_same_owner(store, target)
        plan = plan_closing(store, stock_to=stock_to)
        require_clear(plan)
        done = _close(store, plan, heir, target)
        accounts.record(
            actor,
            "org.close_store",
            target=("store", code),
            changes=done,
            reason=reason,
            under="org.manage",
        )
        return replace(plan, done=done)


def _lock(actor: Actor, code: str, heir: Store | None, target: Location | None) -> Store:
    """The store, locked together with those that take over from it, so that they stay open too."""
    found = org.require_store(actor, "org.manage", code)
    others = {heir.pk if heir else None, target.store_id if target else None} - {None}
    if heir is not None and heir.pk == found.pk:
        raise SuccessorIsItself(fields={"successor": code})
    rows = org_services.lock_stores(found.pk, *[pk for pk in others if pk is not None])
    for row in rows.values():
        if row.status == Store.Status.CLOSED:
            raise org.StoreClosed(fields={"store": row.code})
    if target is not None and target.store_id is not None:
        target.store = rows[target.store_id]
    return rows[found.pk]


def _require_same_owner(store: Store, target: Location) -> None:
    """Warehouses are the brand's. Raises LocationOfAnother, also for the store's own location."""
    owner = target.store.franchisee_id if target.store else None
    if target.store_id == store.pk or owner != store.franchisee_id:
        raise LocationOfAnother(fields={"location": target.code})


def _close(
    store: Store, plan: StorePlan, heir: Store | None, target: Location | None
) -> dict[str, object]:
    now = clock.now()
    before = store.status
    done: dict[str, object] = {
        "staff": org_services.end_staff(store, at=now),
        "bindings": org_services.end_bindings(store),
        "members": members.move_members(store.pk, heir.pk if heir else None),
        "consents": members.end_consents(store.pk, by=members.CLOSED_STORE, at=now),
        "successor": heir.code if heir else None,
        "day": str(plan.day),
    }
    org_services.end_tenure(store, on=plan.day + timedelta(days=1))
    org_services.mark_status(store, Store.Status.CLOSED)
    done["status"] = [before, store.status]
    if target is not None:
        place = Place(store.pk, store.franchisee_id, store.region_id, plan.day)
        done["stock_to"] = target.code
        done["skus"] = inventory.move_all(
            place, target, reference=f"close:{store.code}", reason="store_closed", at=now
        )
    return done
