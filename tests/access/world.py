"""The data of the matrix: the brand with the same things on either side, and every caller.

Side A is store A1 of owner ANHE in region EAST, with the member Zhang; side B is store B1 of owner
BAICHUAN in region NORTH, with the member Li. What side B has is shown to nobody of side A.
"""

from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model

from apps.accounts import services as accounts
from apps.accounts.models import (
    AccessCase,
    ApiClient,
    Approval,
    AuditLine,
    AuditSeal,
    ClientSecret,
    PersonalDataAccess,
    SecondFactor,
    StaffSession,
    StaffToken,
    User,
)
from apps.accounts.services import EvidenceFile, Grounds
from apps.common import clock
from apps.common.models import Bucket, Heartbeat, IdempotencyRecord, SpentValue
from apps.demo.models import DemoLoad
from apps.flows.approvals import request_approval
from apps.flows.cancel_order import cancel_order
from apps.flows.open_warehouse import open_warehouse
from apps.flows.pay_order import pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.receive_notice import receive_notice
from apps.insights import services as insights
from apps.inventory import services as inventory
from apps.inventory.models import Location, Movement, Reservation, Stock
from apps.jobs.models import JobFile
from apps.loyalty import services as loyalty
from apps.loyalty.models import LotDraw, PointsAccount, PointsEntry, PointsLot
from apps.members import services as members
from apps.members.models import Member
from apps.orders.models import LineAdjustment, Order, OrderEvent, OrderLine
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import (
    ChannelStore,
    ClientChannel,
    RoleAssignment,
    Store,
    StoreGroup,
    StoreGroupMember,
    StoreHours,
    Tenure,
    Warehouse,
)
from apps.payments.models import Payment, PaymentEvent, Tender
from apps.payments.services import CaptureNotice
from apps.products import services as products
from apps.products.models import (
    Attribute,
    Audience,
    Barcode,
    Category,
    PriceGuard,
    PriceList,
    Product,
    Sku,
    Supplier,
    TaxClass,
    TaxRate,
    UndercutCode,
    WeighedPrefix,
)
from tests import builders
from tests.access.wire import digest, untouched
from tests.builders import SYSTEM, Brand, once, sale_of, unpaid_order_of
from tests.offices.pages import signed_in

STORE = {"A": "A1", "B": "B1"}
Pair = dict[str, Model]
"""Side → row."""


@dataclass(frozen=True)
class Caller:
    """Who asks: what they send, whose rows are theirs, and what they may do there."""

    name: str
    sides: str = ""
    actions: frozenset[str] = frozenset()
    bearer: str = ""
    session: str = ""
    own: str = ""
    """Their own name, which they may always be told."""

    @property
    def api(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.bearer}"} if self.bearer else {}

    @property
    def office(self) -> dict[str, str]:
        """A browser with a session; who has none sends what they have."""
        return {"cookie": f"sessionid={self.session}"} if self.session else self.api


@dataclass
class World:
    """Everything by name: ``keys`` for addresses of the API, ``rows`` by model for those of offices."""

    brand: Brand
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, Pair] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)

    def add(self, side: str, *rows: Model) -> None:
        for row in rows:
            self.rows.setdefault(row._meta.label_lower, {})[side] = row


MISSING = {
    "order": "S26010100000000",
    "unpaid": "S26010100000000",
    "payment": "P26010100000000",
    "approval": "AP260101000000",
    "member": "123456789012",
    "phone": "13611112222",
    "store": "NOWHERE",
    "sku": "NONSENSE",
}
PHONES = {"A": builders.ZHANG_PHONE, "B": builders.LI_PHONE}


def build_world() -> World:
    world = World(builders.build_brand())
    world.keys["missing"] = MISSING
    _name_places(world)
    for side in "AB":
        _trade(world, side)
        _keep_catalogue(world, side)
    _users(world)
    _applications(world)
    _platform(world)
    _members(world)
    later = clock.now() + timedelta(days=1)  # or the first request of each minute would note itself
    StaffSession.objects.update(last_seen_at=later)
    ClientSecret.objects.update(last_used_at=later)
    ApiClient.objects.update(last_used_at=later)
    insights.refresh(now=clock.now())
    untouched[:] = [digest()]
    return world


