"""The places an actor sees, and the place a document is written at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import BooleanField, Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common import clock, sql
from apps.common.errors import Conflict, Missing
from apps.org.models import (
    Channel,
    ChannelStore,
    Franchisee,
    Region,
    Store,
    StoreHours,
    Warehouse,
)
from apps.org.selectors.reach import Reach, reach_of
from apps.org.selectors.tenures import tenures_visible_to


class StoreNotFound(Missing):
    code = "store_not_found"
    message = _("There is no such store.")


class ChannelNotFound(Missing):
    code = "channel_not_found"
    message = _("There is no such channel.")


class RegionNotFound(Missing):
    code = "region_not_found"
    message = _("There is no such region.")


class FranchiseeNotFound(Missing):
    code = "franchisee_not_found"
    message = _("There is no such franchisee.")


class StoreClosed(Conflict):
    code = "store_closed"
    message = _("This store is closed.")


class StoreFrozen(Conflict):
    code = "store_frozen"
    message = _("This store is frozen: it takes no new orders and no new members for now.")


class StoreNotTrading(Conflict):
    code = "store_not_trading"
    message = _("This store belongs to nobody on this day: it is not open yet, or no more.")


class ChannelNotAtStore(Conflict):
    code = "channel_not_at_store"
    message = _("This channel does not serve this store.")


def stores_visible_to(actor: Actor, action: str = "org.see") -> QuerySet[Store]:
    """Stores on which ``actor`` may do ``action``, by today's owner and region."""
    reach = reach_of(actor, action)
    return Store.objects.filter(reach.where(store="id", franchisee="franchisee", region="region"))


def stores_once_of(actor: Actor) -> QuerySet[Any]:
    """Stores of which ``actor`` sees documents: those of today, and former ones, of whose past some
    are the actor's. Each carries ``former``."""
    reach = reach_of(actor, "org.see")
    own = reach.where(store="id", franchisee="franchisee", region="region")
    now = own or Q(pk__isnull=False)  # everything is no condition, of which SQL makes no case
    today = clock.business_day(clock.now(), settings.TIME_ZONE)
    begun = tenures_visible_to(actor).filter(starts_on__lte=today)
    former = Case(When(now, then=False), default=True, output_field=BooleanField())
    return Store.objects.filter(now | Q(pk__in=begun.values("store"))).annotate(former=former)


def stores_called(stores: QuerySet[Store], text: str) -> QuerySet[Store]:
    """Those of ``stores`` with exactly this code, or this text in a name; codes first."""
    codes = Q(code__in={text, text.upper()})
    found = stores.filter(codes | Q(name__icontains=text) | Q(name_en__icontains=text))
    return found.order_by(Case(When(codes, then=0), default=1), "code")


def require_store(actor: Actor, action: str, code: str) -> Store:
    """The store, if ``actor`` may do ``action`` there. Raises StoreNotFound."""
    store = stores_visible_to(actor, action).filter(code=code).first()
    if store is None:
        raise StoreNotFound(fields={"store": code})
    return store


def require_trading_store(actor: Actor, action: str, code: str) -> Store:
    """The store, if it takes on new business. Raises StoreNotFound, StoreClosed, StoreFrozen."""
    store = require_store(actor, action, code)
    _require_trading(store.status, code)
    return store


def require_region(actor: Actor, action: str, code: str) -> Region:
    """The region, if ``actor`` may do ``action`` in all of it. Raises RegionNotFound."""
    reach = reach_of(actor, action)
    found = Region.objects.filter(code=code).first()
    if found is None or not (reach.everything or found.pk in reach.regions):
        raise RegionNotFound(fields={"region": code})
    return found


def require_franchisee(actor: Actor, action: str, code: str) -> Franchisee:
    """The owner, if ``actor`` may do ``action`` on all they own. Raises FranchiseeNotFound."""
    reach = reach_of(actor, action)
    found = Franchisee.objects.filter(code=code).first()
    if found is None or not (reach.everything or found.pk in reach.franchisees):
        raise FranchiseeNotFound(fields={"franchisee": code})
    return found


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
    """Channels are the brand's: whoever sees stores sees all of them, or those they are bound to."""
    if not actor.may("org.see"):
        return Channel.objects.none()
    return Channel.objects.filter(reach_of(actor, "org.see").where_channel("pk"))


def channel_stores_visible_to(actor: Actor) -> QuerySet[ChannelStore]:
    """Which channels of limited reach serve the stores that ``actor`` sees."""
    reach = reach_of(actor, "org.see")
    own = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    return ChannelStore.objects.filter(own)


def hours_visible_to(actor: Actor) -> QuerySet[StoreHours]:
    """The opening hours of the stores that ``actor`` sees."""
    reach = reach_of(actor, "org.see")
    own = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    return StoreHours.objects.filter(own)


@dataclass(frozen=True, slots=True)
class SellingPoint:
    """A store and a channel as one document needs them, under the owner and region of its day."""

    store_id: int
    store_code: str
    franchisee_id: int | None
    region_id: int
    business_day: date
    time_zone: str
    channel_id: int
    channel_code: str
    channel_kind: str


