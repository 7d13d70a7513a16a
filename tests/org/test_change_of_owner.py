"""A store changes hands: its past documents stay with the owner under whom they happened."""

import pytest

from apps.flows.place_order import place_order
from apps.inventory import selectors as inventory
from apps.loyalty import selectors as loyalty
from apps.orders import selectors as orders
from apps.org import rules
from apps.payments import selectors as payments
from tests import builders

pytestmark = pytest.mark.django_db


def test_the_new_owners_staff_do_not_see_the_old_owners_documents() -> None:
    brand = builders.build_brand()
    manager = builders.staff_actor("manager", rules.STORE_MANAGER, store=brand.a1)
    old_owner = builders.staff_actor("old", rules.FRANCHISE_OWNER, franchisee=brand.anhe)
    sale = builders.sale_of(brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
    number = place_order(manager, sale, builders.once(manager))["number"]
    assert orders.orders_visible_to(manager).get().number == number

    brand.a1.franchisee = brand.baichuan
    brand.a1.save()

    for visible in (
        orders.orders_visible_to(manager),
        orders.lines_visible_to(manager),
        payments.payments_visible_to(manager),
        loyalty.entries_visible_to(manager),
        inventory.movements_visible_to(manager),
    ):
        assert list(visible) == []
    assert orders.orders_visible_to(old_owner).get().number == number

    later = place_order(manager, sale, builders.once(manager))["number"]
    assert orders.orders_visible_to(manager).get().number == later


def test_staff_of_a_direct_store_see_its_documents_until_a_franchisee_takes_over() -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.direct)
    sale = builders.sale_of(brand.direct, {"TEA": "1"}, 1999)
    place_order(clerk, sale, builders.once(clerk))
    assert orders.orders_visible_to(clerk).count() == 1

    brand.direct.franchisee = brand.anhe
    brand.direct.save()

    assert orders.orders_visible_to(clerk).count() == 0
