"""Seed what hangs on a million orders and turn the pages of the lists; run by office_lists.py.

A member and a points entry for each order, one line and one movement; every tenth order falls on the
minute of another one, so that many rows are equal in the order of their list.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from apps.accounts import services as accounts  # noqa: E402
from apps.accounts.actor import system_actor  # noqa: E402
from apps.accounts.models import User  # noqa: E402
from apps.common import crypto  # noqa: E402
from apps.inventory import services as inventory  # noqa: E402
from apps.org import rules  # noqa: E402
from apps.org import services as org  # noqa: E402
from apps.org.offices.sessions import KEY  # noqa: E402
from apps.products.models import Category, Product, Sku  # noqa: E402

LIMIT_MS = 300
SKUS = 1000
ROWS = (
    """INSERT INTO inventory_location (code, kind, store_id)
    SELECT code, 'store', id FROM org_store""",
    """INSERT INTO members_member (number, status, home_store_id, enrolled_at)
    SELECT lpad(n::text, 12, '0'), 'active', (SELECT min(id) FROM org_store) + n %% 6000,
        timestamptz '2026-11-01 00:00+08' - (n / 10) * interval '5 minutes'
    FROM generate_series(1, %(rows)s) n""",
    """INSERT INTO members_identity (member_id, kind, value_cipher, created_at)
    SELECT id, 'phone', %(cipher)s, enrolled_at FROM members_member""",
    """INSERT INTO orders_orderline (order_id, line_no, sku_id, name, quantity, unit_price, price_list,
        gross_amount, discount_amount, net_amount)
    SELECT id, 1, %(sku)s + id %% %(skus)s, '商品', 1, 1000, 'BASE', 1000, 0, 1000 FROM orders_order""",
    """INSERT INTO inventory_movement (store_id, franchisee_id, region_id, business_day, kind, sku_id,
        from_location_id, to_location_id, quantity, order_id, reference, at, reason)
    SELECT o.store_id, o.franchisee_id, o.region_id, o.business_day, 'sale', %(sku)s + o.id %% %(skus)s,
        l.id, (SELECT id FROM inventory_location WHERE store_id IS NULL ORDER BY id LIMIT 1), 1, o.id,
        o.number, date_trunc('minute', o.placed_at), 'sold'
    FROM orders_order o JOIN inventory_location l ON l.store_id = o.store_id""",
    """INSERT INTO loyalty_pointsentry (store_id, franchisee_id, region_id, business_day, member_id, kind,
        points, order_id, reference, reason, at)
    SELECT o.store_id, o.franchisee_id, o.region_id, o.business_day,
        (SELECT min(id) FROM members_member) + o.id %% %(rows)s, 'earn', 10, o.id, o.number, 'order_paid',
        o.placed_at
    FROM orders_order o""",
    "VACUUM ANALYZE",
)
LISTS = {
    "orders/order/": (
        "status__exact=completed",
        "region=R1",
        "o=placed",
        "status__exact=cancelled",
    ),
    "orders/orderline/": ("q=K7",),
    "inventory/movement/": ("kind__exact=sale", "store=S7", "o=time"),
    "loyalty/pointsentry/": ("kind__exact=earn", "kind__exact=expire"),
    "members/member/": ("status__exact=active", "store=S7", "o=enrolled"),
}
"""List → what is asked of it beside its first and a deep page."""


def seed(rows: int) -> None:
    inventory.ensure_virtual_locations()
    category = Category.objects.create(code="ALL", name="全部", name_en="All")
    made = Product.objects.bulk_create(
        Product(code=f"K{n}", name=f"商品 {n}", category=category) for n in range(SKUS)
    )
    skus = Sku.objects.bulk_create(Sku(code=product.code, product=product) for product in made)
    values: dict[str, Any] = {
        "rows": rows,
        "sku": skus[0].pk,
        "skus": SKUS,
        "cipher": crypto.encrypt("+8613800000000"),
    }
    with connection.cursor() as cursor:
        for statement in ROWS:
            began = time.perf_counter()
            cursor.execute(statement, values if "%(" in statement else None)
            print(f"seeded in {time.perf_counter() - began:>6.1f} s", file=sys.stderr)


def browser() -> Client:
    """Signed in as a head-office administrator."""
    user = User.objects.create_user("bench", None, is_staff=True)
    org.assign_role(system_actor("benchmark"), user, rules.HEAD_OFFICE_ADMIN)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    session = client.session
    session[KEY] = accounts.sessions.begin(user, site="admin", device="", factor="none")
    session.save()
    return client


def addresses(client: Client, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """What is measured, and its address."""
    yield "first", path
    address = path
    for _turn in range(depth):
        answer: Any = client.get(address)
        link = answer.context["cl"].next_link if answer.context else next_of(answer)
        if not link:
            break
        address = path + link
    yield f"page {depth + 1}", address
    for query in LISTS[path.removeprefix("/admin/")]:
        yield query, f"{path}?{query}"


def next_of(answer: Any) -> str:
    """The address behind "Next" of a page."""
    text: str = answer.content.decode().partition('rel="next"')[0]
    return text.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


def measure(client: Client, address: str, rounds: int) -> tuple[list[float], int]:
    """Milliseconds of each round, and how many statements one takes."""
    times = []
    for turn in range(-2, rounds):  # the first turns only warm
        began = time.perf_counter()
        answer = client.get(address)
        took = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        if turn >= 0:
            times.append(took)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return times, len(seen)


def main() -> None:
    rows, rounds, depth = (int(text) for text in sys.argv[1:4])
    seed(rows)
    client = browser()
    for label in LISTS:
        for name, address in addresses(client, f"/admin/{label}", depth):
            times, statements = measure(client, address, rounds)
            middle, most = statistics.median(times), max(times)
            mark = "" if middle <= LIMIT_MS else "  over the limit"
            print(
                f"{label:<22} {name:<26} {statements:>3} statements {middle:>7.1f} ms {most:>7.1f} ms{mark}",
                flush=True,
            )


main()
