"""Seed 6,000 stores and a million orders for the benchmark of scoped lists; prints tokens as JSON.

Run by scoped_list.py. 12 regions of 500 stores; a third of the stores is the brand's own, the others
belong to owners of three stores each. Orders fall on stores by the skew of real trade: the busiest
tenth makes a third of them.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from apps.accounts import services as accounts  # noqa: E402
from apps.accounts.actor import system_actor  # noqa: E402
from apps.accounts.models import User  # noqa: E402
from apps.org import rules  # noqa: E402
from apps.org import services as org  # noqa: E402
from apps.org.models import Channel, Franchisee, Region, Store  # noqa: E402

REGIONS, STORES, OWNED_BY_ONE, PEOPLE = 12, 6_000, 3, 30
ACTOR = system_actor("benchmark")

ORDERS = """
INSERT INTO orders_order (number, store_id, franchisee_id, region_id, business_day, channel_id,
    status, placed_at, gross_amount, discount_amount, net_amount, source, source_key)
SELECT 'S' || lpad(n::text, 14, '0'), store.id, store.franchisee_id, store.region_id,
    planned.placed_at::date, (SELECT id FROM org_channel), 'completed', planned.placed_at, 1000, 0, 1000, '', ''
FROM (
    SELECT n, (SELECT min(id) FROM org_store)
            + floor(%(stores)s * power(hash.one, 1.5))::bigint AS store_id,
        timestamptz '2026-11-01 00:00+08' - hash.two * interval '365 days' AS placed_at
    FROM generate_series(1, %(orders)s) n,
    LATERAL (SELECT (hashint8(n) & 1048575) / 1048576.0 AS one,
        (hashint8(n + 7000000000) & 1048575) / 1048576.0 AS two) hash
) planned
JOIN org_store store ON store.id = planned.store_id
ORDER BY planned.placed_at
"""

TENURES = """
INSERT INTO org_tenure (store_id, region_id, franchisee_id, contract, starts_on)
SELECT id, region_id, franchisee_id, '', '2020-01-01' FROM org_store ORDER BY id
"""


def seed_organisation() -> None:
    Channel.objects.create(code="pos", name="门店", name_en="POS", kind="pos")
    regions = [
        Region.objects.create(code=f"R{n}", name=f"{n}区", name_en=f"R{n}") for n in range(REGIONS)
    ]
    owners = Franchisee.objects.bulk_create(
        Franchisee(code=f"F{n}", name=f"{n}号", name_en=f"F{n}")
        for n in range(STORES // OWNED_BY_ONE)
    )
    stores = Store.objects.bulk_create(
        Store(
            code=f"S{n}",
            name=f"{n}店",
            name_en=f"S{n}",
            region=regions[n // OWNED_BY_ONE % REGIONS],
            franchisee=None if n // OWNED_BY_ONE % 3 == 0 else owners[n // OWNED_BY_ONE],
        )
        for n in range(STORES)
    )
    assert len(stores) == STORES


def seed_orders(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TENURES)
        cursor.execute(ORDERS, {"stores": STORES, "orders": count})
        cursor.execute("VACUUM ANALYZE")


def tokens(kind: str, role: str, *several: dict[str, Any]) -> list[str]:
    """A token each of many people with the same roles: one person alone would meet their limit."""
    found = []
    for n in range(PEOPLE):
        user = User.objects.create_user(f"{kind}{n}", None)
        for rows in several or ({},):
            org.assign_role(ACTOR, user, role, **rows)
        found.append(accounts.issue_staff_token(user)[0])
    return found


def main() -> None:
    seed_organisation()
    seed_orders(int(sys.argv[1]))
    owned = Store.objects.exclude(franchisee=None).order_by("id")
    owner = owned[600].franchisee  # a store of middling trade
    assert owner is not None
    assert owner.stores.count() == OWNED_BY_ONE
    store = owner.stores.first()
    twenty = Store.objects.order_by("-id")[:20]  # the quietest
    region = Region.objects.order_by("id")[0]
    assert region.stores.count() >= STORES // REGIONS
    facts = {
        "head office": tokens("office", rules.HEAD_OFFICE_ADMIN),
        "owner, 3 stores": tokens("owner", rules.FRANCHISE_OWNER, {"franchisee": owner}),
        "region, 500 stores": tokens("region", rules.REGIONAL_MANAGER, {"region": region}),
        "manager, 1 store": tokens("manager", rules.STORE_MANAGER, {"store": store}),
        "manager, 20 stores": tokens(
            "many", rules.STORE_MANAGER, *({"store": one} for one in twenty)
        ),
    }
    json.dump(facts, sys.stdout)


main()
