"""The places an actor sees, and the place a document is written at."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.errors import Conflict, Missing
from apps.org.models import Channel, Franchisee, Region, Store, Warehouse
from apps.org.selectors.reach import reach_of


class StoreNotFound(Missing):
    code = "store_not_found"
    message = _("There is no such store.")


class ChannelNotFound(Missing):
    code = "channel_not_found"
    message = _("There is no such channel.")


class StoreClosed(Conflict):
    code = "store_closed"
    message = _("This store is closed.")


def stores_visible_to(actor: Actor, action: str = "org.see") -> QuerySet[Store]:
    """Stores on which ``actor`` may do ``action``, by today's owner and region."""
    reach = reach_of(actor, action)
    return Store.objects.filter(reach.where(store="id", franchisee="franchisee", region="region"))


def require_store(actor: Actor, action: str, code: str) -> Store:
    """The store, if ``actor`` may do ``action`` there. Raises StoreNotFound."""
    store = stores_visible_to(actor, action).filter(code=code).first()
    if store is None:
        raise StoreNotFound(fields={"store": code})
    return store


def regions_visible_to(actor: Actor) -> QuerySet[Region]:
    """Regions in which ``actor`` sees a store; all of them for one who sees everything."""
    if reach_of(actor, "org.see").everything:
        return Region.objects.all()
    return Region.objects.filter(pk__in=stores_visible_to(actor).values("region"))


def franchisees_visible_to(actor: Actor) -> QuerySet[Franchisee]:
    """Owners of whom ``actor`` sees a store; all of them for one who sees everything."""
    if reach_of(actor, "org.see").everything:
        return Franchisee.objects.all()
    return Franchisee.objects.filter(pk__in=stores_visible_to(actor).values("franchisee"))


def warehouses_visible_to(actor: Actor) -> QuerySet[Warehouse]:
    """Warehouses belong to the brand: seen with everything, or by their region."""
    reach = reach_of(actor, "org.see")
    if reach.everything:
        return Warehouse.objects.all()
    return Warehouse.objects.filter(region__in=reach.regions)


def channels_visible_to(actor: Actor) -> QuerySet[Channel]:
    """Channels are the brand's: whoever sees stores sees all of them."""
    return Channel.objects.all() if actor.may("org.see") else Channel.objects.none()


@dataclass(frozen=True, slots=True)
class SellingPoint:
    """A store and a channel, as one sale needs them; owner and region are those of now."""

    store_id: int
    store_code: str
    franchisee_id: int | None
    region_id: int
    time_zone: str
    channel_id: int
    channel_code: str
    channel_kind: str


SELLING_POINT = """
SELECT store.id, store.code, store.franchisee_id, store.region_id, store.time_zone, store.status,
       channel.id, channel.code, channel.kind
FROM org_store store
LEFT JOIN org_channel channel ON channel.code = %(channel)s AND channel.is_active
WHERE store.code = %(store)s
"""


def require_selling_point(
    actor: Actor, action: str, *, store_code: str, channel_code: str
) -> SellingPoint:
    """The store and channel a document is to be written at. One statement.

    Raises StoreNotFound (missing and foreign alike), ChannelNotFound, StoreClosed.
    """
    found = sql.row(SELLING_POINT, {"store": store_code, "channel": channel_code})
    if found is None or not reach_of(actor, action).covers(
        store=found[0], franchisee=found[2], region=found[3]
    ):
        raise StoreNotFound(fields={"store": store_code})
    store_id, code, franchisee_id, region_id, time_zone, status, *channel = found
    if channel[0] is None:
        raise ChannelNotFound(fields={"channel": channel_code})
    if status != Store.Status.OPEN:
        raise StoreClosed(fields={"store": store_code})
    return SellingPoint(store_id, code, franchisee_id, region_id, time_zone, *channel)
