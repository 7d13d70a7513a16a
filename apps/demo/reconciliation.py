"""Source = loaded + rejected, per store and to the cent.

The left side is read from the files by pyarrow, the right side by SQL from the order tables; the
two share no code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import add, sub
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from apps.common import sql
from apps.demo import mapping, source

QUANTITY_ZERO = "quantity_zero"
NO_LINES = "basket_without_lines"
COUPON_EXCESS = "coupon_excess"
REASONS = (QUANTITY_ZERO, NO_LINES, COUPON_EXCESS)
"""Why something of the source is not in our tables; the excess is money, not a basket."""


class Figures(NamedTuple):
    """What is compared. Amounts in minor units; ``coupon`` is the tender."""

    baskets: int = 0
    lines: int = 0
    quantity: int | Decimal = 0
    sales: int = 0
    shelf: int = 0
    coupon_match: int = 0
    coupon: int = 0

    def plus(self, other: "Figures") -> "Figures":
        return Figures._make(map(add, self, other))

    def minus(self, other: "Figures") -> "Figures":
        return Figures._make(map(sub, self, other))


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Account:
    """One store, or all of them: what the source has, what we have, and what was rejected."""

    source: Figures
    loaded: Figures
    rejected: Mapping[str, Figures]

    @property
    def difference(self) -> Figures:
        """Source − loaded − rejected; zero in every figure if nothing was lost or invented."""
        left = self.source.minus(self.loaded)
        for figures in self.rejected.values():
            left = left.minus(figures)
        return left


ByStore = dict[str, Figures]


def reconcile(lines: pa.Table, *, begins: datetime, ends: datetime) -> dict[str, Account]:
    """An account per store code over the source's ``lines`` and our orders in that time."""
    given, loaded = source_figures(lines), loaded_figures(begins, ends)
    rejected = {
        QUANTITY_ZERO: _quantity_zero(lines),
        NO_LINES: _without_lines(lines),
        COUPON_EXCESS: _coupon_excess(lines),
    }
    return {
        store: Account(
            source=given.get(store, NOTHING),
            loaded=loaded.get(store, NOTHING),
            rejected={reason: rejected[reason].get(store, NOTHING) for reason in REASONS},
        )
        for store in sorted({*given, *loaded})
    }


def total(accounts: Iterable[Account]) -> Account:
    """The account of all stores together."""
    source_total, loaded_total = NOTHING, NOTHING
    rejected = dict.fromkeys(REASONS, NOTHING)
    for account in accounts:
        source_total = source_total.plus(account.source)
        loaded_total = loaded_total.plus(account.loaded)
        for reason in REASONS:
            rejected[reason] = rejected[reason].plus(account.rejected[reason])
    return Account(source_total, loaded_total, rejected)


def source_figures(lines: pa.Table) -> ByStore:
    """All that the files hold, by store code."""
    amounts = ("quantity", "net", "shelf", "coupon_match", "coupon")
    grouped = lines.group_by("store_id").aggregate(
        [("basket_id", "count_distinct"), ("basket_id", "count")]
        + [(name, "sum") for name in amounts]
    )
    columns = ("basket_id_count_distinct", "basket_id_count", *(f"{name}_sum" for name in amounts))
    return {
        mapping.store_code(row["store_id"]): Figures(*(row[name] for name in columns))
        for row in grouped.to_pylist()
    }


def _quantity_zero(lines: pa.Table) -> ByStore:
    """The rejected lines. Their coupons are not among them: a coupon pays for the basket."""
    found = source_figures(source.rejected(lines))
    return {store: figures._replace(baskets=0, coupon=0) for store, figures in found.items()}


def _without_lines(lines: pa.Table) -> ByStore:
    """Baskets of which no line is left; the lines themselves count as quantity_zero."""
    kept = pc.unique(source.kept(lines)["basket_id"])
    empty = lines.filter(pc.invert(pc.is_in(lines["basket_id"], value_set=kept)))
    return {
        store: Figures(baskets=figures.baskets) for store, figures in source_figures(empty).items()
    }


def coupon_excess(lines: pa.Table) -> list[dict[str, Any]]:
    """Baskets whose coupons are worth more than what is left to pay: basket, store, excess."""
    loaded = pc.if_else(pc.greater(lines["quantity"], 0), lines["net"], 0)
    baskets = (
        lines.append_column("loaded", loaded)
        .group_by(["store_id", "basket_id"])
        .aggregate([("coupon", "sum"), ("loaded", "sum")])
    )
    over = baskets.filter(pc.greater(baskets["coupon_sum"], baskets["loaded_sum"]))
    return [
        {
            "basket_id": row["basket_id"],
            "store": mapping.store_code(row["store_id"]),
            "coupon": row["coupon_sum"],
            "net": row["loaded_sum"],
            "excess": row["coupon_sum"] - row["loaded_sum"],
        }
        for row in over.sort_by("basket_id").to_pylist()
    ]


def _coupon_excess(lines: pa.Table) -> ByStore:
    found: ByStore = {}
    for row in coupon_excess(lines):
        figures = Figures(coupon=row["excess"])
        found[row["store"]] = found.get(row["store"], NOTHING).plus(figures)
    return found


ORDERS = """
SELECT store.code, count(*), 0, 0, 0, 0, 0, 0
FROM orders_order document JOIN org_store store ON store.id = document.store_id
WHERE document.source = %(source)s AND document.placed_at >= %(begins)s
    AND document.placed_at < %(ends)s
GROUP BY store.code
"""

LINES = """
SELECT store.code, 0, count(*), sum(line.quantity), sum(line.net_amount), 0, 0, 0
FROM orders_order document JOIN org_store store ON store.id = document.store_id
JOIN orders_orderline line ON line.order_id = document.id
WHERE document.source = %(source)s AND document.placed_at >= %(begins)s
    AND document.placed_at < %(ends)s
GROUP BY store.code
"""

DISCOUNTS = """
SELECT store.code, 0, 0, 0, 0,
    coalesce(sum(given.amount) FILTER (WHERE given.kind = 'shelf'), 0),
    coalesce(sum(given.amount) FILTER (WHERE given.kind = 'coupon_match'), 0), 0
FROM orders_order document JOIN org_store store ON store.id = document.store_id
JOIN orders_orderline line ON line.order_id = document.id
JOIN orders_lineadjustment given ON given.line_id = line.id
WHERE document.source = %(source)s AND document.placed_at >= %(begins)s
    AND document.placed_at < %(ends)s
GROUP BY store.code
"""

COUPONS = """
SELECT store.code, 0, 0, 0, 0, 0, 0, sum(tender.amount)
FROM orders_order document JOIN org_store store ON store.id = document.store_id
JOIN payments_payment payment ON payment.order_id = document.id
JOIN payments_tender tender ON tender.payment_id = payment.id
WHERE document.source = %(source)s AND document.placed_at >= %(begins)s
    AND document.placed_at < %(ends)s AND tender.kind = 'manufacturer_coupon'
GROUP BY store.code
"""


def loaded_figures(begins: datetime, ends: datetime) -> ByStore:
    """What our order and payment tables hold of the source in that time, by store code."""
    found: ByStore = {}
    parameters = {"source": mapping.SOURCE, "begins": begins, "ends": ends}
    for statement in (ORDERS, LINES, DISCOUNTS, COUPONS):
        for store, *values in sql.rows(statement, parameters):
            found[store] = found.get(store, NOTHING).plus(Figures(*values))
    return found
