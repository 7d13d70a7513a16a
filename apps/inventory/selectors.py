"""Reads of the inventory center."""

from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.inventory.models import Location, Movement, Reservation, Stock
from apps.org import selectors as org


def stock_visible_to(actor: Actor) -> QuerySet[Stock]:
    """Stock by today's owner and region; warehouses are seen with everything or by their region."""
    reach = org.reach_of(actor, "inventory.see")
    return Stock.objects.filter(location__in=_locations(reach))


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
