"""Franchise portal: the card of each own store, and the roles of those who work there."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.money import format_money
from apps.insights import office, rules
from apps.insights import selectors as insights
from apps.inventory import selectors as inventory
from apps.orders import selectors as orders
from apps.org import selectors as org
from apps.org.models import RoleAssignment, Store
from apps.org.offices import columns, lookups, store_card, words
from apps.org.offices.access import actor_of
from apps.org.offices.ending import EndsRoles
from apps.org.offices.finding import stores_found
from apps.org.offices.hiring import STORE_ROLES
from apps.org.offices.home import Card, Panel
from apps.org.offices.lists import Hint
from apps.org.offices.record import Part, RecordPage
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import Hit
from apps.org.offices.sites import portal
from apps.org.offices.tasks import Waiting, waiting
from apps.org.offices.unversioned import Unversioned
from apps.payments import selectors as payments

ROWS = 6


def figures(request: HttpRequest, site: AdminSite, store: Store) -> Part:
    """What the store sold today beside the same day last week, and what waits there."""
    return Part(cards=[*_sales(request, store), *_care(actor_of(request), store)])


def _sales(request: HttpRequest, store: Store) -> list[Card]:
    """Two figures out of the roll-ups. One statement."""
    view = office.view_of_store(actor_of(request), store)
    if not view.actor.may("orders.see"):
        return []
    found, beside = insights.sales_of_store(view), office.compared_with(view.period)
    url = f"orders/order/?sold=1&day={view.period.last.isoformat()}&store={store.code}"
    cards = []
    for code, say in (("sales", format_money), ("orders", "{:,}".format)):
        value, metric = found[code], rules.METRIC[code]
        note = f"{beside}: {say(int(value.before or 0))}"
        now = say(int(value.now or 0))
        change, trend = office.change_text(value), office.trend_of(metric, value)
        told = Card(metric.label, now, note, url, metric.icon, change=change, trend=trend)
        cards.append(told)
    return cards


def _care(actor: Actor, store: Store) -> list[Card]:
    """What waits at the store, each with its list. A statement each."""
    at, found = f"&store={store.code}", []
    if actor.may("orders.see"):
        own = orders.to_fulfil(orders.orders_visible_to(actor)).filter(store=store)
        url = f"orders/order/?status__exact=paid{at}"
        found.append(_card(_("Orders to fulfil"), waiting(own), url, "local_shipping"))
    if actor.may("inventory.see"):
        low = inventory.low(inventory.stock_visible_to(actor)).filter(location__store=store)
        url = f"inventory/stock/?available=low{at}"
        found.append(_card(_("Low stock"), waiting(low), url, "inventory_2"))
    if actor.may("payments.see"):
        due = payments.refund_due(payments.payments_visible_to(actor)).filter(store=store)
        url = f"payments/payment/?care=refund_due{at}"
        found.append(_card(_("Refunds due"), waiting(due), url, "currency_exchange"))
    return found


def _card(title: str, found: Waiting, url: str, icon: str) -> Card:
    return Card(title, found.text, "", url, icon, "warning" if found.count else "")


@admin.register(Store, site=portal)
class PortalStoreAdmin(RecordPage, Unversioned, RecordAdmin):
    """Own stores; what they are is changed by head office."""

    see_action = "org.see"
    visible = staticmethod(org.stores_visible_to)
    icon = "storefront"
    empty_hint = Hint(
        gettext_lazy("Your stores appear here once head office has handed them over.")
    )
    related = ("region", "franchisee")
    search_fields = ("code", "name", "name_en")
    search_help_text = gettext_lazy("Code or name")
    ordering = ("code",)
    list_display = ("title", "state", "code", "opening", "address")
    list_filter = (("status", ChoicesDropdownFilter),)
    fields = (("code", "title", "state"), ("opening", "address"), ("owner", "area"))
    parts = (figures,)
    title = columns.text("display_name", gettext_lazy("name"))
    state = columns.state("status", gettext_lazy("status"), store_card.STORE_TONES)
    owner = columns.text("franchisee__display_name", gettext_lazy("franchisee"))
    area = columns.text("region__display_name", gettext_lazy("region"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("hours")

    @display(description=gettext_lazy("opening hours"))
    def opening(self, obj: Store) -> str:
        return capfirst(
            store_card.open_text(obj, {one.weekday: one for one in obj.hours.all()}, clock.now())
        )

    def detail_panels(self, request: HttpRequest, obj: Store) -> list[Panel]:
        actor = actor_of(request)
        found = [
            _low(actor, obj),
            store_card.staff(actor, obj),
            store_card.hours(obj),
            store_card.tenures(actor, obj),
        ]
        return [panel for panel in found if panel is not None]


def _low(actor: Actor, store: Store) -> Panel | None:
    """The goods of which least is left. Two statements at most."""
    if not actor.may("inventory.see"):
        return None
    own = inventory.stock_visible_to(actor).filter(location__store=store)
    rows = list(inventory.scarcest(inventory.low(own)).select_related("sku__product")[:ROWS])
    known = bool(rows) or own.exists()
    return Panel(
        _("Low stock"),
        [_("product"), _("SKU"), columns.figures(_("available"))],
        [
            [
                columns.link_to("portal", one, one.sku.product.display_name),
                one.sku.code,
                columns.number(columns.plain_quantity(one.on_hand - one.reserved)),
            ]
            for one in rows
        ],
        url=f"inventory/stock/?available=low&store={store.code}",
        empty=_("Enough of everything.") if known else _("No stock is on record for this store."),
        icon="inventory_2",
    )


@admin.register(RoleAssignment, site=portal)
class PortalRoleAdmin(EndsRoles, Unversioned, RecordAdmin):
    """Who holds which role at own stores; the owner ends those of store staff."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    visible = staticmethod(org.assignments_visible_to)
    icon = "badge"
    empty_hint = Hint(
        gettext_lazy("People appear here once they hold a role at one of your stores.")
    )
    center = "org"
    in_sidebar = False
    related = ("user", "franchisee", "store")
    person = columns.link("user", gettext_lazy("user"))
    held = words.role()
    begins = columns.when("starts_at", store_card.SINCE)
    ends = columns.when("ends_at", store_card.UNTIL)
    list_display = ("person", "held", "place", "begins", "ends")
    list_display_links = ("held",)
    list_filter = (("role", ChoicesDropdownFilter),)
    exact = ("user__username", "store__code")
    search_help_text = gettext_lazy("User name or store code")
    ordering = ("user__username", "id")
    fields = (("person", "held", "place"), ("begins", "ends"))
    actions_detail = ("end",)

    @display(description=gettext_lazy("store"))
    def place(self, obj: RoleAssignment) -> str | Promise:
        named = obj.store or obj.franchisee
        return named.display_name if named else "–"

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For roles of store staff that hold now, at stores where the person manages staff."""
        actor = actor_of(request)
        managed = org.assignments_visible_to(actor, "staff.manage").filter(role__in=STORE_ROLES)
        others = org.live_assignments(managed).exclude(user=actor.id)
        return lookups.with_key(others, object_id).exists()


@portal.finder
def stores_by_name(request: HttpRequest, text: str) -> list[Hit]:
    """An own store by whole code, or own stores by a part of a name."""
    return stores_found(portal, request, text)
