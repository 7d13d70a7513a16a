"""Open a warehouse: the place itself and the location that keeps its stock."""

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.inventory import services as inventory
from apps.org.models import Warehouse


def open_warehouse(actor: Actor, warehouse: Warehouse) -> Warehouse:
    """Save a new warehouse and create its stock location."""
    with accounts.noting(actor, under="org.manage"), transaction.atomic():
        warehouse.save()
        inventory.create_warehouse_location(warehouse)
        accounts.record(
            actor,
            "org.open_warehouse",
            target=("warehouse", warehouse.code),
            changes={"region": warehouse.region.code},
            under="org.manage",
        )
    return warehouse
