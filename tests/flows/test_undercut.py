"""Nothing is sold below its guard without a code that two people gave out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import DomainError
from apps.flows.approvals import request_approval
from apps.flows.decide_approval import approve
from apps.flows.place_order import OrderRequest, place_order
from apps.flows.pricing import Buyer
from apps.flows.quote import QuoteRequest, quote
from apps.orders.rules import LineRequest
from apps.org import rules as roles
from apps.payments.rules import TenderDraft
from apps.products import services as products
from apps.products.models import PriceGuard, UndercutCode
from tests import books, builders
from tests.builders import SYSTEM, Brand, grounds, once

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    """Tea costs ¥19.99, and since this moment no more than ¥5.00 may be taken off it. The row is written
    beside the service, which would name the price: so does what an offer takes off later."""
    brand = builders.build_brand()
    PriceGuard.objects.create(sku=brand.tea, floor=2500)
    return brand


@pytest.fixture
def operations() -> Actor:
    return builders.staff_actor("operations", roles.OPERATIONS)


def sale(brand: Brand, code: str = "", *, store: str = "A1", tea: int = 1) -> OrderRequest:
    total = 1999 * tea
    return OrderRequest(
        store=store,
        channel="pos",
        lines=[LineRequest("TEA", Decimal(tea))],
        shown_total=total,
        tenders=[TenderDraft("cash", total)],
        undercut_code=code,
    )


def refusal_of(act: Any) -> str:
    with books.unchanged(), pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


def allowed(operations: Actor, **payload: Any) -> str:
    """The code that a second person gave out."""
    asked = request_approval(
        operations,
        "products.allow_undercut",
        {"sku": "TEA", "lowest": 1900} | payload,
        grounds(),
        once(operations),
    )
    name = f"second{UndercutCode.objects.count()}"
    second = builders.staff_actor(name, roles.OPERATIONS)
    approve(second, str(asked["number"]), reason="", once=once(second))
    issued = UndercutCode.objects.get(approval=asked["number"])
    return issued.code


def test_neither_a_quote_nor_a_sale_goes_below(brand: Brand) -> None:
    wish = QuoteRequest("A1", "pos", [LineRequest("TEA", Decimal(1))])
    assert refusal_of(lambda: quote(SYSTEM, wish)) == "below_price_guard"
    assert refusal_of(lambda: place_order(SYSTEM, sale(brand), once(SYSTEM))) == "below_price_guard"
    for code in ("nonsense", "' OR true --"):
        act = lambda code=code: place_order(SYSTEM, sale(brand, code), once(SYSTEM))  # noqa: E731
        assert refusal_of(act) == "below_price_guard"


def test_with_the_code_it_is_sold_as_often_as_allowed(brand: Brand, operations: Actor) -> None:
    code = allowed(operations, uses=2)
    wish = QuoteRequest("A1", "pos", [LineRequest("TEA", Decimal(1))], Buyer(undercut_code=code))
    assert quote(SYSTEM, wish)["total"] == 1999
    assert UndercutCode.objects.get(code=code).used == 0

    for _sale in range(2):
        place_order(SYSTEM, sale(brand, code, tea=3), once(SYSTEM))

    assert UndercutCode.objects.get(code=code).used == 2
    act = lambda: place_order(SYSTEM, sale(brand, code), once(SYSTEM))  # noqa: E731
    assert refusal_of(act) == "below_price_guard"


def test_a_code_holds_for_its_store_its_price_and_its_days(brand: Brand, operations: Actor) -> None:
    here = allowed(operations, store="A1", days=2)
    dear = allowed(operations, lowest=2000)

    elsewhere = lambda: place_order(SYSTEM, sale(brand, here, store="A2"), once(SYSTEM))  # noqa: E731
    assert refusal_of(elsewhere) == "below_price_guard"
    too_low = lambda: place_order(SYSTEM, sale(brand, dear), once(SYSTEM))  # noqa: E731
    assert refusal_of(too_low) == "below_price_guard"
    with time_machine.travel(clock.now() + timedelta(days=2, seconds=1), tick=False):
        late = lambda: place_order(SYSTEM, sale(brand, here), once(SYSTEM))  # noqa: E731
        assert refusal_of(late) == "below_price_guard"
    place_order(SYSTEM, sale(brand, here), once(SYSTEM))


def test_a_sale_that_needs_no_code_uses_none(brand: Brand, operations: Actor) -> None:
    code = allowed(operations)
    PriceGuard.objects.all().delete()
    place_order(SYSTEM, sale(brand, code), once(SYSTEM))
    assert UndercutCode.objects.get(code=code).used == 0


def test_the_audit_trail_does_not_tell_the_code(brand: Brand, operations: Actor) -> None:
    code = allowed(operations)
    told = AuditLine.objects.filter(action="products.allow_undercut").get()
    assert told.object_key == "TEA"
    assert not any(code in str(line.changes) for line in AuditLine.objects.all())


def test_who_may_not_change_prices_allows_nothing(brand: Brand) -> None:
    service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
    payload = {"sku": "TEA", "lowest": 1900}
    act = lambda: request_approval(  # noqa: E731
        service, "products.allow_undercut", payload, grounds(), once(service)
    )
    assert refusal_of(act) == "not_permitted"


@pytest.mark.parametrize(
    "payload",
    [{"lowest": -1}, {"lowest": 10**18}, {"uses": 0}, {"uses": 1001}, {"days": 91}, {"sku": ""}],
)
def test_what_cannot_be_meant_is_refused(
    brand: Brand, operations: Actor, payload: dict[str, Any]
) -> None:
    given = {"sku": "TEA", "lowest": 1900} | payload
    act = lambda: request_approval(  # noqa: E731
        operations, "products.allow_undercut", given, grounds(), once(operations)
    )
    assert refusal_of(act) == "invalid_payload"


def test_the_database_counts_no_use_beyond_the_last(brand: Brand, operations: Actor) -> None:
    code = allowed(operations)
    assert products.use_undercut_code(code, store_id=brand.a1.pk, at=clock.now()) is None
    with pytest.raises(products.UndercutCodeRefused):
        products.use_undercut_code(code, store_id=brand.a1.pk, at=clock.now())
    with pytest.raises(IntegrityError, match="undercut_used_at_most"), transaction.atomic():
        UndercutCode.objects.update(used=2)
