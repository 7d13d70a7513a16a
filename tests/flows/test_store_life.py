"""A store through its life: opened, handed over, moved, frozen, closed; what each refuses and re-homes."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import ActionNotPermitted, DomainError
from apps.flows.cancel_order import cancel_order
from apps.flows.change_owner import change_owner, move_store
from apps.flows.close_store import LocationOfAnother, SuccessorIsItself, close_store
from apps.flows.freeze_store import StoreNotFrozen, freeze_store, unfreeze_store
from apps.flows.hand_over import DayPassed, NothingChanges
from apps.flows.open_store import open_store
from apps.flows.pay_order import pay_at_counter, pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.quote import QuoteRequest, quote
from apps.flows.receive_notice import receive_notice
from apps.flows.store_plan import StockLeft, StoreBusy, StoreTradedToday
from apps.flows.tasks import hand_over_stores
from apps.flows.withdraw_hand_over import NoHandOverScheduled, withdraw_hand_over
from apps.inventory.models import Location, Movement, Stock
from apps.inventory.selectors import LocationNotFound
from apps.members import services as members
from apps.members.models import Member, StoreConsent
from apps.orders.models import Order
from apps.orders.rules import LineRequest
from apps.org import rules
from apps.org.models import ClientBinding, RoleAssignment, Store, Tenure
from apps.org.selectors import (
    FranchiseeNotFound,
    RegionNotFound,
    StoreClosed,
    StoreFrozen,
    StoreNotFound,
    StoreNotTrading,
    actor_of_user,
    require_trading_store,
    tree_on,
)
from apps.org.services import TenureOverlaps
from apps.payments import services as payments
from apps.payments.rules import TenderDraft
from apps.payments.services import CaptureNotice
from tests import books, builders
from tests.builders import SYSTEM, Brand, once

pytestmark = pytest.mark.django_db
ZONE = "Asia/Shanghai"


def today() -> date:
    return clock.business_day(clock.now(), ZONE)


def tomorrow() -> date:
    return today() + timedelta(days=1)


@pytest.fixture
def brand() -> Iterator[Brand]:
    """Built a day ago, so that no store has a document of today; it is noon of tomorrow.

    Tomorrow, because the proof asks the database's own clock how long money has waited.
    """
    noon = clock.start_of_day(today(), ZONE) + timedelta(hours=36)
    with time_machine.travel(noon - timedelta(days=1)):
        built = builders.build_brand()
    with time_machine.travel(noon):
        yield built


@pytest.fixture
def admin(brand: Brand) -> Actor:
    return builders.staff_actor("admin", rules.HEAD_OFFICE_ADMIN)


def next_day() -> Any:
    return time_machine.travel(clock.now() + timedelta(days=1))


def tenures(store: Store) -> list[tuple[str | None, str, str, date, date | None]]:
    names = ("franchisee__code", "region__code", "contract", "starts_on", "ends_on")
    return list(Tenure.objects.filter(store=store).order_by("starts_on").values_list(*names))


def settings() -> list[Any]:
    """Everything about stores that a flow of theirs may change in place."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Store, Tenure, RoleAssignment, ClientBinding, Stock)
    ] + [list(Member.objects.order_by("pk").values_list("pk", "home_store"))]


def refused(refusal: type[DomainError], act: Callable[[], object]) -> DomainError:
    """The act is refused and has changed nothing."""
    before = settings()
    with books.unchanged(), pytest.raises(refusal) as raised:
        act()
    assert settings() == before
    assert type(raised.value) is refusal
    return raised.value


def shopper_order(brand: Brand, store: Store) -> str:
    shopper = builders.member_actor(brand.zhang)
    asked = builders.unpaid_order_of(store, {"TEA": "1"}, 1999)
    return str(place_order(shopper, asked, once(shopper))["number"])


def sold(store: Store, actor: Actor) -> Order:
    sale = builders.sale_of(store, {"TEA": "1"}, 1999)
    return Order.objects.get(number=place_order(actor, sale, once(actor))["number"])


def own(actor: Actor, store: Store, to: str | None, **more: Any) -> Callable[[], object]:
    return lambda: change_owner(actor, store.code, to=to, reason="sold", **more)


# Opening


