"""place_order: what a sale writes, and that a refusal writes nothing."""

from decimal import Decimal

import pytest

from apps.flows.place_order import place_order
from apps.inventory.models import Movement, Stock
from apps.loyalty.models import PointsAccount, PointsLot
from apps.orders.models import Order, OrderLine
from apps.payments.models import Payment
from tests import builders

pytestmark = pytest.mark.django_db


def test_a_counter_sale_writes_order_payment_points_and_stock() -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.a1)
    request = builders.sale_of(brand.a1, {"TEA": "2", "RICE": "1.5"}, 5273, member=brand.zhang)

    result = place_order(clerk, request, builders.once(clerk))

    order = Order.objects.get(number=result["number"])
    assert (order.status, order.net_amount) == ("completed", 5273)
    assert (order.franchisee, order.region) == (brand.anhe, brand.east)
    assert list(OrderLine.objects.values_list("gross_amount", flat=True)) == [3998, 1275]
    payment = Payment.objects.get(order=order)
    assert (payment.status, payment.amount, payment.tenders.get().kind) == (
        "captured",
        5273,
        "cash",
    )
    assert PointsAccount.objects.get(member=brand.zhang).balance == 52
    assert PointsLot.objects.get().remaining == 52
    tea = Stock.objects.get(sku=brand.tea, location__store=brand.a1)
    assert (tea.on_hand, tea.reserved) == (Decimal(98), Decimal(0))
    sold = Movement.objects.filter(order=order).order_by("sku__code")
    assert [(m.sku.code, m.quantity) for m in sold] == [("RICE", Decimal("1.5")), ("TEA", 2)]
