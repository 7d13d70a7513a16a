"""A source of nine baskets in three weeks, with every kind of dirt the real one has.

Stores 330 (weeks 51 to 53) and 404 (week 53); product 99 is missing from the catalogue.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PRODUCTS = [
    # id, maker, department, brand, category, type, size
    (10, 1, "GROCERY", "National", "FLUID MILK PRODUCTS", "FLUID MILK WHITE ONLY", "1 GA"),
    (11, 2, "GROCERY", "Private", "FLUID MILK PRODUCTS", "CHOCOLATE MILK", None),
    (12, 2, "PRODUCE", "National", "APPLES", "APPLES GALA (BULK&BAG)", None),
    (13, 3, "FUEL", "National", "FUEL", "GASOLINE-REG UNLEADED", None),
    (14, 3, "MISCELLANEOUS", "National", None, None, None),
]
# household, store, basket, product, quantity, sales, retail, coupon, match, week, time (UTC)
LINES = [
    (1, 330, 500, 10, 2, 5.98, 1.02, 0.0, 0.0, 51, "2017-12-11 15:00:00"),
    (1, 330, 500, 12, 1, 0.0, 0.0, 0.0, 0.0, 51, "2017-12-11 15:00:00"),  # for nothing
    (2, 330, 501, 13, 8725, 20.06, 0.01, 0.0, 0.0, 51, "2017-12-18 04:59:59"),  # Sunday 23:59:59
    (1, 330, 502, 10, 3, 10.0, 0.5, 0.75, 0.25, 52, "2017-12-18 05:00:00"),  # Monday 00:00:00
    (1, 330, 502, 11, 0, 0.0, 0.4, 0.35, 0.0, 52, "2017-12-18 05:00:00"),  # rejected line
    (2, 330, 503, 11, 0, 0.0, 0.0, 1.0, 0.1, 52, "2017-12-20 18:00:00"),  # nothing is left
    (2, 330, 504, 99, 1, 4.5, 0.0, 0.0, 0.0, 53, "2017-12-27 18:00:00"),  # not in the catalogue
    (2, 404, 505, 12, 4, 1.0, 0.0, 3.0, 0.0, 53, "2017-12-28 18:00:00"),  # coupon above the net
    (2, 404, 506, 10, 1, 2.99, 0.0, 0.0, 0.0, 53, "2018-01-01 04:01:20"),  # Sunday 23:01:20
    (2, 404, 507, 10, 2, 5.0, 0.0, 5.0, 0.0, 53, "2017-12-29 18:00:00"),  # all by coupon
    (1, 330, 508, 10, 1, 0.0, 0.0, 0.0, 0.0, 53, "2017-12-30 18:00:00"),  # a free basket
]


def write(folder: Path) -> Path:
    """The two files of the package, as it lays them out."""
    lines: list[list[Any]] = [list(column) for column in zip(*LINES, strict=True)]
    lines[-1] = [datetime.fromisoformat(text) for text in lines[-1]]
    names = (
        "household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value",
        "retail_disc", "coupon_disc", "coupon_match_disc", "week",
    )  # fmt: skip
    table = pa.table(dict(zip(names, lines[:-1], strict=True)))
    times = pa.array(lines[-1], pa.timestamp("ns"))
    pq.write_table(
        table.append_column("transaction_timestamp", times), folder / "transactions.parquet"
    )
    heads = (
        "product_id", "manufacturer_id", "department", "brand", "product_category", "product_type",
        "package_size",
    )  # fmt: skip
    columns = [list(column) for column in zip(*PRODUCTS, strict=True)]
    pq.write_table(pa.table(dict(zip(heads, columns, strict=True))), folder / "products.parquet")
    return folder
