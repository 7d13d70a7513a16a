"""A catalogue of 100,000 SKUs as a till copies it: all of it, then what changed, over HTTP.

    python -m benchmarks.catalogue_feed [--skus 100000] [--changed 200] [--limit 1000]

Aims: everything within 60 s in bounded memory, what changed within 1 s, a constant number of statements
a page. The requests go through Django's handler in one process of its own, whose peak is told beside
the size of the answers; ``upkeep`` is what the triggers add to an import of 50,000 prices.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

import django

from benchmarks import stage

SKUS, CHANGED, LIMIT = 100_000, 200, 1_000
PRICES = 50_000
OFF = "ALTER TABLE products_price {state} TRIGGER catalogue_feed_insert"
STEP = 10_000


def main() -> None:
    """Seed a fresh database, then read it in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=SKUS)
    parser.add_argument("--changed", type=int, default=CHANGED)
    parser.add_argument("--limit", type=int, default=LIMIT)
    parser.add_argument("--step", choices=sorted(STEPS), help="internal: run one step")
    options = parser.parse_args()
    if options.step:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        STEPS[options.step](options)
        return
    with stage.database():
        for step in STEPS:
            subprocess.run(
                [sys.executable, "-m", "benchmarks.catalogue_feed", *sys.argv[1:], "--step", step],
                cwd=stage.ROOT, check=True,
            )  # fmt: skip


def seed(options: Any) -> None:
    from apps.products import services as products  # noqa: PLC0415
    from apps.products.models import Category, PriceList, TaxClass, TaxRate  # noqa: PLC0415
    from tests.builders import SYSTEM  # noqa: PLC0415

    tax = TaxClass.objects.create(code="FULL", name="全")
    TaxRate.objects.create(tax_class=tax, basis_points=1300, starts_on="2019-04-01")
    category = Category.objects.create(code="ALL", name="全部", tax_class=tax)
    PriceList.objects.create(
        code="SEASON", name="季", status="released", starts_at="2026-01-01T00:00Z", priority=1
    )
    for start in range(0, options.skus, STEP):
        given = [
            products.ImportedSku(
                f"SKU{n:07d}", f"商品 {n}", f"Goods {n}", category.code, "牌", "each",
                f"K{n:012d}", 100 + n % 900,
            )
            for n in range(start, min(start + STEP, options.skus))
        ]  # fmt: skip
        products.import_skus(SYSTEM, given)
        _price([products.GivenPrice(one.code, "SEASON", one.price) for one in given[::2]])


def read(options: Any) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from apps.accounts import services as accounts  # noqa: PLC0415
    from apps.products import services as products  # noqa: PLC0415
    from tests.builders import SYSTEM  # noqa: PLC0415

    _client, key = accounts.create_api_client(
        SYSTEM, name="till", scopes=["products.see"], reach="brand"
    )
    client = Client(headers={"authorization": f"Bearer {key}", "host": "localhost"})
    first = f"/api/v1/catalogue/changes?limit={options.limit}"
    with CaptureQueriesContext(connection) as asked:
        client.get(first)
    print(f"{len(asked)} statements a first page", flush=True)
    before = peak()
    token = _told("everything", client, first)
    print(f"peak {peak():.0f} MB, {peak() - before:.0f} MB more than at the first page")
    given = [products.GivenPrice(f"SKU{n:07d}", "", 7) for n in range(options.changed)]
    products.set_prices(SYSTEM, given)
    token = _told("what changed", client, f"{first}&updated_since={token}")
    _told("nothing", client, f"{first}&updated_since={token}")


def _told(name: str, client: Any, address: str | None) -> str:
    begun, rows, pages, size, token = time.monotonic(), 0, 0, 0, ""
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        page = json.loads(answer.content)
        rows, pages, size = rows + len(page["results"]), pages + 1, size + len(answer.content)
        address, token = page["next"], page["token"]
    seconds = time.monotonic() - begun
    print(
        f"{name:<14} {seconds:>6.2f} s  {rows:>7,} SKUs  {pages:>4} pages  {size / 1e6:>6.1f} MB",
        flush=True,
    )
    return token


def upkeep(options: Any) -> None:
    from django.db import connection  # noqa: PLC0415

    from apps.products import services as products  # noqa: PLC0415

    count = min(PRICES, options.skus)
    for turn, state in enumerate(("DISABLE", "ENABLE", "DISABLE", "ENABLE")):
        with connection.cursor() as cursor:
            cursor.execute(OFF.format(state=state))
        given = [products.GivenPrice(f"SKU{n:07d}", "", 10 + turn) for n in range(count)]
        begun = time.monotonic()
        _price(given)
        print(f"{count:,} prices, feed {state:<7} {time.monotonic() - begun:>6.2f} s", flush=True)


def _price(given: list[Any]) -> None:
    """In pages, as a file of prices is brought in."""
    from apps.products import services as products  # noqa: PLC0415
    from tests.builders import SYSTEM  # noqa: PLC0415

    for start in range(0, len(given), LIMIT):
        products.set_prices(SYSTEM, given[start : start + LIMIT])


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


STEPS = {"seed": seed, "read": read, "upkeep": upkeep}


if __name__ == "__main__":
    main()
