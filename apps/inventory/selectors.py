"""Reads of the inventory center."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common.errors import Missing
from apps.inventory import rules
from apps.inventory.models import Location, Movement, Reservation, Stock
from apps.org import selectors as org
from apps.products.models import BundleComponent


def stock_visible_to(actor: Actor) -> QuerySet[Stock]:
    """Stock by today's owner and region; warehouses are seen with everything or by their region."""
    reach = org.reach_of(actor, "inventory.see")
    return Stock.objects.filter(location__in=_locations(reach))


def low(stock: QuerySet[Stock]) -> QuerySet[Stock]:
    """Those of which little is left to sell, see ``rules.LOW_AVAILABLE``."""
    return stock.filter(on_hand__lte=F("reserved") + rules.LOW_AVAILABLE)


def scarcest(stock: QuerySet[Stock]) -> QuerySet[Stock]:
    """The same, those first of which least is left to sell."""
    return stock.order_by(F("on_hand") - F("reserved"), "sku__code")


@dataclass(frozen=True, slots=True)
class Lying:
    """How much of a SKU lies at how many locations."""

    locations: int
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


def lying(stock: QuerySet[Stock]) -> Lying:
    """The sum of ``stock``, rows without goods apart. One statement."""
    found = stock.order_by().aggregate(
        locations=Count("pk", filter=Q(on_hand__gt=0)),
        on_hand=Sum("on_hand"),
        reserved=Sum("reserved"),
    )
    nothing = Decimal(0)
    return Lying(found["locations"], found["on_hand"] or nothing, found["reserved"] or nothing)


@dataclass(frozen=True, slots=True)
class Held:
    """What some rows of stock hold of one SKU together."""

    sku_id: int
    available: Decimal
    places: int
    first_id: int
    """One of the rows; the only one where there is one place."""


def held_of(stock: QuerySet[Stock], skus: Sequence[int]) -> list[Held]:
    """What ``stock`` holds of each of these SKUs, without those it holds no row of. One statement."""
    rows = stock.filter(sku__in=skus).values("sku").order_by("sku")
    left = Sum(F("on_hand") - F("reserved"))
    sums = rows.annotate(left=left, places=Count("pk"), first=Min("pk"))
    return [Held(*line) for line in sums.values_list("sku", "left", "places", "first")]


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


def ever_moved(sku_id: int) -> bool:
    """Whether goods of the SKU ever went anywhere."""
    return Movement.objects.filter(sku=sku_id).exists()


def assembled_from(stock: QuerySet[Stock], bundle_id: int) -> Decimal:
    """How many whole bundles ``stock`` makes: at each location the least that its components make
    there, of which none may be missing; 0 without components. One statement."""
    inside = BundleComponent.objects.filter(bundle=bundle_id)
    needed = inside.filter(component=OuterRef("sku")).values("quantity")[:1]
    held = stock.order_by().filter(sku__in=inside.values("component"))
    makes = Floor((F("on_hand") - F("reserved")) / Subquery(needed))
    least = held.values("location").annotate(least=Min(makes), parts=Count("pk"))
    whole = least.filter(parts=_count(inside))
    return whole.aggregate(made=Sum("least"))["made"] or Decimal(0)


def _count(rows: QuerySet[BundleComponent]) -> Subquery:
    return Subquery(rows.order_by().values("bundle").annotate(n=Count("pk")).values("n"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept at a location: how many SKUs of one unit, and how much of them."""

    location: str
    unit: str
    skus: int
    quantity: Decimal


def kept_for(order_id: int) -> list[Kept]:
    """The open reservations of an order by location and unit. One statement."""
    rows = Reservation.objects.filter(order_id=order_id, status=Reservation.Status.OPEN)
    groups = rows.order_by().values_list("location__code", "sku__unit")
    found = groups.annotate(Count("pk"), Sum("quantity")).order_by("location__code", "sku__unit")
    return [Kept(*group) for group in found]


def moved_since(store_id: int, start: datetime) -> int:
    """How many movements there were under a store since ``start``, its sales apart."""
    rows = Movement.objects.filter(store_id=store_id, at__gte=start)
    return rows.exclude(kind=Movement.Kind.SALE).count()