def test_a_store_opens_under_its_first_owner(brand: Brand) -> None:
    store = Store(code="A9", name="九号店", region=brand.east, franchisee=brand.anhe)

    open_store(SYSTEM, store, contract="C-9")

    assert tenures(store) == [("ANHE", "EAST", "C-9", today(), None)]
    line = AuditLine.objects.get(action="org.open_store", object_key="A9")
    assert line.changes["contract"] == "C-9"


def test_nothing_is_sold_before_the_opening(brand: Brand) -> None:
    store = Store(code="A9", name="九号店", region=brand.east)
    open_store(SYSTEM, store, opened_on=tomorrow())
    goods = QuoteRequest("A9", "pos", [LineRequest("TEA", Decimal(1))])

    with pytest.raises(StoreNotTrading):
        quote(SYSTEM, goods)
    with next_day():
        assert quote(SYSTEM, goods)["total"] == 1999


# Another owner, another region


def test_a_conversion_of_today_hands_over_at_once(brand: Brand, admin: Actor) -> None:
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    assert sold(brand.a2, SYSTEM).franchisee == brand.anhe

    plan = change_owner(admin, "A1", to="BAICHUAN", contract="C-2", reason="sold")

    assert tenures(brand.a1) == [
        ("ANHE", "EAST", "", builders.OPENED_ON, today()),
        ("BAICHUAN", "EAST", "C-2", today(), None),
    ]
    brand.a1.refresh_from_db()
    assert brand.a1.franchisee == brand.baichuan
    assert actor_of_user(clerk).grants == ()
    assert plan.rehomed == {
        "open_orders": "0",
        "stock_skus": "3",
        "stock_quantity": "300",
        "assignments": "1",
        "bindings": "0",
        "members": "1",
    }
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key, line.reason) == ("org.change_owner", "A1", "sold")
    assert line.role == rules.HEAD_OFFICE_ADMIN
    assert line.changes == {
        "franchisee": ["ANHE", "BAICHUAN"],
        "contract": ["", "C-2"],
        "staff": ["clerk clerk"],
        "consents": 0,
        "day": str(today()),
    }
    owner = builders.staff_actor("new", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)
    assert sold(brand.a1, owner).franchisee == brand.baichuan
    assert books.differences() == {}


def test_a_direct_store_becomes_a_franchise_and_back(brand: Brand, admin: Actor) -> None:
    change_owner(admin, "D1", to="ANHE", contract="C-1", reason="franchised")
    with next_day():
        change_owner(admin, "D1", to=None, reason="bought back")

        assert [row[0] for row in tenures(brand.direct)] == [None, "ANHE", None]
        assert sold(brand.direct, admin).franchisee is None
        assert books.differences() == {}


def test_a_store_that_traded_today_is_handed_over_tomorrow(brand: Brand, admin: Actor) -> None:
    sold(brand.a1, admin)

    error = refused(StoreTradedToday, own(admin, brand.a1, "BAICHUAN"))

    assert error.fields["store_traded_today"] == 1
    assert error.fields["tomorrow"] == str(tomorrow())
    assert str(tomorrow()) in error.detail
    change_owner(admin, "A1", to="BAICHUAN", on=tomorrow(), reason="sold")


def test_a_receipt_of_today_is_a_document_too(brand: Brand, admin: Actor) -> None:
    builders.stock_up(brand.a1, {brand.tea: 1})

    assert refused(StoreTradedToday, own(admin, brand.a1, "BAICHUAN")).code == "store_traded_today"


