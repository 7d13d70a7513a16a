"""Head office: locations, stock, reservations and the movement ledger."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from apps.inventory import selectors as inventory
from apps.inventory.models import Location, Movement, Reservation, Stock
from apps.inventory.office import RESERVATION_TONES, AvailabilityFilter, StockPages
from apps.org.offices import columns, words
from apps.org.offices.filters import LocationStoreCodeFilter, StoreCodeFilter, period
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


@admin.register(Stock, site=head_office)
class StockAdmin(StockPages):
    item = columns.link("sku", _("SKU"))
    spot = columns.link("location", _("location"))
    list_display = (
        "sku",
        "product",
        "spot",
        "place",
        "n_on_hand",
        "n_reserved",
        "n_available",
    )
    list_filter = (
        LocationStoreCodeFilter,
        ("location__kind", ChoicesDropdownFilter),
        AvailabilityFilter,
    )
    fields = (("item", "product"), ("spot", "place"), ("n_on_hand", "n_reserved", "n_available"))


@admin.register(Reservation, site=head_office)
class ReservationAdmin(RecordAdmin):
    see_action = "inventory.see"
    visible = staticmethod(inventory.reservations_visible_to)
    icon = "lock_clock"
    empty_hint = Hint(_("Goods are reserved while an order waits for its payment."), "orders.order")
    related = ("order__store", "sku__product", "location")
    item = columns.link("sku", _("SKU"))
    product = columns.text("sku__product__display_name", _("product"))
    document = columns.link("order", _("order"))
    n_quantity = columns.quantity("quantity", _("quantity"))
    state = columns.state("status", _("status"), RESERVATION_TONES)
    expires = columns.when("expires_at", _("expires at"), zone="order__store__time_zone")
    list_display = ("sku", "product", "document", "location", "n_quantity", "state", "expires")
    list_filter = (("status", ChoicesDropdownFilter), LocationStoreCodeFilter)
    exact = ("order__number",)
    search_help_text = _("Order number")
    ordering = ("-id",)
    fields = (("item", "product"), ("document", "location"), ("n_quantity", "state", "expires"))


@admin.register(Movement, site=head_office)
class MovementAdmin(RecordAdmin):
    see_action = "inventory.see"
    visible = staticmethod(inventory.movements_visible_to)
    icon = "swap_horiz"
    empty_hint = Hint(_("A movement appears when goods are received or sold."), "inventory.stock")
    related = (
        "sku__product",
        "from_location",
        "to_location",
        "order",
        "store",
        "franchisee",
        "region",
    )
    item = columns.link("sku", _("SKU"))
    product = columns.text("sku__product__display_name", _("product"))
    document = columns.link("order", _("order"))
    time = columns.when("at", _("time"), zone="store__time_zone", ordering="at")
    why = words.reason()
    n_quantity = columns.quantity("quantity", _("quantity"))
    list_display = (
        "time",
        "kind",
        "item",
        "product",
        "from_location",
        "to_location",
        "n_quantity",
        "reference",
    )
    list_filter = (("kind", ChoicesDropdownFilter), period("at"), StoreCodeFilter)
    exact = ("reference", "order__number", "sku__code")
    search_help_text = _("Reference, order number or SKU code")
    ordering = ("-at", "-id")
    sortable_by = ("time",)
    fields = (
        ("time", "kind", "why"),
        ("item", "product", "n_quantity"),
        ("from_location", "to_location", "document", "reference"),
        ("store", "franchisee", "region", "business_day"),
    )


@admin.register(Location, site=head_office)
class LocationAdmin(RecordAdmin):
    see_action = "inventory.see"
    visible = staticmethod(inventory.locations_visible_to)
    icon = "pin_drop"
    empty_hint = Hint(_("A location appears with each store and each warehouse."), "org.store")
    related = ("store", "warehouse")
    list_display = ("code", "kind", "store", "warehouse")
    list_filter = (("kind", ChoicesDropdownFilter),)
    search_fields = ("code__istartswith",)
    search_help_text = _("Location code")
    ordering = ("code",)
    fields = (("code", "kind"), ("store", "warehouse"))
