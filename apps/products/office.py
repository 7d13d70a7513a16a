"""What head office and the portal both show of a SKU: prices, and what was sold of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.common import clock
from apps.common.money import format_money
from apps.orders import selectors as orders
from apps.orders.selectors import SkuDay
from apps.org.offices import columns, plots
from apps.org.offices.access import actor_of
from apps.org.offices.home import Card, Panel
from apps.org.offices.record import Part, listed
from apps.products import selectors as products
from apps.products.models import Price, Sku

DAYS = 30


def told_of_state(request: HttpRequest, site: AdminSite, sku: Sku) -> Part:
    """Whether it is sold, and for how much on which list. One statement."""
    rows = products.present_prices(products.catalogue_rows(actor_of(request), sku.prices.all()))
    prices = list(rows.select_related("price_list").order_by("-price_list__is_base", "amount"))
    base = next((one.amount for one in prices if one.price_list.is_base), None)
    others = [one for one in prices if not one.price_list.is_base]
    unit = _("per %(unit)s") % {"unit": sku.get_unit_display()}
    return Part(
        cards=[_state_card(sku, base), _price_card(base, unit)],
        sections=[_prices(site, prices, base)] if others else [],
    )


def _state_card(sku: Sku, base: int | None) -> Card:
    if not sku.is_active:
        return Card(
            _("On sale"), _("Off sale"), _("No channel sells it"), icon="block", tone="warning"
        )
    if base is None:
        note = _("It has no base price, so nobody can buy it")
        return Card(_("On sale"), _("No price"), note, icon="money_off", tone="danger")
    listing = sku.product.get_listing_display()
    return Card(_("On sale"), _("On sale"), listing, icon="check_circle")


def _price_card(base: int | None, unit: str) -> Card:
    return Card(_("Base price"), "–" if base is None else format_money(base), unit, icon="sell")


def _prices(site: AdminSite, prices: Sequence[Price], base: int | None) -> Panel:
    return Panel(
        _("Prices"),
        [_("price list"), columns.figures(_("against the base")), columns.figures(_("unit price"))],
        [
            [
                columns.link_to(site.name, one, one.price_list.display_name),
                columns.number(_against(one, base)),
                columns.number(format_money(one.amount or 0)),
            ]
            for one in prices
        ],
        icon="sell",
    )


def _against(price: Price, base: int | None) -> str:
    if price.price_list.is_base or not base:
        return "–"
    return f"{Decimal((price.amount or 0) - base) / base:+.1%}"


def told_of_margin(request: HttpRequest, site: AdminSite, sku: Sku) -> Part:
    """What is left of its base price. One statement, none for people who may not see costs."""
    found = products.margin(actor_of(request), sku, at=clock.now())
    if found is None:
        return Part()
    share = f"{Decimal(found.amount) / found.net:.1%}" if found.net else "–"
    note = _("%(share)s of the price without tax; %(supplier)s delivers it for %(cost)s") % {
        "share": share,
        "supplier": found.supplier,
        "cost": format_money(found.cost),
    }
    url = listed(site, f"products/suppliercost/?q={sku.code}")
    tone = "danger" if found.amount < 0 else ""
    return Part([Card(_("Margin"), format_money(found.amount), note, url, "account_balance", tone)])


def told_of_sales(request: HttpRequest, site: AdminSite, sku: Sku) -> Part:
    """What the stores that the person sees sold of it lately. One statement, none without the right."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return Part()
    last = clock.business_day(clock.now(), settings.TIME_ZONE)
    first = last - timedelta(days=DAYS - 1)
    lines = orders.lines_visible_to(actor).filter(sku=sku)
    found = {one.day: one for one in orders.sold_by_day(lines, first, last)}
    pieces = sum((one.quantity for one in found.values()), Decimal(0))
    net = sum(one.net for one in found.values())
    note = _("In the last %(days)s days") % {"days": DAYS}
    sold = f"{columns.plain_quantity(pieces)} {sku.get_unit_display()}"
    return Part(
        cards=[
            Card(_("Sold"), sold, note, icon="shopping_basket"),
            Card(_("Sales"), format_money(net), note, icon="payments"),
        ],
        sections=[plots.amounts(_("Sales by day"), _drawn(found, first))],
    )


def _drawn(found: dict[date, SkuDay], first: date) -> list[plots.Drawn]:
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [(_short(day), found[day].net if day in found else 0, 0) for day in days]


def _short(day: date) -> str:
    return str(date_format(day, "n/j"))
