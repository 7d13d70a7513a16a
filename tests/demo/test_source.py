"""The real files: what they hold is what the decision record says they hold."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from apps.demo import mapping, reconciliation, source, year
from apps.demo.reconciliation import Figures


@pytest.fixture(scope="module")
def lines() -> pa.Table:
    return source.read_transactions()


@pytest.fixture(scope="module")
def catalogue() -> pa.Table:
    return source.read_products()


def test_the_year_in_figures(lines: pa.Table) -> None:
    figures = Figures()
    for of_store in reconciliation.source_figures(lines).values():
        figures = figures.plus(of_store)
    assert figures == Figures(
        baskets=155_848,
        lines=1_469_307,
        quantity=pc.sum(lines["quantity"]).as_py(),
        sales=459_603_958,
        shelf=79_165_064,
        coupon_match=454_265,
        coupon=2_635_990,
    )


def test_the_dirt_in_figures(lines: pa.Table, catalogue: pa.Table) -> None:
    rejected = source.rejected(lines)
    discounts = pc.add(pc.add(rejected["shelf"], rejected["coupon_match"]), rejected["coupon"])
    assert rejected.num_rows == 8_869
    assert pc.sum(pc.greater(discounts, 0)).as_py() == 2_981  # 2,986 with floating-point dust
    empty = reconciliation._without_lines(lines).values()
    assert sum(figures.baskets for figures in empty) == 330
    excess = reconciliation.coupon_excess(lines)
    assert len(excess) == 19
    assert sum(row["excess"] for row in excess) == 2_658
    missing = year.missing(catalogue, lines)
    named = pc.is_in(lines["product_id"], value_set=pa.array(missing, pa.int64()))
    assert (len(missing), pc.sum(named).as_py()) == (17, 4_836)
    assert source.kept(lines.filter(named)).num_rows == 32


def test_weeks_begin_on_monday_of_the_source_store(lines: pa.Table) -> None:
    weeks = lines.group_by("week").aggregate([("at", "min"), ("at", "max")]).to_pylist()
    for row in weeks:
        for end in ("at_min", "at_max"):
            moved = mapping.placed_at(row[end], shift=0, time_zone=mapping.SOURCE_ZONE)
            starts = [
                mapping.week_starts_at(week, shift=0, time_zone=mapping.SOURCE_ZONE)
                for week in (row["week"], row["week"] + 1)
            ]
            assert starts[0] <= moved < starts[1]


def test_every_department_and_category_has_a_chinese_name(catalogue: pa.Table) -> None:
    for level, column in (("department", "department"), ("category", "product_category")):
        names = pc.unique(catalogue[column]).drop_null().to_pylist()
        assert [
            name for name in names if not re.search("[一-鿿]", mapping.names_of(level, name).zh)
        ] == []


def test_names_fit_their_columns(catalogue: pa.Table, lines: pa.Table) -> None:
    for product in year.products(catalogue, lines):
        names = mapping.product_names(
            mapping.Names("", ""), product.category, product.type, product.size
        )
        assert max(len(name) for name in names) <= 128


def test_prices_cover_every_product_and_are_at_least_one(
    catalogue: pa.Table, lines: pa.Table
) -> None:
    listed = year.products(catalogue, lines)
    prices = year.base_prices(listed, lines)
    assert len(listed) == 92_331 + 17 == len(prices)
    assert min(prices.values()) == 1
