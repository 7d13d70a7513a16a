"""The catalogue over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.products.models import Category, Sku
from tests import builders
from tests.api.caller import Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

TEA = {
    "code": "TEA",
    "name": "绿茶",
    "name_en": "Tea",
    "option": "",
    "brand": "",
    "unit": "each",
    "is_active": True,
    "category": {"code": "FOOD", "name": "食品", "name_en": "Food"},
    "barcodes": ["6901234567892"],
    "base_price": 1999,
}


def codes(caller: Caller, **query: str) -> list[str]:
    return [row["code"] for row in caller.get("skus", **query).body["results"]]


def test_one_sku(zhang: Caller) -> None:
    assert zhang.get("skus/TEA").body == TEA
    assert zhang.get("skus/NONSENSE").refusal == (404, "sku_not_found")


def test_skus_are_listed_by_code_with_price_category_and_barcodes(clerk: Caller) -> None:
    answer = clerk.get("skus").body
    assert [row["code"] for row in answer["results"]] == ["MILK", "RICE", "TEA"]
    assert answer["results"][2] == TEA
    assert answer["next"] is None


@pytest.mark.parametrize("text", ["TEA", "tea", "绿", "Te", "6901234567892", " TEA "])
def test_search(clerk: Caller, text: str) -> None:
    assert codes(clerk, search=text) == ["TEA"]


def test_filters(brand: Brand, clerk: Caller) -> None:
    drinks = Category.objects.create(
        code="DRINKS", name="饮料", name_en="Drinks", parent=Category.objects.get(code="FOOD")
    )
    builders.build_sku("COLA", "可乐", drinks, 350)
    Sku.objects.filter(code="MILK").update(is_active=False)
    assert codes(clerk, barcode="6901234567892") == ["TEA"]
    assert codes(clerk, barcode="690") == []
    assert codes(clerk, category="DRINKS") == ["COLA"]
    assert codes(clerk, category="FOOD") == ["COLA", "MILK", "RICE", "TEA"]
    assert codes(clerk, category="NONSENSE") == []
    assert codes(clerk, is_active="false") == ["MILK"]
    assert codes(clerk, is_active="true", category="FOOD") == ["COLA", "RICE", "TEA"]


def test_a_misspelt_filter_is_refused(clerk: Caller) -> None:
    answer = clerk.get("skus", catgory="FOOD")
    assert answer.refusal == (400, "invalid_request")
    assert answer.body["fields"] == {"query": ["catgory"]}


def test_statements_do_not_grow_with_rows(brand: Brand, clerk: Caller) -> None:
    food = Category.objects.get(code="FOOD")
    for number in range(60):
        builders.build_sku(f"N{number:02}", "名", food, 100, barcode=f"20{number:011}")
    counts = []
    for size in ("1", "50"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(codes(clerk, page_size=size, category="FOOD")) == int(size)
        counts.append(len(asked))
    assert counts == [4, 4]


def test_pages_show_every_row_once(brand: Brand, clerk: Caller) -> None:
    seen, address = [], "skus?page_size=2"
    while address:
        page = clerk.get(address).body
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert seen == ["MILK", "RICE", "TEA"]


@pytest.mark.parametrize("size", ["0", "-1", "101", "ten", "1e1", "٣", "9" * 5000])
def test_a_page_size_that_cannot_be(clerk: Caller, size: str) -> None:
    assert clerk.get("skus", page_size=size).refusal == (400, "invalid_page_size")


@pytest.mark.parametrize("cursor", ["x", "!!!", "QUJD", "é", "A" * 5000])
def test_a_cursor_that_never_was(clerk: Caller, cursor: str) -> None:
    assert clerk.get("skus", cursor=cursor).refusal == (400, "invalid_cursor")


def test_a_cursor_of_another_list(brand: Brand, clerk: Caller) -> None:
    following = clerk.get("skus", page_size="1").body["next"]
    cursor = following.split("cursor=")[1].split("&")[0]
    assert clerk.get("skus", cursor=cursor).status == 200
    assert clerk.get(f"orders?cursor={cursor}").refusal == (400, "invalid_cursor")
