"""A store changes hands: its past documents stay with the owner under whom they happened."""

from datetime import timedelta

import pytest
import time_machine

from apps.common import clock
from apps.flows.change_owner import change_owner
from apps.flows.place_order import place_order
from apps.flows.tasks import hand_over_stores
from apps.inventory import selectors as inventory
from apps.loyalty import selectors as loyalty
from apps.orders import selectors as orders
from apps.orders.models import Order
from apps.org import rules
from apps.org.models import Store
from apps.payments import selectors as payments
from tests import builders

pytestmark = pytest.mark.django_db


def hand_over(store: Store, to: str | None) -> None:
    """Tomorrow the store is ``to``'s."""
    tomorrow = clock.business_day(clock.now(), store.time_zone) + timedelta(days=1)
    change_owner(builders.SYSTEM, store.code, to=to, on=tomorrow, reason="sold")


def test_the_new_owners_staff_do_not_see_the_old_owners_documents() -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.a1)
    old_owner = builders.staff_actor("old", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    new_owner = builders.staff_actor("new", rules.FRANCHISE_OWNER, franchisee=brand.baichuan)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    number = place_order(clerk, sale, builders.once(clerk))["number"]
    assert orders.orders_visible_to(clerk).get().number == number
    hand_over(brand.a1, "BAICHUAN")

    with time_machine.travel(clock.now() + timedelta(days=1)):
        hand_over_stores()
        manager = builders.staff_actor("manager", rules.STORE_MANAGER, store=brand.a1)
        for visible in (
            orders.orders_visible_to(manager),
            orders.orders_visible_to(new_owner),
            orders.lines_visible_to(manager),
            payments.payments_visible_to(manager),
            loyalty.entries_visible_to(manager),
            inventory.movements_visible_to(manager),
        ):
            assert list(visible) == []
        assert orders.orders_visible_to(old_owner).get().number == number

        later = place_order(manager, sale, builders.once(manager))["number"]
        assert orders.orders_visible_to(manager).get().number == later
        assert orders.orders_visible_to(new_owner).get().number == later
        assert orders.orders_visible_to(old_owner).get().number == number


def test_staff_of_a_direct_store_see_its_documents_until_a_franchisee_takes_over() -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.direct)
    sale = builders.sale_of(brand.direct, {"TEA": "1"}, 1999)
    place_order(clerk, sale, builders.once(clerk))
    assert orders.orders_visible_to(clerk).count() == 1
    hand_over(brand.direct, "ANHE")

    with time_machine.travel(clock.now() + timedelta(days=1)):
        hand_over_stores()

        assert orders.orders_visible_to(clerk).count() == 0
        assert Order.objects.count() == 1