def test_a_conversion_for_later_is_exact_before_the_sweep_has_run(
    brand: Brand, admin: Actor
) -> None:
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    first = sold(brand.a1, admin)
    change_owner(admin, "A1", to="BAICHUAN", on=tomorrow(), reason="sold")
    second = sold(brand.a1, admin)
    assert AuditLine.objects.filter(action="org.hand_over_store").count() == 0

    midnight = clock.start_of_day(tomorrow(), ZONE)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False):
        third = sold(brand.a1, admin)
    with time_machine.travel(midnight, tick=False):
        owner = builders.staff_actor("new", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)
        fourth = sold(brand.a1, owner)  # before the sweep
        brand.a1.refresh_from_db()
        assert brand.a1.franchisee == brand.anhe
        assert books.differences() == {}

    assert [order.franchisee for order in (first, second, third)] == [brand.anhe] * 3
    assert (fourth.franchisee, fourth.business_day) == (brand.baichuan, midnight_day(midnight))
    with time_machine.travel(midnight + timedelta(seconds=30)):
        hand_over_stores()
        brand.a1.refresh_from_db()
        assert brand.a1.franchisee == brand.baichuan
        assert actor_of_user(clerk).grants == ()
        line = AuditLine.objects.get(action="org.hand_over_store")
        assert (line.actor_kind, line.actor_label) == ("system", "hand-over")
        assert line.changes["staff"] == ["clerk clerk"]
        hand_over_stores()
        assert AuditLine.objects.filter(action="org.hand_over_store").count() == 1
        assert books.differences() == {}


def midnight_day(at: Any) -> date:
    return clock.business_day(at, ZONE)


def test_a_scheduled_hand_over_waits_for_open_orders(brand: Brand, admin: Actor) -> None:
    change_owner(admin, "A1", to="BAICHUAN", on=tomorrow(), reason="sold")
    midnight = clock.start_of_day(tomorrow(), ZONE)
    with time_machine.travel(midnight - timedelta(minutes=1)):
        number = shopper_order(brand, brand.a1)
    with time_machine.travel(midnight + timedelta(minutes=1)):
        hand_over_stores()
        brand.a1.refresh_from_db()
        assert brand.a1.franchisee == brand.anhe

        fresh = shopper_order(brand, brand.a1)  # the new owner's, and nothing to wait for
        cancel_order(admin, number, reason="gone", once=once(admin))
        hand_over_stores()

        brand.a1.refresh_from_db()
        assert brand.a1.franchisee == brand.baichuan
        owners = dict(Order.objects.values_list("number", "franchisee__code"))
        assert owners == {number: "ANHE", fresh: "BAICHUAN"}
        assert books.differences() == {}


def test_a_second_conversion_over_the_first_is_refused(brand: Brand, admin: Actor) -> None:
    later = tomorrow() + timedelta(days=5)
    change_owner(admin, "A1", to="BAICHUAN", on=later, reason="sold")

    for day in (None, tomorrow(), later):
        error = refused(TenureOverlaps, own(admin, brand.a1, None, on=day))
        assert error.code == "tenure_overlaps"
    change_owner(admin, "A1", to=None, on=later + timedelta(days=1), reason="bought back")
    assert [row[0] for row in tenures(brand.a1)] == ["ANHE", "BAICHUAN", None]


def test_what_was_written_down_can_be_taken_back_before_its_day(brand: Brand, admin: Actor) -> None:
    change_owner(admin, "A1", to="BAICHUAN", on=tomorrow(), reason="sold")

    withdraw_hand_over(admin, "A1", reason="the sale fell through")

    assert tenures(brand.a1) == [("ANHE", "EAST", "", builders.OPENED_ON, None)]
    line = AuditLine.objects.latest("id")
    assert line.action == "org.withdraw_hand_over"
    assert line.changes == {"franchisee": ["BAICHUAN", "ANHE"], "day": str(tomorrow())}
    refused(NoHandOverScheduled, lambda: withdraw_hand_over(admin, "A1", reason="again"))


def test_a_day_that_is_over_or_about_to_begin_is_refused(brand: Brand, admin: Actor) -> None:
    refused(DayPassed, own(admin, brand.a1, None, on=today() - timedelta(days=1)))
    midnight = clock.start_of_day(tomorrow(), ZONE)
    with time_machine.travel(midnight - timedelta(seconds=30)):
        refused(DayPassed, own(admin, brand.a1, None, on=midnight_day(midnight)))


def test_a_change_that_changes_nothing_is_refused_and_a_renewal_is_not(
    brand: Brand, admin: Actor
) -> None:
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    refused(NothingChanges, own(admin, brand.a1, "ANHE"))
    refused(NothingChanges, lambda: move_store(admin, "A1", region="EAST", reason="?"))

    change_owner(admin, "A1", to="ANHE", contract="renewed", reason="five more years")

    assert [row[2] for row in tenures(brand.a1)] == ["", "renewed"]
    assert len(actor_of_user(clerk).grants) == 1


