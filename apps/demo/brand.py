"""The demonstration brand itself: places, catalogue and members, made in one transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

import pyarrow as pa
from django.db import transaction

from apps.accounts.actor import Actor
from apps.common import clock
from apps.demo import mapping, source, state, year
from apps.demo.models import DemoLoad
from apps.flows.open_store import open_store
from apps.inventory import services as inventory
from apps.members import services as members
from apps.org.models import Channel, Franchisee, Region, Store, Warehouse
from apps.products import services as products
from apps.products.models import Category

SKU_CHUNK = 10_000
CHANNELS = (
    ("pos", "门店", "Stores", Channel.Kind.POS),
    ("mini", "小程序", "Mini-program", Channel.Kind.MINI_PROGRAM),
    ("market", "电商平台", "Marketplace", Channel.Kind.MARKETPLACE),
)
UNLISTED_NAMES = mapping.Names("待归类", "Unlisted")


def build(actor: Actor, *, time_zone: str) -> DemoLoad:
    """Everything that sales refer to, all or nothing, and the row that fixes the shift in time."""
    lines, catalogue = source.read_transactions(), source.read_products()
    with transaction.atomic(durable=True):
        load = state.begin(time_zone)
        first = mapping.week_starts_at(1, shift=load.shift_weeks, time_zone=time_zone)
        opened_on = clock.business_day(first, time_zone)
        stores = _build_places(actor, year.store_ids(lines), time_zone, opened_on)
        _build_catalogue(actor, catalogue, lines)
        members.import_members(
            actor, list(_members(year.households(lines), stores, load.shift_weeks, time_zone))
        )
    return load


def _build_places(
    actor: Actor, store_ids: Sequence[int], time_zone: str, opened_on: date
) -> dict[int, Store]:
    """Every store was open, under the owner it has, when the first week of sales began."""
    inventory.ensure_virtual_locations()
    Channel.objects.bulk_create(
        Channel(code=code, name=name, name_en=name_en, kind=kind)
        for code, name, name_en, kind in CHANNELS
    )
    regions = {rule.code: _build_region(rule) for rule in mapping.REGIONS}
    owners = {owner.code: owner for owner in Franchisee.objects.bulk_create(_franchisees())}
    stores = {}
    opened: Counter[mapping.Names] = Counter()
    for store_id in store_ids:
        street, owner = mapping.store_names(store_id), mapping.owner_of(store_id)
        opened[street] += 1
        names = mapping.numbered(street, opened[street])
        store = Store(
            code=mapping.store_code(store_id),
            name=names.zh,
            name_en=names.en,
            region=regions[mapping.region_of(store_id).code],
            franchisee=owners[owner] if owner else None,
            time_zone=time_zone,
        )
        stores[store_id] = open_store(actor, store, opened_on=opened_on)
    return stores


def _build_region(rule: mapping.RegionRule) -> Region:
    region = Region.objects.create(code=rule.code, name=rule.names.zh, name_en=rule.names.en)
    warehouse = Warehouse.objects.create(
        code=f"WH-{rule.code}",
        name=f"{rule.names.zh}仓",
        name_en=f"{rule.names.en} warehouse",
        region=region,
    )
    inventory.create_warehouse_location(warehouse)
    return region


def _franchisees() -> Iterator[Franchisee]:
    for rule in mapping.REGIONS:
        for place in range(mapping.FRANCHISEES_PER_REGION):
            names = mapping.franchisee_names(rule, place)
            code = mapping.franchisee_code(rule, place)
            yield Franchisee(code=code, name=names.zh, name_en=names.en)


def _build_catalogue(actor: Actor, catalogue: pa.Table, lines: pa.Table) -> None:
    listed = year.products(catalogue, lines)
    codes = year.category_codes(listed)
    departments: dict[str, Category] = {}
    for (department, category), code in codes.items():  # each department before its categories
        if category is None:
            names = _department_names(department)
            departments[department] = Category.objects.create(
                code=code, name=names.zh, name_en=names.en
            )
    Category.objects.bulk_create(
        Category(
            code=code,
            name=mapping.names_of("category", category).zh,
            name_en=mapping.names_of("category", category).en,
            parent=departments[department],
        )
        for (department, category), code in codes.items()
        if category is not None
    )
    prices = year.base_prices(listed, lines)
    skus = (_sku(one, codes[one.department, one.category], prices[one.id]) for one in listed)
    for chunk in _chunks(skus):
        products.import_skus(actor, chunk)


def _department_names(department: str) -> mapping.Names:
    if department == year.UNLISTED:
        return UNLISTED_NAMES
    return mapping.names_of("department", department)


def _sku(product: year.Product, category: str, price: int) -> products.ImportedSku:
    names = mapping.product_names(
        _department_names(product.department),
        product.category,
        product.type,
        product.size,
    )
    if product.department == year.UNLISTED:
        names = mapping.Names(f"待建档商品 {product.id}", f"Unlisted product {product.id}")
    return products.ImportedSku(
        code=mapping.sku_code(product.id),
        name=names.zh,
        name_en=names.en,
        category=category,
        brand=mapping.brand_name(product.brand, product.manufacturer_id),
        unit=mapping.unit_of(product.type),
        barcode=mapping.barcode(product.id),
        price=price,
    )


def _chunks(skus: Iterable[products.ImportedSku]) -> Iterator[list[products.ImportedSku]]:
    rest = iter(skus)
    while chunk := list(islice(rest, SKU_CHUNK)):
        yield chunk


def _members(
    households: Iterable[year.Household], stores: dict[int, Store], shift: int, time_zone: str
) -> Iterator[members.ImportedMember]:
    for household in households:
        first = mapping.placed_at(household.first_basket_at, shift=shift, time_zone=time_zone)
        yield members.ImportedMember(
            number=mapping.member_number(household.id),
            name=mapping.member_name(household.id),
            identities=mapping.member_identities(household.id),
            home_store_id=stores[household.home_store_id].pk,
            enrolled_at=mapping.enrolled_at(household.id, first),
        )
