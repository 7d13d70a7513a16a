"""Seed a fresh database for the sales benchmark and print what the driver needs as JSON.

Run by place_order.py: 20 stores ``B1…``, 1,000 SKUs ``K1…`` at ¥1.00, members, ample stock.
"""

import json
import sys
from decimal import Decimal

import django

django.setup()

from apps.accounts import services as accounts  # noqa: E402
from apps.accounts.actor import system_actor  # noqa: E402
from apps.accounts.models import StaffToken, User  # noqa: E402
from apps.common import clock  # noqa: E402
from apps.flows.open_store import open_store  # noqa: E402
from apps.inventory import services as inventory  # noqa: E402
from apps.members import services as members  # noqa: E402
from apps.members.models import Member  # noqa: E402
from apps.orders.services import Place  # noqa: E402
from apps.org import services as org  # noqa: E402
from apps.org.models import Channel, Region, Store  # noqa: E402
from apps.org.rules import HEAD_OFFICE_ADMIN  # noqa: E402
from apps.products import services as products  # noqa: E402
from apps.products.models import Category, Product, Sku  # noqa: E402

STORES, SKUS, MEMBERS = 20, 1000, 2000
TILLS = 200
"""Each a staff user, who may call ten times a second."""
ACTOR = system_actor("benchmark")


def seed_catalogue() -> list[int]:
    category = Category.objects.create(code="ALL", name="全部", name_en="All")
    numbers = range(1, SKUS + 1)
    made = Product.objects.bulk_create(
        Product(code=f"K{n}", name=f"商品 {n}", name_en=f"Product {n}", category=category)
        for n in numbers
    )
    skus = Sku.objects.bulk_create(Sku(code=product.code, product=product) for product in made)
    products.set_prices(ACTOR, [products.GivenPrice(sku.code, "", 100) for sku in skus])
    return [sku.pk for sku in skus]


def seed_stores(sku_ids: list[int]) -> None:
    inventory.ensure_virtual_locations()
    region = Region.objects.create(code="EAST", name="华东", name_en="East")
    Channel.objects.create(code="pos", name="门店", name_en="POS", kind="pos")
    now = clock.now()
    for n in range(1, STORES + 1):
        store = open_store(
            ACTOR, Store(code=f"B{n}", name=f"{n}店", name_en=f"B{n}", region=region)
        )
        place = Place(store.pk, None, region.pk, clock.business_day(now, store.time_zone))
        plenty = {sku_id: Decimal(900_000) for sku_id in sku_ids}
        inventory.receive(place, plenty, reference=f"RCV-{store.code}", at=now)


def seed_members() -> None:
    for n in range(MEMBERS):
        members.enrol_member(ACTOR, identities={"card": f"BENCH-{n:05}"})


def new_till(number: int) -> str:
    """The token of a new staff user who may sell anywhere."""
    user = User.objects.create_user(f"till{number}", None, is_staff=True)
    org.assign_role(ACTOR, user, HEAD_OFFICE_ADMIN)
    token, _row = accounts.issue_staff_token(user)
    return token


def new_back_end() -> str:
    """The key of one application behind every till, at the highest rate that can be given."""
    scopes = ["orders.place", "payments.take"]
    _client, key = org.create_client(
        ACTOR, name="back end", scopes=scopes, reach="brand", rate=10_000
    )
    return key


def main() -> None:
    sku_ids = seed_catalogue()
    seed_stores(sku_ids)
    seed_members()
    tills = [new_till(number) for number in range(TILLS)]
    numbers = list(Member.objects.order_by("id").values_list("id", "number"))
    facts = {
        "tokens": {"staff": tills, "app": [new_back_end()]},
        "tills": TILLS,
        "first_token": StaffToken.objects.earliest("id").pk,
        "members": [number for _id, number in numbers],
        "first_member": numbers[0][0],
        "stores": STORES,
        "skus": SKUS,
    }
    json.dump(facts, sys.stdout)


main()