def _side(world: World, side: str) -> tuple[Store, Member]:
    brand = world.brand
    return (brand.a1, brand.zhang) if side == "A" else (brand.b1, brand.li)


def _name_places(world: World) -> None:
    """Names that stand nowhere else, so that one of them on a page is a row of its side."""
    brand = world.brand
    for side, region, owner in (("A", brand.east, brand.anhe), ("B", brand.north, brand.baichuan)):
        store, _member = _side(world, side)
        for row in (region, owner, store):
            kind = row._meta.model_name
            type(row)._default_manager.filter(pk=row.pk).update(
                name=f"{side}边的{kind}", name_en=f"Canary{side}{kind}"
            )
            row.refresh_from_db()
            world.add(side, row)
        warehouse = Warehouse(
            code=f"WH-CANARY-{side}", name=f"{side}边的仓", name_en=f"Ware{side}", region=region
        )
        tenure = Tenure.objects.filter(store=store).latest("id")
        hours = StoreHours.objects.create(
            store=store, weekday=1, opens_at=time(9, 0), closes_at=time(21, 0)
        )
        served = ChannelStore.objects.create(store=store, channel=brand.pos)
        world.add(side, open_warehouse(SYSTEM, warehouse), tenure, hours, served)


def _trade(world: World, side: str) -> None:
    """A counter sale, an unpaid order, a cancelled one and one paid through the provider."""
    store, member = _side(world, side)
    builders.stock_up(store, {world.brand.milk: 10_000})
    received = {world.brand.milk.pk: Decimal(5)}
    reference = f"RCV-CANARY-{side}"
    inventory.receive(builders.place_of(store), received, reference=reference, at=clock.now())
    seller = builders.staff_actor(f"seller_{side.lower()}", rules.STORE_MANAGER, store=store)
    goods, total = ({"TEA": "1"}, 1999) if side == "A" else ({"RICE": "2"}, 1700)
    numbers = [
        str(place_order(seller, request, once(seller))["number"])
        for request in (
            sale_of(store, goods, total, member=member),
            unpaid_order_of(store, {"MILK": "1"}, 300, member=member),
            unpaid_order_of(store, {"MILK": "2"}, 600, member=member),
            unpaid_order_of(store, {"MILK": "3"}, 900, member=member),
        )
    ]
    sold, unpaid, cancelled, paid = (Order.objects.get(number=number) for number in numbers)
    cancel_order(seller, cancelled.number, reason=f"cancel-canary-{side}", once=once(seller))
    opened = pay_with_provider(seller, paid.number, once(seller))
    receive_notice(CaptureNotice("sandbox", f"ref-canary-{side}", str(opened["number"]), 900))
    world.keys[side] = {
        "order": sold.number,
        "unpaid": unpaid.number,
        "payment": Payment.objects.get(order=sold).number,
        "member": member.number,
        "phone": PHONES[side],
        "store": store.code,
        "sku": "TEA" if side == "A" else "RICE",
    }
    adjustment = LineAdjustment.objects.create(
        line=sold.lines.get(), kind="shelf", source=f"shelf-canary-{side}", amount=1
    )
    later = clock.now() + timedelta(days=1000)
    loyalty.expire_lots(member.pk, now=later, time_zone="Asia/Shanghai")
    _add_documents(world, side, sold, cancelled)
    movement = Movement.objects.get(reference=reference)
    world.rows.setdefault("orders.order unpaid", {})[side] = unpaid
    event = PaymentEvent.objects.filter(provider_ref=f"ref-canary-{side}").earliest("id")
    reservation = Reservation.objects.get(order=unpaid)
    world.add(side, sold, adjustment, movement, event, reservation)


