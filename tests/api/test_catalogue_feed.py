"""The catalogue as tills copy it, over HTTP."""

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.common import clock, keyset
from apps.org.models import Store
from apps.products import services as products
from apps.products.api import feed
from apps.products.models import Category, PriceList, Sku, TaxClass, TaxRate
from tests import builders
from tests.api import caller
from tests.api.caller import Answer, Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

CHANGES = "catalogue/changes"
SOON = clock.now().replace(microsecond=0) + timedelta(days=2)
NEXT_YEAR = date(SOON.year + 1, 6, 1)


@pytest.fixture
def till(brand: Brand) -> Caller:
    """The application behind the tills of A1."""
    return caller.app("products.see", stores=(brand.a1,))


def told(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.raw
    return {one["sku"]: one.get("now") for one in answer.body["results"]}


def pages(till: Caller, **query: str) -> list[str]:
    """The SKUs of a whole reading."""
    seen: list[str] = []
    answer = till.get(CHANGES, **query)
    while True:
        seen += [one["sku"] for one in answer.body["results"]]
        if answer.body["next"] is None:
            return seen
        answer = till.get(answer.body["next"])


def release(code: str, store: Store, **more: Any) -> PriceList:
    given = {"status": "released", "starts_at": clock.days_ago(1), "priority": 5} | more
    return PriceList.objects.create(code=code, name="价", name_en="P", store=store, **given)


def test_a_sku_is_told_with_all_that_a_till_needs(brand: Brand, till: Caller) -> None:
    tax = TaxClass.objects.create(code="FULL", name="全")
    Category.objects.update(tax_class=tax)
    for points, day in ((1700, date(2018, 5, 1)), (1300, date(2019, 4, 1)), (1000, NEXT_YEAR)):
        TaxRate.objects.create(tax_class=tax, basis_points=points, starts_on=day)
    release("VIP", brand.a1)
    release("OVER", brand.a2, starts_at=clock.days_ago(9), ends_at=clock.days_ago(2))
    PriceList.objects.create(code="DRAFT", name="稿", name_en="")
    for price_list, amount in (("VIP", 1500), ("OVER", 1400), ("DRAFT", 1300)):
        products.set_price(builders.SYSTEM, sku="TEA", price_list=price_list, amount=amount)
    for price_list, later in (("", 2099), ("VIP", None)):
        products.set_price(
            builders.SYSTEM, sku="TEA", price_list=price_list, amount=later, starts_at=SOON
        )

    tea = told(till.get(CHANGES))["TEA"]
    begun = tea["prices"][0].pop("starts_at")
    instant = SOON.isoformat().replace("+00:00", "Z")
    assert begun.endswith("Z")
    assert tea == {
        "product": "TEA", "name": "绿茶", "name_en": "Tea", "option": "", "unit": "each",
        "kind": "goods", "category": "FOOD", "barcodes": ["6901234567892"],
        "tax_basis_points": 1300,
        "tax_rates_coming": [{"starts_on": NEXT_YEAR.isoformat(), "basis_points": 1000}],
        "base_price": 1999, "base_prices_coming": [{"starts_at": instant, "amount": 2099}],
        "prices": [
            {"amount": 1500, "price_list": "VIP"},
            {"starts_at": instant, "amount": None, "price_list": "VIP"},
        ],
    }  # fmt: skip


def test_what_is_not_sold_is_gone(brand: Brand, till: Caller) -> None:
    Sku.objects.filter(code="TEA").update(is_active=False)
    brand.milk.product.status = "retired"
    brand.milk.product.save(update_fields=["status"])
    builders.build_sku("OLD", "旧", Category.objects.get(), 1)
    brand.rice.product.skus.create(code="RICE-2", option="2")
    Sku.objects.filter(code="RICE-2").delete()

    results = {one["sku"]: one for one in till.get(CHANGES).body["results"]}
    for code in ("TEA", "MILK", "RICE-2"):
        assert results[code] == {"sku": code, "gone": True}
    assert {code for code, one in results.items() if not one["gone"]} == {"RICE", "OLD"}


def test_pages(till: Caller) -> None:
    for limit in ("1", "2", "3", "1000"):
        seen = pages(till, limit=limit)
        assert sorted(seen) == ["MILK", "RICE", "TEA"]
    page = till.get(CHANGES, limit="1").body
    assert set(parse_qs(urlsplit(page["next"]).query)) == {"limit", "cursor"}


@pytest.mark.parametrize("instant", ["2026-11-30T08:00:00Z", "2030-01-01T00:00:00.5+08:00"])
def test_an_instant_to_begin_from(till: Caller, instant: str) -> None:
    assert sorted(told(till.get(CHANGES, updated_since=instant))) == ["MILK", "RICE", "TEA"]


@pytest.mark.parametrize(
    "since", ["x", "yesterday", "2026-11-30", "2026-11-30T08:00:00", "1e9", "0", "é", "A" * 5000]
)
def test_a_beginning_that_cannot_be(till: Caller, since: str) -> None:
    assert till.get(CHANGES, updated_since=since).refusal == (400, "invalid_updated_since")


def test_a_token_of_another_life_of_the_database(till: Caller) -> None:
    token = till.get(CHANGES).body["token"]
    mine = keyset.unseal(token, feed._Token)
    for wrong in (msgspec.structs.replace(mine, life="7-1-1"), feed._Token(mine.life, 2**60)):
        answer = till.get(CHANGES, updated_since=keyset.seal(wrong))
        assert answer.refusal == (409, "feed_token_outdated")


def test_a_token_is_no_cursor_and_a_cursor_no_token(brand: Brand, till: Caller) -> None:
    page = till.get(CHANGES, limit="1").body
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    assert till.get(CHANGES, cursor=page["token"]).refusal == (400, "invalid_cursor")
    assert till.get(CHANGES, updated_since=cursor).refusal == (400, "invalid_updated_since")
    other = till.get("skus", page_size="1").body["next"]
    stolen = parse_qs(urlsplit(other).query)["cursor"][0]
    assert till.get(CHANGES, cursor=stolen).refusal == (400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "ten", "1e1", "٣", "9" * 5000])
