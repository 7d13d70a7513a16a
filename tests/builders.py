"""The named cast. Data is made through services and flows, as the product makes it.

Brand: regions EAST and NORTH; owners ANHE (stores A1, A2 in EAST) and BAICHUAN (store B1 in
NORTH); store D1 in EAST is run by the brand itself.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, Scope, system_actor
from apps.accounts.models import ApiClient, User
from apps.accounts.services import Grounds
from apps.common import clock
from apps.common.idempotency import Once
from apps.flows.approvals import request_approval
from apps.flows.open_store import open_store
from apps.flows.open_warehouse import open_warehouse
from apps.flows.place_order import OrderRequest
from apps.inventory import services as inventory
from apps.jobs.models import Job
from apps.members import selectors as member_selectors
from apps.members import services as members
from apps.members.models import Member
from apps.orders.rules import LineRequest
from apps.orders.services import Place
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Channel, Franchisee, Region, Store, Warehouse
from apps.payments.rules import TenderDraft
from apps.products import services as products
from apps.products.models import Category, Price, PriceList, Sku, Supplier, SupplierCost
from apps.products.selectors import present_prices

SYSTEM = system_actor("tests")
OPENED_ON = date(2010, 1, 1)
"""Before anything that a test imports."""
PASSWORD = "a long enough password"
ZHANG_PHONE = "13800001234"
LI_PHONE = "13900005678"


@dataclass(frozen=True)
class Brand:
    """Everybody and everything a test may need by name."""

    east: Region
    north: Region
    anhe: Franchisee
    baichuan: Franchisee
    direct: Store
    a1: Store
    a2: Store
    b1: Store
    pos: Channel
    mini: Channel
    tea: Sku
    rice: Sku
    milk: Sku
    zhang: Member
    li: Member


def build_brand() -> Brand:
    """The whole cast with prices (TEA ¥19.99, RICE ¥8.50/kg, MILK ¥3.00) and 100 of each in stock."""
    inventory.ensure_virtual_locations()
    east = Region.objects.create(code="EAST", name="华东", name_en="East")
    north = Region.objects.create(code="NORTH", name="华北", name_en="North")
    anhe = Franchisee.objects.create(code="ANHE", name="安和", name_en="Anhe")
    baichuan = Franchisee.objects.create(code="BAICHUAN", name="百川", name_en="Baichuan")
    direct = build_store("D1", east)
    a1, a2 = build_store("A1", east, anhe), build_store("A2", east, anhe)
    b1 = build_store("B1", north, baichuan)
    pos = Channel.objects.create(code="pos", name="门店", name_en="POS", kind="pos")
    mini = Channel.objects.create(code="mini", name="小程序", name_en="Mini", kind="mini_program")
    food = Category.objects.create(code="FOOD", name="食品", name_en="Food")
    tea = build_sku("TEA", "绿茶", food, 1999, barcode="6901234567892")
    rice = build_sku("RICE", "大米", food, 850, unit=Sku.Unit.KILOGRAM)
    milk = build_sku("MILK", "牛奶", food, 300)
    for store in (direct, a1, a2, b1):
        stock_up(store, {tea: 100, rice: 100, milk: 100})
    zhang = members.enrol_member(
        SYSTEM, identities={"phone": ZHANG_PHONE}, name="张小明", home_store=a1
    )
    li = members.enrol_member(SYSTEM, identities={"phone": LI_PHONE}, name="李华", home_store=b1)
    return Brand(
        east, north, anhe, baichuan, direct, a1, a2, b1, pos, mini, tea, rice, milk, zhang, li
    )


def build_store(code: str, region: Region, franchisee: Franchisee | None = None) -> Store:
    store = Store(code=code, name=f"{code}店", name_en=code, region=region, franchisee=franchisee)
    return open_store(SYSTEM, store, opened_on=OPENED_ON)


def build_sku(
    code: str, name: str, category: Category, amount: int, *, unit: str = "each", barcode: str = ""
) -> Sku:
    barcodes = [barcode] if barcode else []
    sku = products.create_sku(
        code=code, name=name, name_en=code.title(), category=category, unit=unit, barcodes=barcodes
    )
    products.set_base_price(SYSTEM, sku=sku, amount=amount)
    return sku


def price_on(price_list: PriceList, sku: Sku, amount: int | None, *, days: int = 0) -> Price:
    """What ``sku`` costs on a list from now on, or in so many days; None takes it off the list."""
    starts_at = clock.now() + timedelta(days=days) if days else None
    products.set_price(
        SYSTEM, sku=sku.code, price_list=price_list.code, amount=amount, starts_at=starts_at
    )
    return Price.objects.filter(price_list=price_list, sku=sku).latest("id")


def without_price(sku: Sku) -> None:
    """Nothing has a base price any more but what it cost before."""
    products.set_price(SYSTEM, sku=sku.code, amount=None)


def amounts_now() -> dict[tuple[str, str], int]:
    """What costs how much at present: by SKU code and code of the list."""
    held = present_prices(Price.objects.all())
    found = held.values_list("sku__code", "price_list__code", "amount")
    return {(sku, price_list): amount for sku, price_list, amount in found}


def cost_of(sku: Sku, amount: int, *, supplier: str = "FARM", days: int = 0) -> SupplierCost:
    """What a unit costs from a supplier from now on, or in so many days."""
    names = {"name": "农场", "name_en": supplier.title()}
    row, _made = Supplier.objects.get_or_create(code=supplier, defaults=names)
    starts_at = clock.now() + timedelta(days=days) if days else None
    kept = products.set_cost(SYSTEM, sku=sku, supplier=row, amount=amount, starts_at=starts_at)
    assert kept is not None
    return kept


def place_of(store: Store) -> Place:
    day = clock.business_day(clock.now(), store.time_zone)
    return Place(store.pk, store.franchisee_id, store.region_id, day)


def stock_up(store: Store, quantities: dict[Sku, int]) -> None:
    """Goods arrive at ``store`` from the supplier."""
    received = {sku.pk: Decimal(quantity) for sku, quantity in quantities.items()}
    inventory.receive(
        place_of(store), received, reference=f"RCV-{secrets.token_hex(6)}", at=clock.now()
    )


def build_staff(username: str, role: str, **scope: object) -> User:
    """A staff user with one assignment; ``scope`` is region=, franchisee= or store=."""
    head_office = roles.ROLE_SCOPE[role] is Scope.ALL or role == roles.REGIONAL_MANAGER
    user = User.objects.create_user(
        username, PASSWORD, display_name=username.title(), is_staff=head_office
    )
    org_services.assign_role(SYSTEM, user, role, **scope)  # type: ignore[arg-type]
    return user


def staff_actor(username: str, role: str, **scope: object) -> Actor:
    return org.actor_of_user(build_staff(username, role, **scope))


def clerk_at(store: Store, username: str = "clerk") -> Actor:
    return staff_actor(username, roles.CLERK, store=store)


def staff_token(user: User) -> str:
    token, _row = accounts.issue_staff_token(user)
    return token


def member_actor(member: Member) -> Actor:
    return actor_of_token(members.issue_member_token(member))


def actor_of_token(token: str) -> Actor:
    actor = member_selectors.member_by_token(token)
    assert actor is not None
    return actor


def once(actor: Actor, key: str = "") -> Once:
    """A fresh idempotency claim, or the one named."""
    return Once(actor.caller, key or secrets.token_hex(8), "0" * 64)


def sale_of(
    store: Store,
    lines: dict[str, str],
    total: int,
    *,
    member: Member | None = None,
    channel: str = "pos",
) -> OrderRequest:
    """A counter sale paid in cash: SKU code → quantity as text, and the total that was shown."""
    return OrderRequest(
        store=store.code,
        channel=channel,
        lines=[LineRequest(sku, Decimal(quantity)) for sku, quantity in lines.items()],
        shown_total=total,
        member=member.number if member else None,
        tenders=[TenderDraft("cash", total)],
    )


def unpaid_order_of(
    store: Store, lines: dict[str, str], total: int, *, member: Member | None = None
) -> OrderRequest:
    """An order from the mini-program that waits for payment."""
    return OrderRequest(
        store=store.code,
        channel="mini",
        lines=[LineRequest(sku, Decimal(quantity)) for sku, quantity in lines.items()],
        shown_total=total,
        member=member.number if member else None,
    )


def grounds(**given: object) -> Grounds:
    """Why, and what shows it."""
    said = {"reason": "complaint settled", "evidence": "call of 24 November, recorded"} | given
    return Grounds(**said)  # type: ignore[arg-type]


def ask_for_points(actor: Actor, member: Member, points: int) -> str:
    """The number of a request to add points to a member, or to take some."""
    payload = {"member": member.number, "points": points}
    asked = request_approval(actor, "points.adjust", payload, grounds(), once(actor))
    return str(asked["number"])


def ask_for_role(actor: Actor, user: User, role: str, **payload: object) -> str:
    """The number of a request to give a person a role; rows by code, times as RFC 3339."""
    given = {"user": user.username, "role": role} | payload
    asked = request_approval(actor, "staff.grant_role", given, grounds(), once(actor))
    return str(asked["number"])


def build_warehouse(code: str, region: Region) -> Warehouse:
    return open_warehouse(SYSTEM, Warehouse(code=code, name=f"{code}仓", region=region))


def store_client(name: str, stores: list[Store]) -> ApiClient:
    """An application that sells at these stores."""
    scopes = ["orders.place", "orders.see", "payments.take"]
    client, _key = org_services.create_client(SYSTEM, name=name, scopes=scopes)
    for store in stores:
        org_services.bind_client(SYSTEM, client, store)
    return client


def build_job(owner: User, *, number: str) -> Job:
    """An import of prices whose file has not been checked yet."""
    now = clock.now()
    return Job.objects.create(
        number=number,
        kind=Job.Kind.IMPORT,
        subject="products.prices",
        owner=owner,
        office="admin" if owner.is_staff else "portal",
        status=Job.Status.DRAFT,
        created_at=now,
        expires_at=now + timedelta(days=30),
    )
