"""What head office and the portal both show of stock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter

from apps.inventory import selectors as inventory
from apps.inventory.models import Location, Movement, Reservation, Stock
from apps.orders.models import Order
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.home import Card, Panel, Step
from apps.org.offices.lists import Hint
from apps.org.offices.record import Part, listed
from apps.org.offices.records import RecordAdmin
from apps.products import selectors as products
from apps.products.models import Sku

LOCATIONS_AT_MOST = 50
MOVEMENTS_AT_MOST = 8
RESERVATION_TONES: dict[str, str] = {
    Reservation.Status.OPEN: "warning",
    Reservation.Status.COMMITTED: "success",
    Reservation.Status.RELEASED: "plain",
}


def told_of_order(request: HttpRequest, site: AdminSite, order: Order) -> Part:
    """What is kept for an order, and what has moved for it. Two statements, none without the right."""
    actor = actor_of(request)
    if not actor.may("inventory.see"):
        return Part()
    kept = inventory.reservations_visible_to(actor).filter(order=order).order_by("id")
    moved = inventory.movements_visible_to(actor).filter(order=order).order_by("id")
    kept_rows = list(kept.select_related("sku__product", "location"))
    moved_rows = list(moved.select_related("sku__product", "from_location", "to_location"))
    zone = order.store.time_zone
    panels = [_reservations(site, kept_rows, zone)] if kept_rows else []
    if moved_rows or not kept_rows:
        panels.append(_movements(site, moved_rows, zone))
    return Part(steps=_steps(moved_rows, zone), sections=panels)


def _steps(moved: Sequence[Movement], zone: str) -> list[Step]:
    """Goods that left or came at one time are one step."""
    lines: dict[tuple[datetime, str], int] = {}
    for one in moved:
        place = (one.at, str(one.get_kind_display()))
        lines[place] = lines.get(place, 0) + 1
    return [
        Step(
            at,
            _("Stock: %(what)s") % {"what": kind},
            why=ngettext("%(n)s line", "%(n)s lines", count) % {"n": count},
            icon="inventory_2",
            shown_at=columns.local_time(at, zone),
        )
        for (at, kind), count in lines.items()
    ]


def _reservations(site: AdminSite, rows: Sequence[Reservation], zone: str) -> Panel:
    return Panel(
        _("Reservations"),
        [
            _("SKU"),
            _("product"),
            _("location"),
            _("status"),
            _("expires at"),
            columns.figures(_("quantity")),
        ],
        [
            [
                columns.link_to(site.name, one.sku, one.sku.code),
                one.sku.product.display_name,
                one.location.code,
                columns.toned(one.get_status_display(), RESERVATION_TONES[one.status]),
                columns.local_time(one.expires_at, zone),
                columns.number(columns.plain_quantity(one.quantity)),
            ]
            for one in rows
        ],
        icon="lock_clock",
    )


def _movements(site: AdminSite, rows: Sequence[Movement], zone: str) -> Panel:
    return Panel(
        _("Movements"),
        [
            _("time"),
            _("kind"),
            _("SKU"),
            _("product"),
            _("from location"),
            _("to location"),
            columns.figures(_("quantity")),
        ],
        [
            [
                columns.link_to(site.name, one, columns.local_time(one.at, zone)),
                one.get_kind_display(),
                columns.link_to(site.name, one.sku, one.sku.code),
                one.sku.product.display_name,
                _spot(one.from_location),
                _spot(one.to_location),
                columns.number(columns.plain_quantity(one.quantity)),
            ]
            for one in rows
        ],
        empty=_("Nothing has moved yet."),
        icon="swap_horiz",
    )


def _moves_of_sku(site: AdminSite, rows: Sequence[Movement], url: str) -> Panel:
    return Panel(
        _("Movements"),
        [
            _("time"),
            _("kind"),
            _("from location"),
            _("to location"),
            _("reference"),
            columns.figures(_("quantity")),
        ],
        [
            [
                columns.link_to(site.name, one, columns.local_time(one.at, one.store.time_zone)),
                one.get_kind_display(),
                _spot(one.from_location),
                _spot(one.to_location),
                columns.link_to(site.name, one.order, one.reference)
                if one.order
                else one.reference,
                columns.number(columns.plain_quantity(one.quantity)),
            ]
            for one in rows
        ],
        url=url,
        empty=_("Nothing has moved yet."),
        icon="swap_horiz",
    )


def _spot(location: Location) -> str:
    """A place by its code; what is no place, in words."""
    if location.kind in Location.VIRTUAL_KINDS:
        return capfirst(location.get_kind_display())
    return location.code


def told_of_sku(request: HttpRequest, site: AdminSite, sku: Sku) -> Part:
    """Where a SKU lies and how it moved last, as far as the person sees it. Three statements; one for a
    bundle, which lies nowhere itself, none for virtual goods."""
    actor = actor_of(request)
    if not actor.may("inventory.see") or sku.kind == Sku.Kind.VIRTUAL:
        return Part()
    if sku.kind == Sku.Kind.BUNDLE:
        return Part(cards=[_assembled(inventory.stock_visible_to(actor), sku)])
    own = inventory.stock_visible_to(actor).filter(sku=sku)
    held, url = inventory.lying(own), listed(site, f"inventory/stock/?q={sku.code}")
    most = own.filter(on_hand__gt=0).select_related("location__store").order_by("-on_hand", "id")
    moved = inventory.movements_visible_to(actor).filter(sku=sku).order_by("-at", "-id")
    joined = moved.select_related("from_location", "to_location", "order", "store")
    last = joined[:MOVEMENTS_AT_MOST]
    note = _("%(reserved)s reserved, at %(n)s locations") % {
        "reserved": columns.plain_quantity(held.reserved),
        "n": f"{held.locations:,}",
    }
    available = columns.plain_quantity(held.available)
    return Part(
        cards=[Card(_("Available"), available, note, url, "inventory_2")],
        sections=[
            _moves_of_sku(site, list(last), listed(site, f"inventory/movement/?q={sku.code}")),
            _stock_panel(site, list(most[:LOCATIONS_AT_MOST]), url),
        ],
    )


def _assembled(stock: QuerySet[Stock], bundle: Sku) -> Card:
    made = columns.plain_quantity(inventory.assembled_from(stock, bundle.pk))
    return Card(_("Available"), made, _("As many as its components make"), icon="inventory_2")


def _stock_panel(site: AdminSite, rows: Sequence[Stock], url: str) -> Panel:
    return Panel(
        _("Stock by location"),
        [
            _("location"),
            _("store name"),
            columns.figures(_("on hand")),
            columns.figures(_("reserved")),
            columns.figures(_("available")),
        ],
        [
            [
                columns.link_to(site.name, one, one.location.code),
                one.location.store.display_name if one.location.store else "–",
                columns.number(columns.plain_quantity(one.on_hand)),
                columns.number(columns.plain_quantity(one.reserved)),
                columns.number(columns.plain_quantity(one.on_hand - one.reserved)),
            ]
            for one in rows
        ],
        url=url,
        empty=_("None of it lies anywhere that you see."),
        icon="pin_drop",
    )


class AvailabilityFilter(DropdownFilter):
    """Stock of which little is left to sell, as the overview counts it."""

    title = _("availability")
    parameter_name = "available"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("low"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Stock]) -> QuerySet[Stock]:
        return inventory.low(queryset) if self.value() == "low" else queryset


class StockPages(RecordAdmin):
    """List and page of stock, found by SKU code, barcode or a part of the product's name."""

    see_action = "inventory.see"
    visible = staticmethod(inventory.stock_visible_to)
    icon = "inventory_2"
    empty_hint = Hint(_("Stock appears when the first goods are received."))
    related = ("sku__product", "location__store")
    search_fields = ("sku__code",)
    search_help_text = _("SKU code, barcode or product name")
    ordering = ("-id",)
    product = columns.text("sku__product__display_name", _("product"))
    place = columns.text("location__store__display_name", _("store name"))
    n_on_hand = columns.quantity("on_hand", _("on hand"))
    n_reserved = columns.quantity("reserved", _("reserved"))
    n_available = columns.quantity("available", _("available"))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        skus = products.search(Sku.objects.all(), search_term)
        return queryset.filter(sku__in=skus.values("pk")), False
