"""Request bodies of the API tests."""

from typing import Any

from tests.builders import Brand

GOODS = [{"sku": "TEA", "quantity": 2}, {"sku": "RICE", "quantity": "1.5"}]
TOTAL = 5273
"""2 × 19.99 + 1.5 kg × 8.50, in minor units."""


def quote(store: str = "A1", **changes: Any) -> dict[str, Any]:
    return {"store": store, "channel": "pos", "lines": GOODS} | changes


def unpaid(store: str = "A1", **changes: Any) -> dict[str, Any]:
    return quote(store, channel="mini", shown_total=TOTAL) | changes


def cash(amount: int = TOTAL) -> list[dict[str, Any]]:
    return [{"kind": "cash", "amount": amount}]


def sale(store: str = "A1", **changes: Any) -> dict[str, Any]:
    return quote(store, shown_total=TOTAL, tenders=cash()) | changes


def sale_to_zhang(brand: Brand, **changes: Any) -> dict[str, Any]:
    return sale(member=brand.zhang.number, **changes)
