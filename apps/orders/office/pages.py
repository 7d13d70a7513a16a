"""What head office and the portal both show of orders."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import DropdownFilter

from apps.common.money import format_money
from apps.members import selectors as members
from apps.members.models import Member
from apps.orders import selectors as orders
from apps.orders.models import Order, OrderEvent, OrderLine
from apps.org.offices import columns, people, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import BusinessDayFilter
from apps.org.offices.home import Card, Panel, Step
from apps.org.offices.lists import Hint
from apps.org.offices.record import DocumentPage, Maker, Part, listed
from apps.org.offices.records import RecordAdmin
from apps.org.offices.results import AT_MOST, Exact, Hit, hits_of
from apps.products import selectors as products
from apps.products.models import Sku

PANEL_ROWS = 8
STATUS_TONES: dict[str, str] = {
    Order.Status.PENDING_PAYMENT: "warning",
    Order.Status.PAID: "info",
    Order.Status.COMPLETED: "success",
    Order.Status.CANCELLED: "plain",
}
STEP_ICONS: dict[str, str] = {
    Order.Status.PENDING_PAYMENT: "shopping_cart",
    Order.Status.PAID: "payments",
    Order.Status.COMPLETED: "task_alt",
    Order.Status.CANCELLED: "cancel",
}
QUICK_FILTERS = (
    (gettext_lazy("All"), ""),
    (gettext_lazy("pending payment"), "status__exact=pending_payment"),
    (gettext_lazy("paid"), "status__exact=paid"),
    (gettext_lazy("completed"), "status__exact=completed"),
    (gettext_lazy("cancelled"), "status__exact=cancelled"),
)


class SoldFilter(DropdownFilter):
    """What counts as a sale: paid and completed orders, as the overview counts them."""

    title = gettext_lazy("sale")
    parameter_name = "sold"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("paid or completed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return orders.sold(queryset) if self.value() == "1" else queryset


class OrderDayFilter(BusinessDayFilter):
    """Orders by their business day, served by the index of when they were placed."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        days = self.days(request)
        return orders.of_days(queryset, *days) if days else queryset


def told_by_order(request: HttpRequest, site: AdminSite, order: Order) -> Part:
    """Figures, steps and lines of an order. Five statements, and one for each kind of actor."""
    actor = actor_of(request)
    lines = list(
        orders.lines_visible_to(actor)
        .filter(order=order)
        .select_related("sku")
        .prefetch_related("adjustments")
        .order_by("line_no")
    )
    events = list(orders.events_visible_to(actor).filter(order=order).order_by("at", "id"))
    return Part(
        cards=_cards(site, order, lines),
        steps=_steps(site, order, events),
        sections=[_lines_panel(site, order, lines)],
    )


def _cards(site: AdminSite, order: Order, lines: Sequence[OrderLine]) -> list[Card]:
    note = _("%(gross)s less %(discount)s of discounts") % {
        "gross": format_money(order.gross_amount),
        "discount": format_money(order.discount_amount),
    }
    return [
        Card(
            _("Net amount"),
            format_money(order.net_amount),
            note if order.discount_amount else _("No discounts"),
            icon="payments",
        ),
        Card(
            _("Goods"),
            ngettext("%(n)s line", "%(n)s lines", len(lines)) % {"n": len(lines)},
            quantities((line.quantity, line.sku.unit) for line in lines),
            icon="shopping_basket",
        ),
    ]


def quantities(sold: Iterable[tuple[Decimal, str]]) -> str:
    """``5 each · 1.5 kilogram``: each unit by itself, for they do not add up."""
    sums: dict[str, Decimal] = {}
    for quantity, unit in sold:
        sums[unit] = sums.get(unit, Decimal(0)) + quantity
    labels = dict(Sku.Unit.choices)
    return " · ".join(
        f"{columns.plain_quantity(total)} {labels.get(unit, unit)}" for unit, total in sums.items()
    )


def _steps(site: AdminSite, order: Order, events: Sequence[OrderEvent]) -> list[Step]:
    names = people.names_of(site, [event.actor for event in events])
    if order.member_id is not None:
        buyer = _("Member %(number)s") % {"number": order.member.number}  # type: ignore[union-attr]
        names[f"member:{order.member_id}"] = buyer
    waited = any(event.to_status == Order.Status.PENDING_PAYMENT for event in events)
    return ([] if waited else [_placed(order)]) + [
        Step(
            event.at,
            capfirst(event.get_to_status_display()),
            names.get(event.actor, ""),
            capfirst(words.reason_text(event.reason)) if event.reason else "",
            STEP_ICONS[event.to_status],
            STATUS_TONES[event.to_status],
            columns.local_time(event.at, order.store.time_zone),
            rank=int(event.to_status != Order.Status.PENDING_PAYMENT),
        )
        for event in events
    ]