class _Found(NamedTuple):
    """A row of the statement below; owner and region of the day, and those that the store shows."""

    store_id: int
    code: str
    time_zone: str
    status: str
    shown_franchisee_id: int | None
    shown_region_id: int
    business_day: date
    tenure_id: int | None
    franchisee_id: int | None
    region_id: int | None
    channel_id: int | None
    channel_code: str
    channel_kind: str
    serves: bool

    @property
    def differs(self) -> bool:
        """Whether the store shows another owner or region than those of the day."""
        of_day = (self.franchisee_id, self.region_id)
        return of_day != (self.shown_franchisee_id, self.shown_region_id)


SELLING_POINT = """
SELECT store.id, store.code, store.time_zone, store.status, store.franchisee_id, store.region_id,
       (%(at)s::timestamptz AT TIME ZONE store.time_zone)::date,
       tenure.id, tenure.franchisee_id, tenure.region_id,
       channel.id, channel.code, channel.kind,
       channel.serves = 'every' OR EXISTS (
           SELECT FROM org_channelstore served
           WHERE served.channel_id = channel.id AND served.store_id = store.id)
FROM org_store store
LEFT JOIN org_tenure tenure ON tenure.store_id = store.id
    AND tenure.starts_on <= (%(at)s::timestamptz AT TIME ZONE store.time_zone)::date
    AND coalesce(tenure.ends_on, 'infinity')
        > (%(at)s::timestamptz AT TIME ZONE store.time_zone)::date
LEFT JOIN org_channel channel ON channel.code = %(channel)s AND channel.is_active
WHERE store.code = %(store)s
"""
# Whoever freezes, closes or hands over a store changes this row, and waits for what is being sold.
HELD_SELLING_POINT = SELLING_POINT + "FOR SHARE OF store"


def require_selling_point(
    actor: Actor, action: str, *, store_code: str, channel_code: str, at: datetime
) -> SellingPoint:
    """The store and channel that a document of the instant ``at`` would be written at.

    Owner and region are those of the store's business day. One statement. Raises StoreNotFound,
    ChannelNotFound (missing and foreign alike), StoreClosed, StoreFrozen, StoreNotTrading,
    ChannelNotAtStore.
    """
    found = _find(SELLING_POINT, store_code, channel_code, at)
    return _judged(actor, (action,), found, store_code, channel_code)


def hold_selling_point(
    actor: Actor, *actions: str, store_code: str, channel_code: str, at: datetime
) -> SellingPoint:
    """The same for several actions, and owner, region and status stay until this transaction ends.

    One statement; two where the store is just being handed over. Raises the same.
    """
    found = _find(HELD_SELLING_POINT, store_code, channel_code, at)
    if found is not None and found.differs:
        # The store's row is as it is now, the tenure beside it as of before the wait for that row.
        found = _find(HELD_SELLING_POINT, store_code, channel_code, at)
    return _judged(actor, actions, found, store_code, channel_code)


def _find(statement: str, store: str, channel: str, at: datetime) -> _Found | None:
    found = sql.row(statement, {"store": store, "channel": channel, "at": at})
    return _Found(*found) if found else None


def _judged(
    actor: Actor, actions: Sequence[str], found: _Found | None, store_code: str, channel_code: str
) -> SellingPoint:
    """Each of ``actions`` must be allowed here: what is allowed elsewhere makes up for nothing."""
    reaches = [reach_of(actor, action) for action in actions]
    if found is None or not all(_covers(actor, reach, found) for reach in reaches):
        raise StoreNotFound(fields={"store": store_code})
    channel = found.channel_id
    if channel is None or not all(reach.through(channel) for reach in reaches):
        raise ChannelNotFound(fields={"channel": channel_code})
    _require_trading(found.status, store_code)
    if found.region_id is None:
        raise StoreNotTrading(fields={"store": store_code, "day": str(found.business_day)})
    if not found.serves:
        raise ChannelNotAtStore(fields={"channel": channel_code, "store": store_code})
    return SellingPoint(
        found.store_id,
        found.code,
        found.franchisee_id,
        found.region_id,
        found.business_day,
        found.time_zone,
        channel,
        found.channel_code,
        found.channel_kind,
    )


def _covers(actor: Actor, reach: Reach, found: _Found) -> bool:
    """By the owner of the day: one whose day has come sells before the store shows them, and those
    who worked there for the owner of before no more, though their roles end with the hand-over."""
    if found.region_id is None:
        franchisee, region = found.shown_franchisee_id, found.shown_region_id
    else:
        franchisee, region = found.franchisee_id, found.region_id
    if franchisee != found.shown_franchisee_id and actor.kind is ActorKind.STAFF:
        reach = replace(reach, stores=frozenset())
    return reach.covers(store=found.store_id, franchisee=franchisee, region=region)


def _require_trading(status: str, code: str) -> None:
    if status == Store.Status.CLOSED:
        raise StoreClosed(fields={"store": code})
    if status == Store.Status.FROZEN:
        raise StoreFrozen(fields={"store": code})
