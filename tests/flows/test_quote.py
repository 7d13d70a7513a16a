"""quote: what goods cost now, and why; it writes nothing."""

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.flows.quote import QuoteRequest, quote
from apps.orders.rules import FractionOfPiece, LineRequest, NoLines, PriceChanged, TooManyLines
from apps.org.models import Channel, Store
from apps.org.selectors import (
    ActionNotPermitted,
    ChannelNotFound,
    StoreClosed,
    StoreNotFound,
    actor_of_user,
)
from apps.products import services as products
from apps.products.selectors import SkuNotPriced, UnknownSku
from tests import books, builders
from tests.builders import Brand

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def asked(
    *lines: tuple[str, str], store: str = "A1", channel: str = "pos", shown: int | None = None
) -> QuoteRequest:
    return QuoteRequest(
        store, channel, [LineRequest(sku, Decimal(quantity), shown) for sku, quantity in lines]
    )


def test_each_line_carries_its_price_and_where_it_comes_from(brand: Brand) -> None:
    clerk = builders.clerk_at(brand.a1)
    with books.unchanged():
        result = quote(clerk, asked(("TEA", "2"), ("RICE", "0.333"), ("TEA", "1")))
    assert [(line["sku"], line["gross"], line["price_list"]) for line in result["lines"]] == [
        ("TEA", 3998, "BASE"),
        ("RICE", 283, "BASE"),  # 0.333 kg × 8.50 = 2.8305
        ("TEA", 1999, "BASE"),
    ]
    assert (result["gross"], result["discount"], result["total"]) == (6280, 0, 6280)


@pytest.mark.parametrize(
    ("quantity", "gross"), [("0.001", 1), ("0.005", 4), ("0.006", 5), ("1.235", 1050)]
)
def test_a_line_is_rounded_half_up(brand: Brand, quantity: str, gross: int) -> None:
    """850 × 0.001 = 0.85; × 0.005 = 4.25; × 0.006 = 5.1; × 1.235 = 1049.75."""
    result = quote(builders.clerk_at(brand.a1), asked(("RICE", quantity)))
    assert result["lines"][0]["gross"] == result["total"] == gross


def test_a_half_is_rounded_up(brand: Brand) -> None:
    products.set_base_price(builders.SYSTEM, sku=brand.rice, amount=500)
    assert quote(builders.clerk_at(brand.a1), asked(("RICE", "0.001")))["total"] == 1


def test_refusals(brand: Brand) -> None:
    clerk = builders.clerk_at(brand.a1)
    tea = ("TEA", "1")
    builders.without_price(brand.milk)
    with books.unchanged():
        for request, refusal in (
            (asked(), NoLines),
            (asked(*[tea] * 501), TooManyLines),
            (asked(tea, store="B1"), StoreNotFound),
            (asked(tea, store="?"), StoreNotFound),
            (asked(tea, channel="?"), ChannelNotFound),
            (asked(("?", "1")), UnknownSku),
            (asked(("MILK", "1")), SkuNotPriced),
            (asked(("TEA", "0.5")), FractionOfPiece),
            (asked(tea, shown=1998), PriceChanged),
        ):
            with pytest.raises(refusal):
                quote(clerk, request)
        finance = actor_of_user(User(pk=0, username="nobody"))
        with pytest.raises(ActionNotPermitted):
            quote(finance, asked(tea))


def test_a_closed_store_and_a_closed_channel(brand: Brand) -> None:
    clerk = builders.clerk_at(brand.a1)
    Channel.objects.filter(code="pos").update(is_active=False)
    with pytest.raises(ChannelNotFound):
        quote(clerk, asked(("TEA", "1")))
    Store.objects.filter(code="A1").update(status="closed")
    with pytest.raises(StoreClosed):
        quote(clerk, asked(("TEA", "1"), channel="mini"))
