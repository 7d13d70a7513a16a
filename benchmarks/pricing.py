"""Twenty lines priced against one price list and against two hundred that all apply.

    uv run python -m benchmarks.pricing [--skus 100000] [--rounds 300]

Prints statements, Python CPU and the median and p95 of the whole, for lists that are nobody's but the base,
for 200 lists of which each is another place's, and for 200 that all hold for the shopper (the worst: every
one must be ranked). Aims: at most 5 statements and 3 ms of Python, flat from 1 to 200 lists.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

import django

from benchmarks import stage

LINES = 20
LISTS = 200

SEED = """
INSERT INTO org_region (code, name, name_en) VALUES ('EAST', '华东', 'East');
INSERT INTO org_store (code, name, name_en, region_id, status, time_zone, address, legal_entity)
SELECT 'S' || n, 'S' || n, '', (SELECT id FROM org_region), 'open', 'Asia/Shanghai', '', ''
FROM generate_series(1, 200) n;
INSERT INTO org_channel (code, name, name_en, kind, is_active, serves)
VALUES ('pos', 'POS', '', 'pos', true, 'every');
INSERT INTO products_audience (code, name, name_en, kind)
VALUES ('gold', '金', '', 'tier'), ('silver', '银', '', 'tier');
INSERT INTO products_category (code, name, name_en) VALUES ('FOOD', '食品', 'Food');
INSERT INTO products_product (code, name, name_en, category_id, brand)
SELECT 'K' || n, '商品' || n, '', (SELECT id FROM products_category), '' FROM generate_series(1, %(skus)s) n;
INSERT INTO products_sku (code, product_id, option, unit, is_active)
SELECT code, id, '', 'each', true FROM products_product;
INSERT INTO products_pricelist (code, name, name_en, is_base, status)
VALUES ('BASE', 'BASE', '', true, 'released');
INSERT INTO products_price (price_list_id, sku_id, amount, starts_at, set_at, set_by, reason)
SELECT list.id, sku.id, 1000, '2026-01-01', now(), 'benchmark', ''
FROM products_pricelist list, products_sku sku;
"""
ELSEWHERE = """
INSERT INTO products_pricelist (code, name, name_en, is_base, status, store_id)
SELECT 'L' || code, code, '', false, 'released', id FROM org_store;
"""
HERE = """
INSERT INTO products_pricelist (code, name, name_en, is_base, status, priority, tier_id)
SELECT 'T' || n, 'T', '', false, 'released', n, (SELECT id FROM products_audience WHERE code = 'gold')
FROM generate_series(1, 200) n;
"""
PRICED = """
INSERT INTO products_price (price_list_id, sku_id, amount, starts_at, set_at, set_by, reason)
SELECT list.id, sku.id, 900 + list.id %% 50, '2026-01-01', now(), 'benchmark', ''
FROM products_pricelist list, products_sku sku
WHERE NOT EXISTS (SELECT FROM products_price price WHERE price.price_list_id = list.id)
    AND sku.id <= (SELECT min(id) + 2000 FROM products_sku);
"""


def main() -> None:
    """Seed a fresh database; measure three times, with more lists each time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with stage.database():
        django.setup()
        from django.db import connection  # noqa: PLC0415 - the address of the database is known now

        def run(*statements: str) -> None:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement, {"skus": options.skus})
                cursor.execute("ANALYZE")

        run(SEED)
        measure("1 list", options.rounds)
        run(ELSEWHERE, PRICED)
        measure(f"{LISTS} lists of other stores", options.rounds)
        run(HERE, PRICED)
        measure(f"{LISTS} lists that all apply", options.rounds)


def measure(name: str, rounds: int) -> None:
    """Price baskets of twenty SKUs; one line of figures."""
    from django.db import connection, reset_queries  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    price = basket()
    for _warm in range(20):
        price()
    reset_queries()
    with CaptureQueriesContext(connection) as asked:
        price()
    walls, own = [], []
    for _round in range(rounds):
        begun, begun_own = time.perf_counter(), time.process_time()
        price()
        walls.append(time.perf_counter() - begun)
        own.append(time.process_time() - begun_own)
    print(
        f"{name:<28} {len(asked)} statements  Python {statistics.median(own) * 1e3:5.2f} ms  "
        f"p50 {statistics.median(walls) * 1e3:6.2f} ms  p95 {statistics.quantiles(walls, n=20)[18] * 1e3:6.2f} ms",
        flush=True,
    )


def basket() -> Callable[[], object]:
    """A function that prices other twenty SKUs each time it is called, for a gold member."""
    from apps.common import clock  # noqa: PLC0415
    from apps.flows.pricing import Buyer, price_at  # noqa: PLC0415
    from apps.orders.rules import LineRequest  # noqa: PLC0415
    from apps.org.models import Channel, Store  # noqa: PLC0415
    from apps.org.selectors import SellingPoint  # noqa: PLC0415

    store, channel = Store.objects.get(code="S7"), Channel.objects.get()
    point = SellingPoint(
        store_id=store.pk,
        store_code=store.code,
        franchisee_id=None,
        region_id=store.region_id,
        business_day=clock.business_day(clock.now(), store.time_zone),
        time_zone=store.time_zone,
        channel_id=channel.pk,
        channel_code=channel.code,
        channel_kind=channel.kind,
    )
    dice, buyer = random.Random(7), Buyer(tier="gold")

    def price() -> object:
        lines = [
            LineRequest(f"K{number}", Decimal(1)) for number in dice.sample(range(1, 2001), LINES)
        ]
        return price_at(point, lines, buyer, at=clock.now())

    return price


if __name__ == "__main__":
    main()