def test_a_store_moves_to_another_region_and_its_staff_stay(brand: Brand, admin: Actor) -> None:
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)

    move_store(admin, "A1", region="NORTH", reason="new borders")

    order = sold(brand.a1, actor_of_user(clerk))
    assert (order.region, order.franchisee) == (brand.north, brand.anhe)
    assert AuditLine.objects.get(action="org.move_store").changes == {
        "region": ["EAST", "NORTH"],
        "day": str(today()),
    }
    assert books.differences() == {}


def test_an_owner_or_region_out_of_reach_is_as_one_that_is_not_there(brand: Brand) -> None:
    grant = Grant("?", frozenset({"org.manage"}), Scope.REGION, frozenset({brand.east.pk}))
    eastern = Actor(ActorKind.STAFF, 1, "eastern", (grant,))

    for region in ("NORTH", "NOWHERE"):
        refused(RegionNotFound, lambda: move_store(eastern, "A1", region=region, reason="?"))  # noqa: B023
    for owner in ("BAICHUAN", "NOBODY"):
        refused(FranchiseeNotFound, own(eastern, brand.a1, owner))
    for store in ("B1", "NOWHERE"):
        refused(StoreNotFound, lambda: freeze_store(eastern, store, reason="?"))  # noqa: B023


# What is open


def open_order(brand: Brand) -> dict[str, int]:
    shopper_order(brand, brand.a1)
    return {"orders_pending_payment": 1, "reservations_open": 1}


def captured_money(brand: Brand) -> dict[str, int]:
    shopper = builders.member_actor(brand.zhang)
    number = shopper_order(brand, brand.a1)
    payment = pay_with_provider(shopper, number, once(shopper))["number"]
    payments.record_capture(CaptureNotice("sandbox", "r1", payment, 1999))
    return {"orders_pending_payment": 1, "payments_unsettled": 1, "reservations_open": 1}


def money_to_give_back(brand: Brand) -> dict[str, int]:
    shopper = builders.member_actor(brand.zhang)
    number = shopper_order(brand, brand.a1)
    payment = pay_with_provider(shopper, number, once(shopper))["number"]
    cancel_order(shopper, number, reason="no", once=once(shopper))
    receive_notice(CaptureNotice("sandbox", "r1", payment, 1999))
    return {"payments_refund_due": 1}


OPEN = (open_order, captured_money, money_to_give_back)


@pytest.mark.parametrize("left_open", OPEN)
def test_what_is_open_stands_in_the_way_of_closing(
    brand: Brand, admin: Actor, left_open: Callable[[Brand], dict[str, int]]
) -> None:
    blockers = left_open(brand)

    error = refused(
        StoreBusy,
        lambda: close_store(admin, "A1", successor="A2", stock_to="A2", reason="lease ended"),
    )

    assert error.code == "store_busy"
    assert error.fields == {"store": "A1", **blockers}


@pytest.mark.parametrize("left_open", OPEN)
def test_what_is_open_stands_in_the_way_of_a_hand_over_today(
    brand: Brand, admin: Actor, left_open: Callable[[Brand], dict[str, int]]
) -> None:
    midnight = clock.start_of_day(tomorrow(), ZONE)
    with time_machine.travel(midnight - timedelta(minutes=2)):
        blockers = left_open(brand)

    with time_machine.travel(midnight + timedelta(minutes=2)):
        error = refused(StoreBusy, own(admin, brand.a1, "BAICHUAN"))

    assert error.fields == {"store": "A1", **blockers}


def test_money_to_give_back_stands_in_the_way_of_a_later_hand_over_too(
    brand: Brand, admin: Actor
) -> None:
    money_to_give_back(brand)

    error = refused(StoreBusy, own(admin, brand.a1, "BAICHUAN", on=tomorrow()))

    assert error.fields == {"store": "A1", "payments_refund_due": 1}


# Freezing