def _placed(order: Order) -> Step:
    """The first step of an order that never waited for payment."""
    at, zone = order.placed_at, order.store.time_zone
    who = order.channel.display_name
    shown = columns.local_time(at, zone)
    return Step(at, _("Placed"), who, icon="shopping_cart", shown_at=shown, rank=-1)


def _lines_panel(site: AdminSite, order: Order, lines: Sequence[OrderLine]) -> Panel:
    lists = products.list_names({line.price_list for line in lines if line.price_list})
    return Panel(
        _("Lines"),
        [
            _("name as sold"),
            columns.figures(_("quantity")),
            columns.figures(_("unit price")),
            columns.figures(_("gross amount")),
            _("discounts"),
            columns.figures(_("net amount")),
        ],
        [
            [
                _item(site, line),
                columns.number(_with_unit(line)),
                columns.number(_unit_price(line, lists)),
                columns.number(format_money(line.gross_amount)),
                _discounts(line),
                columns.number(format_money(line.net_amount)),
            ]
            for line in lines
        ],
        empty=_("No lines."),
        icon="format_list_numbered",
        foot=_sums(lines),
    )


def _item(site: AdminSite, line: OrderLine) -> str:
    """The name as it was sold; the SKU below it leads to its page."""
    return _explained(line.name, columns.link_to(site.name, line.sku, line.sku.code))


def _with_unit(line: OrderLine) -> str:
    text = columns.plain_quantity(line.quantity)
    return text if line.sku.unit == Sku.Unit.EACH else f"{text} {line.sku.get_unit_display()}"


def _unit_price(line: OrderLine, lists: Mapping[str, str]) -> str:
    """With the list it comes from; an imported line has amounts only, and says so."""
    if line.unit_price is None:
        price = "≈ " + format_money(round(line.shown_unit_price))
        return _explained(price, _("from the amount"))
    return _explained(format_money(line.unit_price), lists.get(line.price_list, line.price_list))


def _discounts(line: OrderLine) -> str:
    taken = line.adjustments.all()
    rows = [
        (capfirst(one.get_kind_display()), format_money(-one.amount), one.source) for one in taken
    ]
    return format_html_join(
        "", '<span class="qy-taken">{} {} <span class="qy-quiet">{}</span></span>', rows
    ) or columns.toned_down("–")


def _explained(value: str, why: str) -> str:
    return format_html('{} <span class="qy-why">{}</span>', value, why)


def _sums(lines: Sequence[OrderLine]) -> list[Any]:
    """The sums of the lines, which are the order's own amounts."""
    gross = sum(line.gross_amount for line in lines)
    discount = sum(line.discount_amount for line in lines)
    net = sum(line.net_amount for line in lines)
    return [
        _("Sum"),
        "",
        "",
        columns.number(format_money(gross)),
        format_money(-discount) if discount else columns.toned_down("–"),
        columns.number(format_money(net)),
    ]


