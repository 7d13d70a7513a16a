"""Give a store another owner, region or contract: decide it now, carry it out when its day begins.

From the day on every new document is frozen under the new owner, whether or not the sweep has run:
the sweep turns the columns of today, by which stock, staff and settings are seen.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, system_actor
from apps.common import clock
from apps.common.errors import Conflict, Malformed
from apps.flows.store_plan import StorePlan, open_before, plan_hand_over, require_clear
from apps.members import services as members
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Store, Tenure
from apps.org.services import Terms

HEAD_START = timedelta(minutes=1)
"""A day that begins sooner is too near: a sale of its first moments may be under way already."""
Change = Callable[[Terms], Terms]


class DayPassed(Malformed):
    code = "day_passed"
    message = _("That day is over, or begins within a minute; name a later one.")


class NothingChanges(Conflict):
    code = "nothing_changes"
    message = _("The store has this owner, region and contract already.")


def decide(
    actor: Actor, code: str, change: Change, *, action: str, on: date | None, reason: str
) -> StorePlan:
    """Write down that a store trades under other terms from ``on`` (today) on, in one transaction.

    Raises ActionNotPermitted, StoreNotFound, StoreClosed, DayPassed, StoreTradedToday, StoreBusy,
    TenureOverlaps, NothingChanges; then nothing was written.
    """
    org.require_action(actor, "org.manage")
    with (
        accounts.noting(actor, reason=reason, under="org.manage"),
        transaction.atomic(durable=True),
    ):
        store = lock_visible(actor, code)
        now = clock.now()
        today = clock.business_day(now, store.time_zone)
        day = on or today
        if day < today or (day > today and _begins_at_once(day, store, now)):
            raise DayPassed(fields={"day": str(day)})
        plan = plan_hand_over(store, day)
        require_clear(plan)
        before = terms_of(store, code)
        tenure = org_services.begin_tenure(store, change(before), on=day)
        after = Terms.of(tenure)
        if after == before:
            raise NothingChanges(fields={"store": code})
        done = difference(before, after) | {"day": str(day)}
        if day == today:
            done |= _turn(store, tenure, now)
        record_act(actor, action, store, done, reason)
        return replace(plan, done=done)


def hand_over_due(store_id: int) -> bool:
    """Turn a store whose day has begun; False while orders of the days before are open."""
    actor = system_actor("hand-over")
    with accounts.noting(actor, under="org.manage"), transaction.atomic(durable=True):
        store = org_services.lock_stores(store_id)[store_id]
        now = clock.now()
        tenure = org.tenure_on(store, clock.business_day(now, store.time_zone))
        if store.status == Store.Status.CLOSED or tenure is None or tenure.shown_by(store):
            return False
        if any(open_before(store, tenure.starts_on).values()):
            return False
        done = _turn(store, tenure, now) | {"day": str(tenure.starts_on)}
        record_act(actor, "org.hand_over_store", store, done, "")
        return True


def lock_visible(actor: Actor, code: str) -> Store:
    """The store under lock. Raises StoreNotFound, StoreClosed."""
    found = org.require_store(actor, "org.manage", code)
    store = org_services.lock_stores(found.pk)[found.pk]
    if store.status == Store.Status.CLOSED:
        raise org.StoreClosed(fields={"store": code})
    return store


def _begins_at_once(day: date, store: Store, now: datetime) -> bool:
    return clock.start_of_day(day, store.time_zone) - now < HEAD_START


def terms_of(store: Store, code: str) -> Terms:
    """What holds without an end. Raises StoreNotTrading."""
    held = org.last_tenure(store)
    if held is None:
        raise org.StoreNotTrading(fields={"store": code})
    return Terms.of(held)


def _turn(store: Store, tenure: Tenure, now: datetime) -> dict[str, object]:
    """The columns of today, and with another owner the end of everybody's role and of every consent
    here: what a member gave to one owner is neither the next one's nor, should the store come back,
    that owner's again."""
    owner = store.franchisee_id
    shown = {
        "region": store.region.code,
        "franchisee": store.franchisee.code if store.franchisee else None,
    }
    org_services.show_tenure(store, tenure)
    done: dict[str, object] = {
        name: [shown[name], code] for name, code in Terms.of(tenure).codes.items() if name in shown
    }
    if owner != tenure.franchisee_id:
        done["staff"] = org_services.end_staff(store, at=now)
        done["consents"] = members.end_consents(store.pk, by=members.FORMER_OWNER, at=now)
    return {name: value for name, value in done.items() if not _same(value)}


def difference(before: Terms, after: Terms) -> dict[str, object]:
    """What differs, from what to what."""
    then, now = before.codes, after.codes
    return {name: [then[name], now[name]] for name in then if then[name] != now[name]}


def _same(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[0] == value[1]


def record_act(
    actor: Actor, action: str, store: Store, done: dict[str, object], reason: str
) -> None:
    """The audit line of an act of a store's life."""
    target = ("store", store.code)
    accounts.record(actor, action, target=target, changes=done, reason=reason, under="org.manage")