def test_a_frozen_store_takes_nothing_new_and_finishes_what_is_open(
    brand: Brand, admin: Actor
) -> None:
    paid, cancelled = shopper_order(brand, brand.a1), shopper_order(brand, brand.a1)

    shopper = builders.member_actor(brand.li)

    plan = freeze_store(admin, "A1", reason="audit of the till")

    assert (plan.blockers, plan.rehomed["open_orders"]) == ({}, "2")
    refused(StoreFrozen, lambda: sold(brand.a1, admin))
    unpaid = builders.unpaid_order_of(brand.a1, {"TEA": "1"}, 1999)
    refused(StoreFrozen, lambda: place_order(shopper, unpaid, once(shopper)))
    goods = QuoteRequest("A1", "pos", [LineRequest("TEA", Decimal(1))])
    refused(StoreFrozen, lambda: quote(admin, goods))
    refused(StoreFrozen, lambda: require_trading_store(admin, "members.enrol", "A1"))
    refused(StoreFrozen, lambda: freeze_store(admin, "A1", reason="again"))
    pay_at_counter(admin, paid, [TenderDraft("cash", 1999)], once(admin))
    cancel_order(admin, cancelled, reason="gone", once=once(admin))
    assert dict(Order.objects.values_list("number", "status")) == {
        paid: "completed",
        cancelled: "cancelled",
    }

    unfreeze_store(admin, "A1", reason="all is well")

    assert sold(brand.a1, admin).status == "completed"
    refused(StoreNotFrozen, lambda: unfreeze_store(admin, "A1", reason="again"))
    lines = AuditLine.objects.filter(action__contains="freeze").order_by("id")
    assert [(line.action, line.changes["status"]) for line in lines] == [
        ("org.freeze_store", ["open", "frozen"]),
        ("org.unfreeze_store", ["frozen", "open"]),
    ]


# Closing


def test_a_store_closes_and_everything_there_goes_somewhere(brand: Brand, admin: Actor) -> None:
    clerk = builders.build_staff("clerk", rules.CLERK, store=brand.a1)
    client = builders.store_client("till", [brand.a1, brand.a2])
    order = sold(brand.a1, admin)  # today is its last day
    for store in ("A1", "A2"):
        who = builders.member_actor(brand.li)
        members.give_consent(who, "me", store_code=store, identities={})
    builders.stock_up(brand.a1, {brand.rice: 5})
    tea = Stock.objects.get(sku=brand.tea, location__store=brand.a2)

    plan = close_store(admin, "A1", successor="A2", stock_to="A2", reason="lease ended")

    brand.a1.refresh_from_db()
    assert brand.a1.status == "closed"
    assert tenures(brand.a1) == [("ANHE", "EAST", "", builders.OPENED_ON, tomorrow())]
    assert actor_of_user(clerk).grants == ()
    assert [bound.store for bound in client.bindings.all()] == [brand.a2]
    brand.zhang.refresh_from_db()
    assert brand.zhang.home_store == brand.a2
    consents = StoreConsent.objects.order_by("id").values_list("store__code", "withdrawn_by")
    assert list(consents) == [("A1", "system:close_of_store"), ("A2", "")]
    at_a1 = Stock.objects.filter(location__store=brand.a1)
    assert set(at_a1.values_list("on_hand", flat=True)) == {Decimal(0)}
    tea.refresh_from_db()
    assert tea.on_hand == Decimal(199)
    moved = Movement.objects.filter(kind="transfer").order_by("sku__code")
    assert [(one.sku.code, one.quantity) for one in moved] == [
        ("MILK", Decimal(100)),
        ("RICE", Decimal(105)),
        ("TEA", Decimal(99)),
    ]
    assert {(one.reason, one.reference, one.franchisee, one.store) for one in moved} == {
        ("store_closed", "close:A1", brand.anhe, brand.a1)
    }
    assert plan.done == AuditLine.objects.latest("id").changes
    assert plan.done == {
        "staff": ["clerk clerk"],
        "bindings": [client.key_id],
        "members": 1,
        "consents": 1,
        "successor": "A2",
        "stock_to": "A2",
        "skus": 3,
        "status": ["open", "closed"],
        "day": str(today()),
    }
    assert Order.objects.get(pk=order.pk).franchisee == brand.anhe
    assert books.differences() == {}
    refused(StoreClosed, lambda: sold(brand.a1, admin))
    with next_day():
        refused(StoreClosed, own(admin, brand.a1, "BAICHUAN"))
        refused(StoreClosed, lambda: unfreeze_store(admin, "A1", reason="?"))
        refused(
            StoreClosed,
            lambda: close_store(admin, "A1", successor=None, stock_to=None, reason="?"),
        )


