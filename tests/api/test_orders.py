"""Placing, reading, listing, paying and cancelling orders over HTTP."""

from typing import Any

import msgspec
import pytest

from apps.inventory.models import Stock
from apps.orders.api.serializers import OrderDetail, PlacedOrder
from apps.orders.models import Order
from tests.api import bodies, caller
from tests.api.caller import Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db


def names(shape: type[msgspec.Struct]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(shape)]


def stock_of(brand: Brand) -> tuple[Any, Any]:
    tea = Stock.objects.get(sku=brand.tea, location__store=brand.a1)
    return tea.on_hand, tea.reserved


def test_a_counter_sale_answers_what_was_sold(brand: Brand, clerk: Caller) -> None:
    answer = clerk.post("orders", bodies.sale_to_zhang(brand))

    assert answer.status == 201, answer.raw
    assert list(answer.body) == names(PlacedOrder)
    msgspec.convert(answer.body, PlacedOrder)
    order = Order.objects.get()
    assert answer.body == {
        "number": order.number,
        "status": "completed",
        "store": "A1",
        "channel": "pos",
        "member": brand.zhang.number,
        "placed_at": order.placed_at.isoformat().replace("+00:00", "Z"),
        "pay_until": None,
        "currency": "CNY",
        "lines": [
            {
                "sku": "TEA",
                "name": "绿茶",
                "quantity": "2",
                "unit_price": 1999,
                "price_list": "BASE",
                "gross": 3998,
                "adjustments": [],
                "net": 3998,
                "tax": 0,
                "tax_basis_points": 0,
            },
            {
                "sku": "RICE",
                "name": "大米",
                "quantity": "1.5",
                "unit_price": 850,
                "price_list": "BASE",
                "gross": 1275,
                "adjustments": [],
                "net": 1275,
                "tax": 0,
                "tax_basis_points": 0,
            },
        ],
        "gross": 5273,
        "discount": 0,
        "total": 5273,
        "tax": 0,
        "payment": order.payments.get().number,
        "points_earned": 52,
    }
    assert stock_of(brand) == (98, 0)


def test_a_replay_is_byte_identical_and_says_so(brand: Brand, clerk: Caller) -> None:
    body = bodies.sale_to_zhang(brand)
    first = clerk.post("orders", body, key="till-7-0001")
    second = clerk.post("orders", body, key="till-7-0001")

    assert (first.status, second.status) == (201, 201)
    assert first.raw == second.raw
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert stock_of(brand) == (98, 0)


def test_the_key_belongs_to_its_caller(brand: Brand, clerk: Caller, manager: Caller) -> None:
    clerk.post("orders", bodies.sale(), key="till-7-0001")
    assert manager.post("orders", bodies.sale(), key="till-7-0001").status == 201
    assert Order.objects.count() == 2


def test_an_order_reads_as_it_was_placed(brand: Brand, clerk: Caller) -> None:
    placed = clerk.post("orders", bodies.sale_to_zhang(brand)).body
    answer = clerk.get(f"orders/{placed['number']}")

    assert answer.status == 200
    assert list(answer.body) == names(OrderDetail)
    for field in ("number", "status", "placed_at", "member", "lines", "gross", "total", "currency"):
        assert answer.body[field] == placed[field], field
    assert answer.body["events"] == [
        {"from_status": "", "to_status": "completed", "at": placed["placed_at"], "reason": ""}
    ]
    assert answer.body["payments"] == [
        {"number": placed["payment"], "provider": "counter", "status": "captured", "amount": 5273}
    ]


def test_a_member_orders_pays_with_the_provider_and_sees_it(brand: Brand, zhang: Caller) -> None:
    placed = zhang.post("orders", bodies.unpaid()).body
    assert (placed["status"], placed["member"]) == ("pending_payment", brand.zhang.number)
    assert stock_of(brand) == (100, 2)

    opened = zhang.post(f"orders/{placed['number']}/payments", {"provider": "sandbox"})
    assert opened.status == 201
    assert opened.body == {
        "number": opened.body["number"],
        "order": placed["number"],
        "status": "pending",
        "parameters": {
            "provider": "sandbox",
            "payment": opened.body["number"],
            "amount": 5273,
            "currency": "CNY",
        },
    }
    assert [order["number"] for order in zhang.get("orders").body["results"]] == [placed["number"]]
    assert zhang.get(f"payments/{opened.body['number']}").body["status"] == "pending"


