"""Keys of other systems: one a source, usable where a SKU code is, for one statement more."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.flows.place_order import OrderRequest, place_order
from apps.flows.quote import QuoteRequest, quote
from apps.orders.rules import LineRequest
from apps.products import selectors
from apps.products import services as products
from apps.products.models import ExternalReference
from apps.products.selectors import SkuNotFound, UnknownSku
from apps.products.services import ReferenceInvalid, ReferenceTaken
from tests import books, builders
from tests.api import caller
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    brand = builders.build_brand()
    products.set_reference(SYSTEM, sku=brand.tea, source="erp", code="4711")
    products.set_reference(SYSTEM, sku=brand.milk, source="erp", code="a:b")
    products.set_reference(SYSTEM, sku=brand.milk, source="wms", code="4711")
    return brand


@pytest.fixture
def clerk(brand: Brand) -> Actor:
    return builders.clerk_at(brand.a1)


def keys() -> set[tuple[str, str, str]]:
    return set(ExternalReference.objects.values_list("source", "code", "sku__code"))


def test_a_source_calls_a_sku_by_one_code(brand: Brand) -> None:
    products.set_reference(SYSTEM, sku=brand.tea, source="erp", code="4712")
    products.set_reference(SYSTEM, sku=brand.tea, source="erp", code="4712")
    assert keys() == {("erp", "4712", "TEA"), ("erp", "a:b", "MILK"), ("wms", "4711", "MILK")}
    lines = AuditLine.objects.filter(action="products.set_reference", object_key="TEA")
    assert [line.changes for line in lines.order_by("id")] == [
        {"erp": [None, "4711"]},
        {"erp": ["4711", "4712"]},
    ]


def test_another_skus_key_is_refused(brand: Brand) -> None:
    with books.unchanged(), pytest.raises(ReferenceTaken) as refusal:
        products.set_reference(SYSTEM, sku=brand.rice, source="erp", code="4711")
    assert refusal.value.params == {"reference": "erp:4711", "sku": "TEA"}


@pytest.mark.parametrize(
    ("source", "code"),
    [("ERP", "1"), ("e:r", "1"), ("", "1"), ("erp", ""), ("erp", "1 2"), ("erp", "1/2")],
)
def test_keys_that_cannot_be(brand: Brand, source: str, code: str) -> None:
    with books.unchanged(), pytest.raises(ReferenceInvalid):
        products.set_reference(SYSTEM, sku=brand.rice, source=source, code=code)


@pytest.mark.parametrize(
    ("key", "code"),
    [("TEA", "TEA"), ("erp:4711", "TEA"), ("erp:a:b", "MILK"), ("wms:4711", "MILK")],
)
def test_a_sku_is_read_by_either_key(brand: Brand, clerk: Actor, key: str, code: str) -> None:
    assert selectors.require_sku(clerk, key).code == code


@pytest.mark.parametrize("key", ["erp:4712", "tms:4711", "erp:", ":", "ERP:4711"])
def test_a_key_that_leads_nowhere(brand: Brand, clerk: Actor, key: str) -> None:
    with pytest.raises(SkuNotFound):
        selectors.require_sku(clerk, key)
    with books.unchanged(), pytest.raises(UnknownSku) as refusal:
        quote(clerk, QuoteRequest("A1", "pos", [LineRequest(key, Decimal(1))]))
    assert refusal.value.fields == {"lines": [key]}


def test_lines_by_our_code_and_by_theirs_are_one_sku(brand: Brand, clerk: Actor) -> None:
    lines = [LineRequest("erp:4711", Decimal(1)), LineRequest("TEA", Decimal(2), 1999)]
    told = quote(clerk, QuoteRequest("A1", "pos", lines))
    assert [(one["sku"], one["quantity"]) for one in told["lines"]] == [("TEA", "1"), ("TEA", "2")]
    order = place_order(clerk, OrderRequest("A1", "mini", lines, 5997), builders.once(clerk))
    assert [one["sku"] for one in order["lines"]] == ["TEA", "TEA"]
    assert books.differences() == {}


def test_only_such_a_key_costs_a_statement(brand: Brand, clerk: Actor) -> None:
    counts = []
    for lines in (
        ["TEA", "MILK"],
        ["erp:4711"],
        ["erp:4711", "wms:4711", "erp:a:b", "nobody:1"][:3],
    ):
        asked_for = [LineRequest(sku, Decimal(1)) for sku in lines]
        with CaptureQueriesContext(connection) as asked:
            quote(clerk, QuoteRequest("A1", "pos", asked_for))
        counts.append(len(asked))
    assert counts == [2, 3, 3]


def test_over_the_api(brand: Brand) -> None:
    clerk = caller.staff("till", "clerk", store=brand.a1)
    assert clerk.get("skus/erp:4711").body["code"] == "TEA"
    assert clerk.get("skus/erp:9").refusal == (404, "sku_not_found")
    body = {"store": "A1", "channel": "pos", "lines": [{"sku": "wms:4711", "quantity": 2}]}
    assert clerk.post("quotes", body).body["lines"][0]["sku"] == "MILK"