def test_goods_need_a_place_of_the_same_owner(brand: Brand, admin: Actor) -> None:
    def close(stock_to: str | None, successor: str | None = None) -> Callable[[], object]:
        return lambda: close_store(
            admin, "A1", successor=successor, stock_to=stock_to, reason="lease ended"
        )

    error = refused(StockLeft, close(None))
    assert error.fields == {"store": "A1", "stock_left": 3}
    refused(LocationOfAnother, close("B1"))
    refused(LocationOfAnother, close("A1"))
    refused(LocationNotFound, close("NOWHERE"))
    refused(LocationNotFound, close("CUSTOMER"))
    refused(SuccessorIsItself, close("A2", "A1"))
    refused(StoreNotFound, close("A2", "NOWHERE"))
    freeze_store(admin, "A2", reason="?")
    refused(StoreFrozen, close("A2", "A2"))


def test_a_direct_stores_goods_go_to_a_warehouse_and_its_members_nowhere(
    brand: Brand, admin: Actor
) -> None:
    warehouse = builders.build_warehouse("W1", brand.east)
    Member.objects.filter(pk=brand.li.pk).update(home_store=brand.direct)

    close_store(admin, "D1", successor=None, stock_to="W1", reason="lease ended")

    brand.li.refresh_from_db()
    assert brand.li.home_store is None
    at = Location.objects.get(warehouse=warehouse)
    assert set(Stock.objects.filter(location=at).values_list("on_hand", flat=True)) == {
        Decimal(100)
    }
    assert books.differences() == {}


def test_a_store_that_is_to_change_hands_is_not_closed(brand: Brand, admin: Actor) -> None:
    change_owner(admin, "A1", to="BAICHUAN", on=tomorrow(), reason="sold")

    error = refused(
        StoreBusy, lambda: close_store(admin, "A1", successor=None, stock_to="A2", reason="?")
    )

    assert error.fields == {"store": "A1", "hand_over_scheduled": 1}


# Who may


ACTS: dict[str, Callable[[Actor], object]] = {
    "change_owner": lambda actor: change_owner(actor, "A1", to="BAICHUAN", reason="?"),
    "move": lambda actor: move_store(actor, "A1", region="NORTH", reason="?"),
    "withdraw": lambda actor: withdraw_hand_over(actor, "A1", reason="?"),
    "freeze": lambda actor: freeze_store(actor, "A1", reason="?"),
    "unfreeze": lambda actor: unfreeze_store(actor, "A1", reason="?"),
    "close": lambda actor: close_store(actor, "A1", successor="A2", stock_to="A2", reason="?"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [rules.FRANCHISE_OWNER, rules.FINANCE, rules.AUDITOR])
def test_who_does_not_manage_the_organisation_changes_no_store(
    brand: Brand, act: str, role: str
) -> None:
    scope = {"franchisee": brand.anhe} if role == rules.FRANCHISE_OWNER else {}
    actor = builders.staff_actor("person", role, **scope)

    refused(ActionNotPermitted, lambda: ACTS[act](actor))


# As of a day


def test_the_tree_can_be_asked_of_any_day(brand: Brand, admin: Actor) -> None:
    change_owner(admin, "A1", to="BAICHUAN", contract="C-2", reason="sold")

    def owners(day: date, actor: Actor = SYSTEM) -> dict[str, str | None]:
        rows = tree_on(actor, day)
        return {row.store.code: row.franchisee.code if row.franchisee else None for row in rows}

    yesterday = today() - timedelta(days=1)
    assert owners(yesterday) == {"A1": "ANHE", "A2": "ANHE", "B1": "BAICHUAN", "D1": None}
    assert owners(today()) == {"A1": "BAICHUAN", "A2": "ANHE", "B1": "BAICHUAN", "D1": None}
    assert owners(builders.OPENED_ON - timedelta(days=1)) == {}
    old = builders.staff_actor("old", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    assert owners(yesterday, old) == {"A1": "ANHE", "A2": "ANHE"}
    assert owners(today(), old) == {"A2": "ANHE"}
