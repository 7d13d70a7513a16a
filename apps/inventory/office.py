"""What head office and the portal both show of stock."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from apps.inventory import selectors as inventory
from apps.inventory.models import Movement, Reservation, Stock
from apps.org.offices import columns
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.products import selectors as products
from apps.products.models import Sku

RESERVATION_TONES: dict[str, str] = {
    Reservation.Status.OPEN: "warning",
    Reservation.Status.COMMITTED: "success",
    Reservation.Status.RELEASED: "plain",
}


class MovementsOfOrder(RecordInline):
    model = Movement
    verbose_name_plural = _("Movements")
    see_action = "inventory.see"
    visible = staticmethod(inventory.movements_visible_to)
    related = ("sku__product", "from_location", "to_location", "store")
    ordering = ("id",)
    time = columns.when("at", _("time"), zone="store__time_zone")
    item = columns.link("sku", _("SKU"))
    name = columns.text("sku__product__display_name", _("product"))
    n_quantity = columns.quantity("quantity", _("quantity"))
    fields = ("time", "kind", "item", "name", "n_quantity", "from_location", "to_location")


class ReservationsOfOrder(RecordInline):
    model = Reservation
    verbose_name_plural = _("Reservations")
    see_action = "inventory.see"
    visible = staticmethod(inventory.reservations_visible_to)
    related = ("sku__product", "location", "order__store")
    ordering = ("id",)
    item = columns.link("sku", _("SKU"))
    name = columns.text("sku__product__display_name", _("product"))
    n_quantity = columns.quantity("quantity", _("quantity"))
    state = columns.state("status", _("status"), RESERVATION_TONES)
    expires = columns.when("expires_at", _("expires at"), zone="order__store__time_zone")
    fields = ("item", "name", "n_quantity", "location", "state", "expires")


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
