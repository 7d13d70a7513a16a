"""The inner half of benchmarks.office_search: runs on the seeded database; not called by hand."""

import random
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from apps.accounts import services as accounts  # noqa: E402
from apps.accounts.models import User  # noqa: E402
from apps.common import crypto, keys  # noqa: E402
from apps.members.models import Member  # noqa: E402
from apps.orders.models import Order  # noqa: E402
from apps.org.offices.sessions import KEY  # noqa: E402
from benchmarks import grow  # noqa: E402
from benchmarks.home import report, timed  # noqa: E402

SKUS, COUPONS, NAMESAKES = 100_000, 200_000, 3_000
NAME = "王伟"
SEEDS = (
    "INSERT INTO products_category (code, name, name_en) VALUES ('K', '类', 'K')",
    f"""
    INSERT INTO products_product (code, name, name_en, category_id, brand)
    SELECT 'P' || n, n || '号商品', 'Product ' || n, (SELECT id FROM products_category), ''
    FROM generate_series(1, {SKUS}) n
    """,
    """
    INSERT INTO products_sku (product_id, code, option, unit, is_active)
    SELECT id, 'SKU-' || substr(code, 2), '', 'each', true FROM products_product
    """,
    """
    INSERT INTO products_barcode (sku_id, code)
    SELECT id, '69' || lpad(id::text, 11, '0') FROM products_sku
    """,
    # One payment for each order, captured and settled; one line with a coupon on the newest orders.
    """
    INSERT INTO payments_payment (number, order_id, store_id, franchisee_id, region_id, business_day,
        provider, status, amount, captured_amount, created_at, captured_at, settled_at)
    SELECT 'P' || substr(number, 2), id, store_id, franchisee_id, region_id, business_day, 'sandbox',
        'captured', 1000, 1000, placed_at, placed_at, placed_at
    FROM orders_order
    """,
    f"""
    INSERT INTO orders_orderline (order_id, line_no, sku_id, name, quantity, price_list,
        gross_amount, discount_amount, net_amount)
    SELECT id, 1, (SELECT min(id) FROM products_sku), 'x', 1, '', 1000, 0, 1000
    FROM (SELECT id FROM orders_order ORDER BY id DESC LIMIT {COUPONS}) newest
    """,
    """
    INSERT INTO orders_lineadjustment (line_id, kind, source, amount)
    SELECT id, 'coupon_match', CASE WHEN id % 2 = 0 THEN 'EVERYBODY' ELSE 'C-' || id END, 1
    FROM orders_orderline
    """,
    """
    INSERT INTO inventory_location (code, kind, store_id)
    SELECT 'store:' || code, 'store', id FROM org_store ORDER BY id LIMIT 3000
    """,
    """
    INSERT INTO inventory_stock (sku_id, location_id, on_hand, reserved)
    SELECT sku.id, place.id, 10, 0
    FROM (SELECT id FROM products_sku ORDER BY id LIMIT 100) sku, inventory_location place
    """,
)
NAMED = """
UPDATE members_member SET name_cipher = %(cipher)s, name_index = %(index)s
WHERE id IN (SELECT id FROM members_member ORDER BY number LIMIT %(count)s)
"""
PEOPLE = (
    ("head office", "office0", "admin"),
    ("region, 500 stores", "region0", "admin"),
    ("owner, 3 stores", "owner0", "portal"),
    ("manager, 1 store", "manager0", "portal"),
)


def seed(members: int) -> None:
    grow.crypto, grow.keys = crypto, keys  # type: ignore[attr-defined]  # as when run by hand
    with connection.cursor() as wrapped:
        for statement in SEEDS:
            wrapped.execute(statement)
        seed_first_member()
        with transaction.atomic():
            grow.Grower(wrapped.cursor, 7).prospects(members)
        sealed = {"cipher": crypto.encrypt(NAME), "index": crypto.blind_index("name", NAME)}
        wrapped.execute(NAMED, {**sealed, "count": NAMESAKES})
        wrapped.execute("VACUUM ANALYZE")


def seed_first_member() -> None:
    """Whom the others are numbered after."""
    number = str(random.Random(1).randrange(10**10, 10**11))
    Member.objects.create(
        number=number + keys.luhn_digit(number), status="active", enrolled_at="2026-01-01T00:00Z"
    )


def texts() -> dict[str, str]:
    """One text of each kind; the phone is that of a member somewhere in the middle."""
    member = Member.objects.order_by("id")[Member.objects.count() // 2]
    phone, half = f"198{member.pk:08}", Order.objects.count() // 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT source FROM orders_lineadjustment WHERE source <> 'EVERYBODY' LIMIT 1"
        )
        coupon = cursor.fetchone()[0]
    return {
        "phone": phone,
        "last four digits": phone[-4:],
        "member number": member.number,
        "name of 3,000": NAME,
        "order number": f"S{half:014}",
        "payment number": f"P{half:014}",
        "SKU code": "SKU-50",
        "barcode": f"69{77:011}",
        "coupon code": coupon,
        "coupon of 100,000 uses": "EVERYBODY",
        "store code": "S600",
        "part of a store's name": "60店",
        "part of a page's name": "order",
        "nothing": "nobody-has-this",
        "phone of nobody": "13900000001",
    }


def signed_in(user: User, site: str) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[KEY] = accounts.sessions.begin(user, site=site, device="", factor="none")
    session.save()
    return client


def main() -> None:
    members, rounds = int(sys.argv[1]), int(sys.argv[2])
    began = time.perf_counter()
    seed(members)
    took = time.perf_counter() - began
    print(f"seeded {Member.objects.count():,} members in {took:.0f} s", flush=True)
    asked = texts()
    for name, username, site in PEOPLE:
        user = User.objects.get(username=username)
        User.objects.filter(pk=user.pk).update(is_staff=site == "admin")
        client = signed_in(user, site)
        for kind, text in asked.items():
            measure(client, f"/{site}/search/", text, f"{name}: {kind}", rounds)


def measure(client: Any, url: str, text: str, name: str, rounds: int) -> None:
    def ask() -> Any:
        return client.post(url, {"s": text}, headers={"host": "localhost"})

    ask()
    with CaptureQueriesContext(connection) as statements:
        answer = ask()
        count = len(statements)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    found = answer.content.count(b'role="option"')
    report(f"{name} ({found})", [timed(ask)[0] for _ in range(rounds)], count)


main()