def _add_documents(world: World, side: str, sold: Order, cancelled: Order) -> None:
    store, member = _side(world, side)
    members.issue_member_token(member)
    phone = {"phone": PHONES[side]}
    given = members.give_consent(SYSTEM, member.number, store_code=store.code, identities=phone)
    world.add(
        side,
        member,
        given.row,
        member.identities.get(),
        member.tokens.get(),
        OrderLine.objects.get(order=sold),
        OrderEvent.objects.get(order=cancelled, to_status="cancelled"),
        Location.objects.get(store=store),
        Stock.objects.get(sku=world.brand.milk, location__store=store),
        Payment.objects.get(order=sold),
        Tender.objects.get(payment__order=sold),
        PointsAccount.objects.get(member=member),
        PointsEntry.objects.get(order=sold),
        PointsLot.objects.get(entry__order=sold),
        LotDraw.objects.filter(entry__member=member).earliest("id"),
    )


def _keep_catalogue(world: World, side: str) -> None:
    """The catalogue is the brand's: two rows of each kind, of neither side."""
    sku = world.brand.tea if side == "A" else world.brand.rice
    category = Category.objects.create(code=f"SORT{side}", name=f"类{side}", name_en=f"Sort {side}")
    prices = PriceList.objects.create(code=f"LIST{side}", name=f"价{side}", name_en=f"List {side}")
    crowd = Audience.objects.create(
        code=f"CROWD{side}", name=f"群{side}", name_en=f"Crowd {side}", kind="tier"
    )
    barcode = Barcode.objects.create(sku=sku, code=f"69999999990{1 if side == 'A' else 2}")
    Barcode.objects.filter(pk=barcode.pk).update(code=f"{barcode.code}0")
    barcode.refresh_from_db()
    price = builders.price_on(prices, sku, 90)
    channel = world.brand.pos if side == "A" else world.brand.mini
    scale = WeighedPrefix.objects.create(
        prefix="28" if side == "A" else "29", value="weight", decimals=1
    )
    WeighedPrefix.objects.filter(pk=scale.pk).update(decimals=3)
    scale.refresh_from_db()
    world.add(side, sku, sku.product, category, prices, crowd, barcode, price, channel, scale)
    _assortment(world, side, sku)
    _price_over_time(world, side, sku)
    _guard_and_tax(world, side, sku, category)
    _products_by_status(world, side)


def _products_by_status(world: World, side: str) -> None:
    """One product of each status but active, and an attribute that says something of them."""
    attribute = Attribute.objects.create(
        code=f"ATTR{side}", name=f"属性{side}", name_en=f"Attribute {side}"
    )
    world.add(side, attribute)
    category = Category.objects.create(code=f"SHELF{side}", name=f"架{side}")
    for status in ("draft", "review", "retired"):
        row = Product.objects.create(
            code=f"{status.upper()}{side}", name=f"货{side}", category=category, status=status
        )
        world.rows.setdefault(f"products.product {status}", {})[side] = row


def _assortment(world: World, side: str, sku: Sku) -> None:
    """A group of stores, a rule of the store that holds, and one that waits."""
    store, _member = _side(world, side)
    group = StoreGroup.objects.create(
        code=f"GROUP{side}", name=f"组{side}", name_en=f"Group {side}"
    )
    member = StoreGroupMember.objects.create(group=group, store=store)
    given = products.GivenRule("include", sku=sku.code, store=store.code)
    waiting = replace(given, starts_at=clock.now() + timedelta(days=2000))
    kept, waits = (
        products.set_assortment_rule(SYSTEM, one, reason=f"rule-canary-{side}")
        for one in (given, waiting)
    )
    world.rows.setdefault("products.assortmentrule waiting", {})[side] = waits
    world.add(side, group, member, kept)


def _price_over_time(world: World, side: str, sku: Sku) -> None:
    """A list that holds, a price and a cost that have begun, and others that wait."""
    held = PriceList.objects.create(
        code=f"HELD{side}", name=f"行{side}", status="released", priority=1 + "AB".index(side)
    )
    supplier = Supplier.objects.create(
        code=f"supplier-{side}", name=f"{side}边的供应商", name_en=f"Supplier canary {side}"
    )
    own = {"sku": sku, "supplier": supplier}
    cost = products.set_cost(SYSTEM, **own, amount=70, reason=f"cost-canary-{side}")
    later = clock.now() + timedelta(days=2000)
    waits = products.set_cost(SYSTEM, **own, amount=75, starts_at=later)
    assert cost is not None
    assert waits is not None
    for label, row in {
        "products.pricelist released": held,
        "products.price waiting": builders.price_on(held, sku, 95, days=2000),
        "products.suppliercost waiting": waits,
    }.items():
        world.rows.setdefault(label, {})[side] = row
    world.add(side, supplier, cost)


