"""Where a document may be written: store and channel, asked in one statement."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import DomainError
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Channel, ChannelStore, Store
from tests import builders
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def clerk(brand: Brand) -> Actor:
    return builders.clerk_at(brand.a1)


def ask(actor: Actor, store: str = "A1", channel: str = "pos") -> org.SellingPoint:
    """Held and read alike, each in one statement."""
    with CaptureQueriesContext(connection) as asked:
        held = org.hold_selling_point(
            actor, "orders.place", store_code=store, channel_code=channel, at=clock.now()
        )
        read = org.require_selling_point(
            actor, "orders.place", store_code=store, channel_code=channel, at=clock.now()
        )
    assert held == read
    assert len(asked) == 2
    return held


def code_of(actor: Actor, store: str = "A1", channel: str = "pos") -> str:
    with pytest.raises(DomainError) as raised:
        ask(actor, store, channel)
    return raised.value.code


def test_a_point_carries_owner_region_and_day(brand: Brand, clerk: Actor) -> None:
    point = ask(clerk)

    assert (point.store_id, point.franchisee_id, point.region_id) == (
        brand.a1.pk,
        brand.anhe.pk,
        brand.east.pk,
    )
    assert point.business_day == clock.business_day(clock.now(), "Asia/Shanghai")
    assert (point.channel_id, point.channel_kind) == (brand.pos.pk, "pos")


def test_a_channel_of_named_stores_serves_those(brand: Brand, clerk: Actor) -> None:
    Channel.objects.filter(code="pos").update(serves="named")
    assert code_of(clerk) == "channel_not_at_store"

    ChannelStore.objects.create(channel=brand.pos, store=brand.a2)
    assert code_of(clerk) == "channel_not_at_store"
    ChannelStore.objects.create(channel=brand.pos, store=brand.a1)

    assert ask(clerk).channel_id == brand.pos.pk
    assert ask(clerk, channel="mini").channel_id == brand.mini.pk


@pytest.mark.parametrize(
    ("status", "code"), [("frozen", "store_frozen"), ("closed", "store_closed")]
)
def test_a_store_that_does_not_trade(brand: Brand, clerk: Actor, status: str, code: str) -> None:
    Store.objects.filter(code="A1").update(status=status)

    assert code_of(clerk) == code


def test_foreign_and_missing_come_before_everything_else(brand: Brand, clerk: Actor) -> None:
    Store.objects.update(status="closed")
    Channel.objects.filter(code="mini").update(is_active=False)

    assert code_of(clerk, store="B1") == code_of(clerk, store="NOWHERE") == "store_not_found"
    assert code_of(clerk, channel="mini") == code_of(clerk, channel="none") == "channel_not_found"


def test_an_application_sells_through_the_channels_it_is_bound_to(brand: Brand) -> None:
    client, key = org_services.create_client(SYSTEM, name="app", scopes=["orders.place"])
    org_services.bind_client(SYSTEM, client, brand.a1)
    org_services.bind_channel(SYSTEM, client, brand.mini)
    actor = org.client_by_key(key)
    assert actor is not None

    assert ask(actor, channel="mini").channel_id == brand.mini.pk
    assert code_of(actor) == "channel_not_found"
    assert code_of(actor, store="A2", channel="mini") == "store_not_found"


def test_the_new_owner_sells_from_the_first_moment_and_the_old_one_no_more(brand: Brand) -> None:
    """By the tenure of the day, before the store shows it."""
    day = clock.business_day(clock.now(), brand.a1.time_zone)
    terms = org_services.Terms(brand.east, brand.baichuan, "")
    org_services.begin_tenure(brand.a1, terms, on=day)
    old = builders.staff_actor("old", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    new = builders.staff_actor("new", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)

    def point(actor: Actor) -> org.SellingPoint:
        return org.require_selling_point(
            actor, "orders.place", store_code="A1", channel_code="pos", at=clock.now()
        )

    assert point(new).franchisee_id == brand.baichuan.pk
    till, key = org_services.create_client(SYSTEM, name="till", scopes=["orders.place"])
    org_services.bind_client(SYSTEM, till, brand.a1)  # the brand's, whoever owns the store
    by_till = org.client_by_key(key)
    assert by_till is not None
    assert point(by_till).franchisee_id == brand.baichuan.pk
    for former in (old, builders.clerk_at(brand.a1)):
        with pytest.raises(org.StoreNotFound):
            point(former)


def test_a_store_that_nobody_owns_on_the_day(brand: Brand, clerk: Actor) -> None:
    before = clock.start_of_day(builders.OPENED_ON, "Asia/Shanghai") - timedelta(seconds=1)

    with pytest.raises(org.StoreNotTrading) as raised:
        org.require_selling_point(
            clerk, "orders.place", store_code="A1", channel_code="pos", at=before
        )

    assert raised.value.fields == {"store": "A1", "day": "2009-12-31"}
