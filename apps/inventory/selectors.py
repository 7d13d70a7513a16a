"""Reads of the inventory center."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common.errors import Missing
from apps.inventory import rules
from apps.inventory.models import Location, Movement, Reservation, Stock
from apps.org import selectors as org


def stock_visible_to(actor: Actor) -> QuerySet[Stock]:
    """Stock by today's owner and region; warehouses are seen with everything or by their region."""
    reach = org.reach_of(actor, "inventory.see")
    return Stock.objects.filter(location__in=_locations(reach))


def low(stock: QuerySet[Stock]) -> QuerySet[Stock]:
    """Those of which little is left to sell, see ``rules.LOW_AVAILABLE``."""
    return stock.filter(on_hand__lte=F("reserved") + rules.LOW_AVAILABLE)


def locations_visible_to(actor: Actor) -> QuerySet[Location]:
    """Locations whose stock ``actor`` sees; the virtual ones only with everything."""
    return _locations(org.reach_of(actor, "inventory.see"))


def _locations(reach: org.Reach) -> QuerySet[Location]:
    own = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    locations = Location.objects.filter(own)
    if reach.regions and not reach.everything:
        locations = locations | Location.objects.filter(warehouse__region__in=reach.regions)
    return locations


def movements_visible_to(actor: Actor) -> QuerySet[Movement]:
    """Movements by the store, owner and region frozen on them."""
    reach = org.reach_of(actor, "inventory.see")
    return Movement.objects.filter(reach.where_frozen())


def reservations_visible_to(actor: Actor) -> QuerySet[Reservation]:
    """Goods promised to orders, by the owner and region frozen on the order."""
    reach = org.reach_of(actor, "inventory.see")
    return Reservation.objects.filter(reach.where_frozen("order"))


class LocationNotFound(Missing):
    code = "location_not_found"
    message = _("There is no such location.")


def require_location(actor: Actor, code: str) -> Location:
    """A store's or warehouse's location whose stock ``actor`` sees. Raises LocationNotFound."""
    rows = locations_visible_to(actor).exclude(kind__in=Location.VIRTUAL_KINDS)
    found = rows.select_related("store", "warehouse").filter(code=code).first()
    if found is None:
        raise LocationNotFound(fields={"location": code})
    return found


@dataclass(frozen=True, slots=True)
class Goods:
    """How many SKUs, and how much of them altogether."""

    skus: int
    quantity: Decimal


def goods_at(store_id: int) -> Goods:
    """What lies at a store."""
    rows = Stock.objects.filter(location__store=store_id, on_hand__gt=0)
    found = rows.aggregate(skus=Count("pk"), quantity=Sum("on_hand"))
    return Goods(found["skus"], found["quantity"] or Decimal(0))


def reserved_at(store_id: int, before: date) -> int:
    """How many reservations of orders of days before ``before`` are open at a store."""
    rows = Reservation.objects.filter(status=Reservation.Status.OPEN)
    return rows.filter(location__store=store_id, order__business_day__lt=before).count()


def moved_since(store_id: int, start: datetime) -> int:
    """How many movements there were under a store since ``start``, its sales apart."""
    rows = Movement.objects.filter(store_id=store_id, at__gte=start)
    return rows.exclude(kind=Movement.Kind.SALE).count()