def test_an_order_is_paid_at_the_counter(brand: Brand, clerk: Caller) -> None:
    number = clerk.post("orders", bodies.unpaid(member=brand.zhang.number)).body["number"]
    paid = clerk.post(f"orders/{number}/payments", {"tenders": bodies.cash()}, key="pay-0001")
    again = clerk.post(f"orders/{number}/payments", {"tenders": bodies.cash()}, key="pay-0001")

    assert paid.status == 201
    assert paid.raw == again.raw
    assert (paid.body["order"], paid.body["status"]) == (number, "captured")
    assert clerk.get(f"orders/{number}").body["status"] == "completed"
    assert stock_of(brand) == (98, 0)
    assert clerk.get(f"members/{brand.zhang.number}/points").body["balance"] == 52


def test_what_staff_wrote_about_a_cancellation_stays_among_staff(
    brand: Brand, zhang: Caller, manager: Caller
) -> None:
    first, second = (str(zhang.post("orders", bodies.unpaid()).body["number"]) for _ in range(2))
    manager.post(f"orders/{first}/cancel", {"reason": "looks like fraud"})
    zhang.post(f"orders/{second}/cancel", {"reason": "changed my mind"})

    def told(reader: Caller, number: str) -> str:
        (event,) = [
            event
            for event in reader.get(f"orders/{number}").body["events"]
            if event["to_status"] == "cancelled"
        ]
        return str(event["reason"])

    storefront = caller.app("orders.see")
    assert told(manager, first) == "looks like fraud"
    assert [told(reader, first) for reader in (zhang, storefront)] == ["cancelled_by_staff"] * 2
    assert {told(reader, second) for reader in (zhang, manager)} == {"changed my mind"}


def test_an_unpaid_order_is_cancelled(brand: Brand, manager: Caller) -> None:
    number = manager.post("orders", bodies.unpaid()).body["number"]
    answer = manager.post(f"orders/{number}/cancel", {"reason": "changed_mind"})

    assert (answer.status, answer.body) == (200, {"number": number, "status": "cancelled"})
    assert stock_of(brand) == (100, 0)
    assert manager.get(f"orders/{number}").body["events"][-1]["reason"] == "changed_mind"


def test_a_quote_shows_what_an_order_would_cost_and_writes_nothing(
    brand: Brand, clerk: Caller
) -> None:
    answer = clerk.post("quotes", bodies.quote(), key=None)
    assert answer.status == 200
    assert (answer.body["gross"], answer.body["discount"], answer.body["total"]) == (5273, 0, 5273)
    assert [line["net"] for line in answer.body["lines"]] == [3998, 1275]
    assert not Order.objects.exists()


def test_orders_are_filtered(brand: Brand, head_office: Caller) -> None:
    first = head_office.post("orders", bodies.sale_to_zhang(brand)).body
    second = head_office.post("orders", bodies.unpaid("B1")).body
    day = Order.objects.get(number=first["number"]).business_day.isoformat()

    def found(**query: str) -> list[str]:
        return [order["number"] for order in head_office.get("orders", **query).body["results"]]

    both = [second["number"], first["number"]]
    assert found() == both
    assert found(store="B1") == [second["number"]]
    assert found(status="completed") == [first["number"]]
    assert found(member=brand.zhang.number) == [first["number"]]
    assert found(business_day=day) == both
    assert found(business_day="2001-01-01") == []
    assert found(placed_from=second["placed_at"]) == [second["number"]]
    assert found(placed_before=second["placed_at"]) == [first["number"]]
    assert found(store="NOWHERE") == []
