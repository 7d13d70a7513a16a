"""The list of a store and a channel, and a sale of what is not in it, over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.org.models import Store
from apps.products import services
from apps.products.models import Category
from apps.products.services import GivenRule
from tests import builders
from tests.api.caller import Caller
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db


def exclude(**given: str) -> None:
    services.set_assortment_rule(SYSTEM, GivenRule("exclude", **given), reason="试销")


def listed(caller: Caller, **query: str) -> list[str]:
    return [row["code"] for row in caller.get("skus", **query).body["results"]]


def test_the_list_of_a_store_and_a_channel(brand: Brand, clerk: Caller) -> None:
    exclude(sku="TEA", store="A1", channel="pos")
    assert listed(clerk, sold_at="A1", channel="pos") == ["MILK", "RICE"]
    assert listed(clerk, sold_at="A1", channel="mini") == ["MILK", "RICE", "TEA"]
    assert listed(clerk, sold_at="A1", channel="pos", search="TEA") == []
    first = clerk.get("skus", sold_at="A1", channel="pos", page_size="1").body
    assert [row["code"] for row in first["results"]] == ["MILK"]
    assert [row["code"] for row in clerk.get(first["next"]).body["results"]] == ["RICE"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"sold_at": "A1"}, (400, "counter_incomplete")),
        ({"channel": "pos"}, (400, "counter_incomplete")),
        ({"sold_at": "NOPE", "channel": "pos"}, (404, "store_not_found")),
        ({"sold_at": "B1", "channel": "pos"}, (404, "store_not_found")),
        ({"sold_at": "A1", "channel": "nope"}, (404, "channel_not_found")),
    ],
)
def test_a_counter_that_is_none_is_refused(
    brand: Brand, clerk: Caller, query: dict[str, str], refusal: tuple[int, str]
) -> None:
    assert clerk.get("skus", **query).refusal == refusal


def test_a_member_asks_of_any_store_that_is_open(brand: Brand, zhang: Caller) -> None:
    exclude(sku="TEA", region="NORTH")
    assert listed(zhang, sold_at="A1", channel="mini") == ["MILK", "RICE", "TEA"]
    assert listed(zhang, sold_at="B1", channel="mini") == ["MILK", "RICE"]
    Store.objects.filter(code="B1").update(status="closed")
    assert zhang.get("skus", sold_at="B1", channel="mini").refusal == (409, "store_closed")


def test_a_sale_over_http_says_which_lines(brand: Brand, clerk: Caller) -> None:
    exclude(sku="TEA")
    body = {"store": "A1", "channel": "pos", "lines": [{"sku": "TEA", "quantity": 1}]}
    answer = clerk.post("quotes", body)
    assert answer.refusal == (422, "not_sold_here")
    assert answer.body["fields"] == {"lines": ["TEA"]}


@pytest.mark.parametrize("size", ["1", "50"])
def test_statements_of_the_list_do_not_grow(brand: Brand, clerk: Caller, size: str) -> None:
    food = Category.objects.get(code="FOOD")
    for number in range(60):
        builders.build_sku(f"N{number:02}", "名", food, 100)
    for number in range(10):
        exclude(sku=f"N{number:02}")
    with CaptureQueriesContext(connection) as asked:
        assert len(listed(clerk, page_size=size, sold_at="A1", channel="pos")) == int(size)
    assert len(asked) == 5
