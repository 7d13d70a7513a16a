"""Rows of every kind, ``count`` of each, made through services where the product has one."""

from datetime import timedelta

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import AccessCase, AuditSeal, User
from apps.common import clock, limits
from apps.common.models import Heartbeat
from apps.demo.models import DemoLoad
from apps.flows.approvals import request_approval
from apps.flows.open_warehouse import open_warehouse
from apps.flows.place_order import place_order
from apps.loyalty import services as loyalty
from apps.members import services as members
from apps.members.models import Member
from apps.orders.models import LineAdjustment, OrderLine
from apps.org import rules as roles
from apps.org import selectors
from apps.org import services as org
from apps.org.models import (
    Channel,
    ChannelStore,
    Franchisee,
    Region,
    StoreGroup,
    StoreGroupMember,
    StoreHours,
    Warehouse,
)
from apps.payments.models import Payment
from apps.products import services as products
from apps.products.models import (
    Attribute,
    Audience,
    Category,
    CategoryAttribute,
    PriceGuard,
    PriceList,
    TaxClass,
    TaxRate,
    UndercutCode,
    WeighedPrefix,
)
from tests import builders
from tests.builders import Brand, once, sale_of, unpaid_order_of


def add_plenty(brand: Brand, first: int, last: int) -> None:
    """Rows numbered from ``first`` to before ``last`` in every table."""
    clerk = builders.clerk_at(brand.a1, f"clerk{first}")
    asker = User.objects.create(username=f"worker{first}")
    org.assign_role(builders.SYSTEM, asker, roles.CUSTOMER_SERVICE)
    builders.stock_up(brand.a1, {brand.tea: 5 * (last - first)})
    for number in range(first, last):
        _organisation(brand, number)
        _catalogue(brand, number)
        member = members.enrol_member(
            builders.SYSTEM,
            identities={"phone": f"1370000{number:04}", "card": f"CARD{number:04}"},
            name=f"王{number}",
            home_store=brand.a1,
        )
        token = members.issue_member_token(member)
        members.give_consent(builders.actor_of_token(token), "me", store_code="A2", identities={})
        place_order(
            clerk, unpaid_order_of(brand.a1, {"TEA": "1"}, 1999, member=member), once(clerk)
        )
        place_order(clerk, sale_of(brand.a1, {"TEA": "1"}, 1999, member=member), once(clerk))
        later = clock.now() + timedelta(days=1000)
        loyalty.expire_lots(member.pk, now=later, time_zone="Asia/Shanghai")
        _approval(selectors.actor_of_user(asker), member)
        _look(selectors.actor_of_user(asker), member, number)
        Heartbeat.objects.create(name=f"worker{number}", at=clock.now())
        _seal(number)
        limits.take(f"plenty:{number}", limits.Limit(burst=1, seconds=1))
        limits.spend(f"plenty:{number}")
        for owner in User.objects.filter(is_staff=True):
            builders.build_job(owner, number=f"J{number}-{owner.pk}")
        DemoLoad.objects.create(source=f"s{number}", shift_weeks=1, started_at=clock.now())
    for line in OrderLine.objects.filter(adjustments=None):
        LineAdjustment.objects.create(line=line, kind="shelf", source="", amount=1)


def _approval(actor: Actor, member: Member) -> None:
    call = accounts.EvidenceFile("来电.pdf", "application/pdf", b"%PDF-1.7")
    payload = {"member": member.number, "points": 5}
    request_approval(
        actor,
        "points.adjust",
        payload,
        builders.grounds(reason="投诉", evidence="来电有录音", files=[call]),
        once(actor),
    )


def _look(actor: Actor, member: Member, number: int) -> None:
    """Somebody looks, and somebody else has looked too often."""
    members.reveal(actor, member.number, fields=["phone"], reason="回电", via="admin")
    now = clock.now()
    AccessCase.objects.create(
        actor_kind="staff",
        actor_id=1_000_000 + number,
        actor_label=f"clerk{number}",
        opened_at=now,
        covers_until=now + timedelta(hours=1),
    )


def _seal(number: int) -> None:
    """As a sweep would have left it; what one transaction writes, none of its own can seal."""
    AuditSeal.objects.create(
        number=number + 1,
        line_ids=[],
        line_count=0,
        upto_transaction=1,
        after_line=0,
        last_line=0,
        cluster=1,
        previous="",
        hash=f"{number:064}",
        sealed_at=clock.now(),
    )


def _organisation(brand: Brand, number: int) -> None:
    region = Region.objects.create(code=f"R{number}", name=f"区{number}")
    owner = Franchisee.objects.create(code=f"F{number}", name=f"商{number}")
    store = builders.build_store(f"S{number}", region, owner)
    open_warehouse(builders.SYSTEM, Warehouse(code=f"W{number}", name="仓", region=region))
    channel = Channel.objects.create(
        code=f"c{number}", name=f"渠道{number}", kind="marketplace", serves="named"
    )
    ChannelStore.objects.create(channel=channel, store=store)
    group = StoreGroup.objects.create(code=f"G{number}", name=f"组{number}")
    StoreGroupMember.objects.create(group=group, store=store)
    StoreHours.objects.create(store=store, weekday=1, opens_at="08:00", closes_at="22:00")
    user = User.objects.create(username=f"person{number}")  # no password: hashing them takes long
    org.assign_role(builders.SYSTEM, user, roles.CLERK, store=store)
    accounts.issue_staff_token(user)
    accounts.sessions.begin(user, site="admin", device="收银机", factor="")
    client, _key = accounts.create_api_client(
        builders.SYSTEM, name=f"app{number}", scopes=["orders.see"]
    )
    org.bind_client(builders.SYSTEM, client, store)
    org.bind_channel(builders.SYSTEM, client, channel)


def _catalogue(brand: Brand, number: int) -> None:
    category = Category.objects.create(code=f"K{number}", name=f"类{number}")
    sku = builders.build_sku(
        f"SKU{number}", f"货{number}", category, 100, barcode=f"20{number:011}"
    )
    WeighedPrefix.objects.get_or_create(
        prefix=f"2{number % 10}", defaults={"value": "weight", "decimals": 3}
    )
    builders.stock_up(brand.a1, {sku: 10})
    price_list = PriceList.objects.create(code=f"P{number}", name=f"价{number}")
    builders.price_on(price_list, sku, 90)
    group = TaxClass.objects.create(code=f"T{number}", name=f"税{number}")
    TaxRate.objects.create(tax_class=group, basis_points=1300, starts_on="2026-01-01")
    PriceGuard.objects.create(sku=sku, floor=50)
    UndercutCode.objects.create(
        code=f"U{number}",
        sku=sku,
        lowest=40,
        uses=1,
        valid_until=clock.now(),
        approval=f"A{number}",
    )
    builders.cost_of(sku, 60, supplier=f"D{number}")
    Audience.objects.create(code=f"A{number}", name=f"群{number}", kind="tier")
    attribute = Attribute.objects.create(code=f"Q{number}", name=f"属性{number}", type="date")
    CategoryAttribute.objects.create(category=category, attribute=attribute)
    rule = products.GivenRule("include", sku=sku.code, store="A1")
    products.set_assortment_rule(builders.SYSTEM, rule, reason="试销")


def make_refund_due(payment: Payment) -> None:
    """A capture that came too late, as settlement leaves it."""
    Payment.objects.filter(pk=payment.pk).update(status="refund_due")