class OrderPages(DocumentPage, RecordAdmin):
    """List and page of orders, found by number or by the member's number."""

    see_action = "orders.see"
    visible = staticmethod(orders.orders_visible_to)
    icon = "receipt_long"
    empty_hint = Hint(gettext_lazy("Orders appear as soon as the first sale is made."), "org.store")
    related = ("store", "channel", "member", "franchisee", "region")
    exact = ("number", "member__number")
    search_help_text = gettext_lazy("Order number or member number")
    ordering = ("-placed_at", "-id")
    sortable_by = ("placed",)
    quick_filters: tuple[tuple[Any, str], ...] = QUICK_FILTERS
    state = columns.state("status", gettext_lazy("status"), STATUS_TONES)
    placed = columns.when(
        "placed_at", gettext_lazy("placed at"), zone="store__time_zone", ordering="placed_at"
    )
    pay_by = columns.when("pay_until", gettext_lazy("pay until"), zone="store__time_zone")
    shop = columns.link("store", gettext_lazy("store"))
    way = columns.text("channel__display_name", gettext_lazy("channel"))
    origin = columns.text("source", gettext_lazy("source"))
    buyer = columns.link("member", gettext_lazy("member"), seen="member_is_seen")
    n_gross = columns.money("gross_amount", gettext_lazy("gross amount"))
    n_discount = columns.money("discount_amount", gettext_lazy("discount"))
    n_net = columns.money("net_amount", gettext_lazy("net amount"))
    parts: tuple[Maker, ...] = (told_by_order,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A store sells to every member of the brand, and sees only some of them."""
        return members.with_member_seen(actor_of(request), super().get_queryset(request))


def newest(rows: QuerySet[Order]) -> list[Order]:
    """The last few of ``rows`` with their stores. One statement."""
    return list(rows.select_related("store").order_by("-placed_at", "-id")[:PANEL_ROWS])


def orders_found(site: AdminSite, request: HttpRequest, text: str) -> list[Hit]:
    """What the search box finds of the orders that the person sees: by number, or by a coupon."""
    actor = actor_of(request)
    if not actor.may("orders.see"):
        return []
    own = orders.orders_visible_to(actor).select_related("store")
    numbered = own.filter(number__in={text, text.upper()})[:AT_MOST]
    used = orders.with_coupon(own, text).order_by("-placed_at", "-id")[:AT_MOST]
    return [
        *hits_of(site, numbered, Exact.KEY, title=_title, detail=_detail),
        *hits_of(
            site,
            used,
            Exact.WHOLE,
            title=_title,
            detail=lambda row: (_("used coupon %(code)s") % {"code": text}, *_detail(row)),
        ),
    ]


def _title(order: Order) -> str:
    return f"{order.number} {format_money(order.net_amount)}"


def _detail(order: Order) -> tuple[object, ...]:
    placed = columns.local_time(order.placed_at, order.store.time_zone)
    return order.get_status_display(), order.store.display_name, placed


def newest_orders(
    site: str, rows: Iterable[Order], *, title: Promise | str = "", url: str = "orders/order/"
) -> Panel:
    """The last few of ``rows``, and the way to all of them. One statement for a queryset."""
    found = newest(rows) if isinstance(rows, QuerySet) else rows
    return Panel(
        title or gettext_lazy("Newest orders"),
        [
            Order._meta.get_field("number").verbose_name,
            gettext_lazy("store"),
            gettext_lazy("placed at"),
            gettext_lazy("status"),
            columns.figures(_("net amount")),
        ],
        [
            [
                columns.link_to(site, order, order.number),
                order.store.display_name,
                columns.local_time(order.placed_at, order.store.time_zone),
                columns.toned(order.get_status_display(), STATUS_TONES[order.status]),
                columns.number(format_money(order.net_amount)),
            ]
            for order in found
        ],
        url=url,
        empty=gettext_lazy("No orders yet."),
        icon="receipt_long",
    )


def told_of_member(request: HttpRequest, site: AdminSite, member: Member) -> Part:
    """What a member bought, as far as the person sees it. Two statements."""
    own = orders.orders_visible_to(actor_of(request)).filter(member=member)
    sums, found = orders.totals(own), newest(own)
    base = f"orders/order/?q={member.number}"
    steps = [
        Step(
            order.placed_at,
            format_html(
                _("Order {number} of {amount}"),
                number=columns.link_to(site.name, order, order.number),
                amount=format_money(order.net_amount),
            ),
            order.store.display_name,
            icon="receipt_long",
            tone=STATUS_TONES[order.status],
            shown_at=columns.local_time(order.placed_at, order.store.time_zone),
        )
        for order in found
    ]
    return Part(
        cards=_member_cards(sums, listed(site, base)),
        steps=steps,
        sections=[newest_orders(site.name, found, url=listed(site, base))],
    )


def _member_cards(sums: orders.Totals, url: str) -> list[Card]:
    sold = url and f"{url}&sold=1"
    average = "–" if sums.average is None else format_money(sums.average)
    last = columns.local_time(sums.last_at) if sums.last_at else _("Nothing bought yet")
    note = _("Paid or completed")
    return [
        Card(_("Orders"), f"{sums.count:,}", note, sold, "receipt_long"),
        Card(_("Spent"), format_money(sums.net), note, sold, "payments"),
        Card(
            _("Average basket"),
            average,
            _("Last order: %(at)s") % {"at": last},
            sold,
            "shopping_basket",
        ),
    ]
