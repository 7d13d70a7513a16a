"""What a load leaves to read: the reconciliation on screen, and files in ``var/demo``."""

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from apps.common.runtime import local
from apps.demo import mapping, source, year
from apps.demo.reconciliation import (
    NO_LINES,
    NOTHING,
    QUANTITY_ZERO,
    REASONS,
    Account,
    coupon_excess,
)

FOLDER = local.VAR / "demo"


def labels() -> tuple[str, ...]:
    """The names of the figures, in their order."""
    return (
        _("baskets"),
        _("lines"),
        _("quantity"),
        _("sales value"),
        _("shelf discount"),
        _("coupon match"),
        _("manufacturer coupon"),
    )


def reconciliation_text(account: Account) -> str:
    """The account of all stores as a table: a row per figure, amounts in minor units."""
    heads = ["", _("source"), _("loaded"), *REASONS, _("difference")]
    columns = [
        labels(),
        account.source,
        account.loaded,
        *(account.rejected[reason] for reason in REASONS),
        account.difference,
    ]
    rows = [[str(head) for head in heads]]
    rows += [
        [cells[0], *(f"{_whole(cell):,}" for cell in cells[1:])]
        for cells in zip(*columns, strict=True)
    ]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(heads))]
    lines = []
    for row in rows:
        gaps = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        numbers = (gap + cell for gap, cell in zip(gaps[1:], row[1:], strict=True))
        lines.append("  ".join([row[0] + gaps[0], *numbers]))
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _whole(value: Decimal | int) -> Decimal | int:
    """A quantity comes from the database with decimals; it is shown with those it needs."""
    return int(value) if value == int(value) else value


def differing(accounts: Mapping[str, Account]) -> list[str]:
    """The stores where something was lost or invented."""
    return [store for store, account in accounts.items() if account.difference != NOTHING]


def write_reconciliation(accounts: Mapping[str, Account]) -> Path:
    """One row per store and figure."""
    heads = ("store", "figure", "source", "loaded", *REASONS, "difference")
    rows = (
        (store, figure, *map(_whole, (given, loaded, *rejected, difference)))
        for store, account in accounts.items()
        for figure, given, loaded, *rejected, difference in zip(
            account.source._fields,
            account.source,
            account.loaded,
            *(account.rejected[reason] for reason in REASONS),
            account.difference,
            strict=True,
        )
    )
    return _write("reconciliation.csv", heads, rows)


def write_rejected(lines: pa.Table) -> Path:
    """Every rejected line and every basket that is empty without them, each with its reason."""
    heads = (
        "reason", "basket_id", "store", "week", "product_id", "quantity", "net", "shelf",
        "coupon_match", "coupon",
    )  # fmt: skip
    left = set(pc.unique(source.kept(lines)["basket_id"]).to_pylist())
    rows, seen = [], set()
    ordered = source.rejected(lines).sort_by(
        [("basket_id", "ascending"), ("product_id", "ascending")]
    )
    for row in ordered.to_pylist():
        basket, store = row["basket_id"], mapping.store_code(row["store_id"])
        if basket not in left and basket not in seen:
            rows.append((NO_LINES, basket, store, row["week"], "", "", "", "", "", ""))
            seen.add(basket)
        rows.append((QUANTITY_ZERO, basket, store, *(row[name] for name in heads[3:])))
    return _write("rejected.csv", heads, rows)


def write_placeholders(catalogue: pa.Table, lines: pa.Table) -> Path:
    """The products that the source's catalogue lacks: how many lines name them, how many are loaded."""
    missing = pa.array(year.missing(catalogue, lines), pa.int64())
    named = lines.filter(pc.is_in(lines["product_id"], value_set=missing))
    loaded = pc.cast(pc.greater(named["quantity"], 0), pa.int64())
    counted = (
        named.append_column("loaded", loaded)
        .group_by("product_id")
        .aggregate([("loaded", "count"), ("loaded", "sum")])
        .sort_by("product_id")
    )
    rows = (
        (
            row["product_id"],
            mapping.sku_code(row["product_id"]),
            row["loaded_count"],
            row["loaded_sum"],
        )
        for row in counted.to_pylist()
    )
    return _write("placeholders.csv", ("product_id", "sku", "lines", "loaded"), rows)


def write_excess(lines: pa.Table) -> Path:
    """Baskets whose coupons are worth more than their net amount; minor units."""
    heads = ("basket_id", "store", "coupon", "net", "excess")
    return _write(
        "coupon-excess.csv", heads, ([row[name] for name in heads] for row in coupon_excess(lines))
    )


def _write(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    path = FOLDER / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
    return path