def _guard_and_tax(world: World, side: str, sku: Sku, category: Category) -> None:
    group = TaxClass.objects.create(code=f"TAX{side}", name=f"税{side}", name_en=f"Tax {side}")
    rate = TaxRate.objects.create(tax_class=group, basis_points=1300, starts_on="2026-01-01")
    guard = PriceGuard.objects.create(category=category, lowest=5000)
    undercut = UndercutCode.objects.create(
        code=f"UNDERCUT-{side}", sku=sku, lowest=50, uses=1, approval=f"AP-CANARY-{side}",
        valid_until=clock.now() + timedelta(days=1),
    )  # fmt: skip
    world.add(side, group, rate, guard, undercut)


def _users(world: World) -> None:
    brand = world.brand
    scoped: dict[str, tuple[str, str, dict[str, Any]]] = {
        "clerk_a": ("A", rules.CLERK, {"store": brand.a1}),
        "manager_a": ("A", rules.STORE_MANAGER, {"store": brand.a1}),
        "owner_a": ("A", rules.FRANCHISE_OWNER, {"franchisee": brand.anhe}),
        "owner_b": ("B", rules.FRANCHISE_OWNER, {"franchisee": brand.baichuan}),
        "east": ("A", rules.REGIONAL_MANAGER, {"region": brand.east}),
        "admin": ("AB", rules.HEAD_OFFICE_ADMIN, {}),
        "operat.": ("AB", rules.OPERATIONS, {}),
        "finance": ("AB", rules.FINANCE, {}),
        "service": ("AB", rules.CUSTOMER_SERVICE, {}),
        "auditor": ("AB", rules.AUDITOR, {}),
    }
    for name, (sides, role, scope) in scoped.items():
        user = builders.build_staff(f"user-{name}", role, **scope)
        world.users[name] = user
        world.callers[name] = _staff(name, user, sides, rules.ROLE_ACTIONS[role])
    User.objects.create_user("newhand", builders.PASSWORD)
    ended = _staff("revoked", world.users["admin"], "", frozenset())
    accounts.revoke_staff_token(token=ended.bearer)
    world.callers["revoked"] = Caller("revoked", bearer=ended.bearer, session="0" * 32)
    world.callers["anonymous"] = Caller("anonymous")
    for side, name in (("A", "clerk_a"), ("B", "owner_b")):
        user = world.users[name]
        tokens = StaffToken.objects.filter(user=user)
        begun = StaffSession.objects.filter(user=user).earliest("id")
        world.add(side, user, RoleAssignment.objects.get(user=user), tokens.earliest("id"), begun)
        job = builders.build_job(user, number=f"JOBCANARY{side}")
        for role in JobFile.Role.values:
            JobFile.objects.create(
                job=job, role=role, name=f"{role}.csv", size=0, created_at=job.created_at
            )
        world.add(side, job)
        _two_persons(world, side)


def _two_persons(world: World, side: str) -> None:
    """A request by a partner of the owner, somebody with a second factor, and a look at a member."""
    store, member = _side(world, side)
    owner = {"franchisee": store.franchisee}
    partner = builders.build_staff(f"partner-{side}", rules.FRANCHISE_OWNER, **owner)
    hand = builders.build_staff(f"keeper-{side}", rules.CLERK, store=store)
    SecondFactor.objects.create(
        user=hand, secret_cipher=b"none", last_step=0, enrolled_at=clock.now()
    )
    world.rows.setdefault("accounts.user with factor", {})[side] = hand
    actor = org.actor_of_user(partner)
    payload = {"user": hand.username, "role": rules.STORE_MANAGER, "store": store.code}
    paper = EvidenceFile(
        f"paper-canary-{side}.pdf", "application/pdf", b"%PDF-1.7 " + side.encode()
    )
    grounds = Grounds(f"asked-canary-{side}", f"evidence-canary-{side}", "", (paper,))
    asked = request_approval(actor, "staff.grant_role", payload, grounds, once(actor))
    approval = Approval.objects.get(number=asked["number"])
    world.keys[side]["approval"] = approval.number
    world.add(side, approval, approval.files.get())
    service = org.actor_of_user(world.users["service"])
    why = f"look-canary-{side}"
    members.reveal(service, member.number, fields=["phone"], reason=why, via="api")
    world.add(side, PersonalDataAccess.objects.get(reason=why))