def test_a_limit_that_cannot_be(till: Caller, limit: str) -> None:
    assert till.get(CHANGES, limit=limit).refusal == (400, "invalid_page_size")


@pytest.mark.parametrize("query", ["page_size=2", "limit=1&limit=2", "since=1", "search=TEA"])
def test_a_misspelt_parameter(till: Caller, query: str) -> None:
    assert till.get(f"{CHANGES}?{query}").refusal == (400, "invalid_request")
    assert till.get(f"price-lists?{query.replace('page_size', 'limit')}").refusal == (
        400, "invalid_request",
    )  # fmt: skip


def test_nothing_new_is_not_sent_again(till: Caller) -> None:
    for path in (CHANGES, "price-lists"):
        first = till.send("get", path)
        tag = first.headers["ETag"]
        again = till.send("get", path, headers={"If-None-Match": tag})
        assert (again.status, again.raw, again.headers["ETag"]) == (304, b"", tag)
        products.set_price(builders.SYSTEM, sku="TEA", amount=1)
        PriceList.objects.create(
            code=f"N-{path[0]}", name="新", status="released", priority=len(path)
        )
        changed = till.send("get", path, headers={"If-None-Match": tag})
        assert changed.status == 200
        assert changed.headers["ETag"] != tag


def test_shoppers_do_not_learn_what_will_cost_what(zhang: Caller, brand: Brand) -> None:
    for path in (CHANGES, "price-lists"):
        assert zhang.get(path).refusal == (403, "not_permitted")
        assert caller.app("orders.see").get(path).refusal == (403, "not_permitted")
        assert Caller().get(path).refusal == (401, "not_authenticated")
    page = caller.app("products.see").get(CHANGES, limit="1").body
    assert zhang.get(page["next"]).refusal == (403, "not_permitted")


def test_price_lists_that_hold_or_will(brand: Brand, till: Caller) -> None:
    release("A1", brand.a1, min_quantity="2.5", ends_at=SOON)
    release("COMING", brand.a2, starts_at=SOON)
    release("OVER", brand.b1, starts_at=clock.days_ago(9), ends_at=clock.days_ago(1))
    PriceList.objects.create(code="DRAFT", name="稿")

    answer = till.get("price-lists").body
    assert [row["code"] for row in answer["results"]] == ["A1", "BASE", "COMING"]
    mine = answer["results"][0]
    assert mine.pop("starts_at").endswith("Z")
    assert mine == {
        "code": "A1", "name": "价", "name_en": "P", "is_base": False, "priority": 5,
        "min_quantity": "2.500", "ends_at": SOON.isoformat().replace("+00:00", "Z"),
        "scope": {"store": "A1", "region": None, "channel": None, "tier": None, "segment": None},
    }  # fmt: skip
    assert answer["next"] is None
    assert len(till.get("price-lists", page_size="2").body["results"]) == 2


def test_statements_do_not_grow_with_rows(brand: Brand, till: Caller) -> None:
    food = Category.objects.get()
    for number in range(30):
        builders.build_sku(f"N{number:02}", "名", food, 100, barcode=f"N-{number:02}")
    counts = []
    for limit in ("1", "33"):
        with CaptureQueriesContext(connection) as asked:
            assert len(till.get(CHANGES, limit=limit).body["results"]) == int(limit)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 4
    assert json.loads(till.get(CHANGES).raw)["next"] is None
