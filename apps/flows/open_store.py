"""Open a store: the place itself, its first owner, and the location that keeps its stock."""

from datetime import date

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock
from apps.inventory import services as inventory
from apps.org import services as org
from apps.org.models import Store


def open_store(
    actor: Actor, store: Store, *, opened_on: date | None = None, contract: str = ""
) -> Store:
    """Save a new store, which trades under its region and owner from ``opened_on`` on.

    That is the store's business day today where it is not named; a later day is allowed, and before
    it nothing is sold.
    """
    first = opened_on or clock.business_day(clock.now(), store.time_zone)
    with accounts.noting(actor, under="org.manage"), transaction.atomic():
        store.save()
        terms = org.Terms(store.region, store.franchisee, contract)
        org.begin_tenure(store, terms, on=first)
        inventory.create_store_location(store)
        accounts.record(
            actor,
            "org.open_store",
            target=("store", store.code),
            changes={**terms.codes, "day": first},
            under="org.manage",
        )
    return store