def _staff(name: str, user: User, sides: str, actions: frozenset[str]) -> Caller:
    cookie = signed_in(user).cookies["sessionid"].value
    return Caller(name, sides, actions, builders.staff_token(user), cookie)


def _applications(world: World) -> None:
    scopes = sorted(rules.CLIENT_SCOPES)
    made = {
        "app": accounts.create_api_client(SYSTEM, name="till-canary", scopes=scopes, reach="brand"),
        "app_a1": accounts.create_api_client(SYSTEM, name="shop-canary", scopes=scopes),
        "app_b1": accounts.create_api_client(SYSTEM, name="kiosk-canary", scopes=scopes),
        "app_none": accounts.create_api_client(
            SYSTEM, name="idle-canary", scopes=[], reach="brand"
        ),
    }
    world.rows["accounts.apiclient unbound"] = dict.fromkeys("AB", made["app_none"][0])
    for name, sides in (("app", "AB"), ("app_a1", "A"), ("app_b1", "B"), ("app_none", "")):
        client, key = made[name]
        actions = rules.CLIENT_SCOPES if sides else frozenset()
        world.callers[name] = Caller(name, sides, frozenset(actions), bearer=key, own=client.name)
        if len(sides) == 1:
            store, _member = _side(world, sides)
            bound = org_services.bind_client(SYSTEM, client, store)
            channel: Any = world.rows["org.channel"][sides]
            through = ClientChannel.objects.create(client=client, channel=channel)
            other = world.brand.mini if sides == "A" else world.brand.pos
            ClientChannel.objects.create(client=client, channel=other)
            world.add(sides, client, bound, through, client.secrets.get())


def _members(world: World) -> None:
    for side, name in (("A", "member_a"), ("B", "member_b")):
        _store, member = _side(world, side)
        token = members.issue_member_token(member)
        world.callers[name] = Caller(
            name, side, rules.MEMBER_ACTIONS | {"members.see"}, bearer=token
        )


def _platform(world: World) -> None:
    """The platform's own records, of neither side."""
    for side in "AB":
        beat = Heartbeat.objects.create(name=f"beat-canary-{side}", at=clock.now())
        load = DemoLoad.objects.create(
            source=f"demo-canary-{side}", shift_weeks=1, started_at=clock.now()
        )
        record = IdempotencyRecord.objects.filter(caller__startswith="staff:").order_by("id")
        reason = f"audit-canary-{side}"
        accounts.record(SYSTEM, "org.open_store", target=("store", STORE[side]), reason=reason)
        line = AuditLine.objects.get(reason=reason)
        bucket = Bucket.objects.create(name=f"bucket-canary-{side}", level=1, at=clock.now())
        spent = SpentValue.objects.create(name=f"spent-canary-{side}", at=clock.now())
        seal = AuditSeal.objects.create(
            number=1 + "AB".index(side), line_ids=[], line_count=0, upto_transaction=0, after_line=0,
            last_line=0, cluster=0, previous="AB".index(side) * "0", hash=side.lower() * 64,
            sealed_at=clock.now(),
        )  # fmt: skip
        case = AccessCase.objects.create(
            actor_kind="staff", actor_id=0, actor_label=f"case-canary-{side}",
            opened_at=clock.now(), covers_until=clock.now(),
        )  # fmt: skip
        world.add(side, seal, case)
        number = "AB".index(side)
        world.add(side, beat, load, record[number], line, bucket, spent)
