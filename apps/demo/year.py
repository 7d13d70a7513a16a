"""What the whole year says about products and households. Computed once, at the first load."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from apps.demo import source

DEFAULT_PRICE = 199
"""For a product of a department that sold nothing all year, minor units."""
UNLISTED = "UNLISTED"
"""The category of products that were sold but are missing from the source's catalogue."""


class Product(NamedTuple):
    """A product of the source; ``department`` is UNLISTED for one that its catalogue lacks."""

    id: int
    department: str
    category: str | None
    type: str | None
    size: str | None
    brand: str
    manufacturer_id: int | None


class Household(NamedTuple):
    """Where a household bought most often, and when first (UTC)."""

    id: int
    home_store_id: int
    first_basket_at: datetime


def products(catalogue: pa.Table, lines: pa.Table) -> list[Product]:
    """The catalogue and a placeholder for each product sold without being in it, by id."""
    names = (
        "product_id", "department", "product_category", "product_type", "package_size", "brand",
        "manufacturer_id",
    )  # fmt: skip
    columns = [catalogue[name].to_pylist() for name in names]
    listed = [Product._make(row) for row in zip(*columns, strict=True)]
    return sorted(
        listed
        + [Product(id_, UNLISTED, None, None, None, "", None) for id_ in missing(catalogue, lines)]
    )


def missing(catalogue: pa.Table, lines: pa.Table) -> list[int]:
    """Products that lines name and the catalogue lacks, in order."""
    sold = pc.unique(lines["product_id"])
    unknown = pc.invert(pc.is_in(sold, value_set=catalogue["product_id"].combine_chunks()))
    return sorted(sold.filter(unknown).to_pylist())


def base_prices(of: Sequence[Product], lines: pa.Table) -> dict[int, int]:
    """Minor units by product id: the median of what one piece cost before discounts, at least 1.

    A product that was never sold takes the median of its category, else of its department.
    """
    sold = _sold_prices(lines)
    categories = _medians(((p.department, p.category), sold[p.id]) for p in of if p.id in sold)
    departments = _medians((p.department, sold[p.id]) for p in of if p.id in sold)
    prices = {}
    for product in of:
        group = departments.get(product.department, DEFAULT_PRICE)
        group = categories.get((product.department, product.category), group)
        prices[product.id] = sold.get(product.id, group)
    return prices


def _medians(values: Iterable[tuple[Hashable, int]]) -> dict[Hashable, int]:
    """The lower median of the values of each key."""
    by_key: dict[Hashable, list[int]] = {}
    for key, value in values:
        by_key.setdefault(key, []).append(value)
    return {key: sorted(found)[(len(found) - 1) // 2] for key, found in by_key.items()}


def _sold_prices(lines: pa.Table) -> dict[int, int]:
    """Each line's gross ÷ quantity, rounded half up; the lower median over a product's lines."""
    sold = source.kept(lines)
    gross = pc.add(pc.add(sold["net"], sold["shelf"]), sold["coupon_match"])
    twice = pc.multiply(sold["quantity"], 2)
    unit = pc.divide(pc.add(pc.multiply(gross, 2), sold["quantity"]), twice)
    table = pa.table({"product_id": sold["product_id"], "unit": unit, "gross": gross})
    table = table.filter(pc.greater(table["gross"], 0))
    counted = table.group_by(["product_id", "unit"]).aggregate([("gross", "count")])
    counted = counted.sort_by([("product_id", "ascending"), ("unit", "ascending")])
    rows = zip(
        *(counted[name].to_pylist() for name in ("product_id", "unit", "gross_count")), strict=True
    )
    return {
        product_id: max(_weighted_median([row[1:] for row in group]), 1)
        for product_id, group in groupby(rows, key=itemgetter(0))
    }


def _weighted_median(counted: list[tuple[int, int]]) -> int:
    """The lower median of values given as ascending (value, how often)."""
    middle = (sum(count for _value, count in counted) - 1) // 2
    for value, count in counted:
        middle -= count
        if middle < 0:
            return value
    raise ValueError("nothing was counted")


def households(lines: pa.Table) -> list[Household]:
    """Every household; its home is the store of most baskets, the smaller number on a tie."""
    baskets = lines.group_by(["household_id", "store_id", "basket_id"]).aggregate([("at", "min")])
    visits = baskets.group_by(["household_id", "store_id"]).aggregate(
        [("basket_id", "count"), ("at_min", "min")]
    )
    columns = ("household_id", "store_id", "basket_id_count", "at_min_min")
    rows = sorted(zip(*(visits[name].to_pylist() for name in columns), strict=True))
    found = []
    for household_id, group in groupby(rows, key=itemgetter(0)):
        stores = list(group)
        home = min(stores, key=lambda row: (-row[2], row[1]))[1]
        first = min(row[3] for row in stores).replace(tzinfo=UTC)
        found.append(Household(household_id, home, first))
    return found


def store_ids(lines: pa.Table) -> list[int]:
    return sorted(pc.unique(lines["store_id"]).to_pylist())


def category_codes(of: Iterable[Product]) -> Mapping[tuple[str, str | None], str]:
    """A code for each department and each category in it, numbered by name."""
    tree: dict[str, set[str]] = {}
    for product in of:
        branch = tree.setdefault(product.department, set())
        if product.category is not None:
            branch.add(product.category)
    codes: dict[tuple[str, str | None], str] = {}
    for number, department in enumerate(sorted(tree), start=1):
        codes[department, None] = f"CJ{number:02d}"
        for place, category in enumerate(sorted(tree[department]), start=1):
            codes[department, category] = f"CJ{number:02d}-{place:02d}"
    return codes
