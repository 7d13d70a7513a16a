"""A barcode over HTTP: goods, cases, labels of the scale."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from apps.products import barcodes
from apps.products import services as products
from apps.products.models import Barcode, WeighedPrefix
from tests.api.caller import Caller
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db
TEA = {
    "barcode": "6901234567892", "kind": "gtin", "sku": "TEA", "name": "绿茶", "name_en": "Tea",
    "unit": "each", "is_active": True, "quantity": "1", "amount": None, "pack": None,
}  # fmt: skip


@pytest.fixture
def scales(brand: Brand) -> None:
    WeighedPrefix.objects.create(
        prefix="21", item_digits=5, value="weight", value_digits=5, decimals=3
    )
    WeighedPrefix.objects.create(
        prefix="02", item_digits=5, value="price", value_digits=4, decimals=2
    )
    products.add_barcode(SYSTEM, sku=brand.rice, text="2100042")
    products.add_barcode(SYSTEM, sku=brand.rice, text="0200042")


def label(digits: str) -> str:
    return digits + barcodes.check_digit(digits)


def scanned(caller: Caller, code: str) -> Any:
    answer = caller.get("scan", code=code)
    return answer.body if answer.status == 200 else answer.refusal


def test_goods(clerk: Caller) -> None:
    assert scanned(clerk, "6901234567892") == TEA
    assert scanned(clerk, " 06901234567892 ") == TEA
    assert scanned(clerk, "6901234567891") == (404, "barcode_not_found")


def test_a_upc_with_and_without_its_leading_zero(brand: Brand, clerk: Caller) -> None:
    products.add_barcode(SYSTEM, sku=brand.milk, text="036000291452")
    for code in ("036000291452", "0036000291452", "00036000291452"):
        assert scanned(clerk, code)["barcode"] == "0036000291452"
        found = clerk.get("skus", barcode=code).body["results"]
        assert [row["code"] for row in found] == ["MILK"]


def test_a_case_says_how_much_it_contains(brand: Brand, clerk: Caller) -> None:
    case = products.keep_pack(
        SYSTEM, sku=brand.milk, code="CASE", contains=Decimal(12), names=("箱", "case")
    )
    products.add_barcode(SYSTEM, sku=brand.milk, text="10614141000415", pack=case)
    found = scanned(clerk, "10614141000415")
    assert (found["sku"], found["quantity"], found["amount"]) == ("MILK", "12", None)
    assert found["pack"] == {"code": "CASE", "name": "箱", "name_en": "case", "contains": "12"}


@pytest.mark.usefixtures("scales")
def test_labels_of_the_scale(clerk: Caller) -> None:
    found = scanned(clerk, label("210004201250"))
    assert (found["sku"], found["barcode"], found["kind"]) == ("RICE", "2100042", "weighed")
    assert (found["quantity"], found["amount"]) == ("1.25", None)
    priced = scanned(clerk, label("020004271234"))  # the 7 checks the price
    assert (priced["sku"], priced["quantity"], priced["amount"]) == ("RICE", None, 1234)
    upc = label("020004271234")[1:]
    assert scanned(clerk, upc)["amount"] == 1234, "as a scanner reads it without the zero"
    with override_settings(CURRENCY="JPY"):
        assert scanned(clerk, label("020004271234"))["amount"] == 12


@pytest.mark.usefixtures("scales")
def test_labels_that_lead_nowhere(clerk: Caller) -> None:
    good = label("210004201250")
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert scanned(clerk, wrong) == (422, "barcode_check_digit")
    assert scanned(clerk, label("210004301250")) == (404, "barcode_not_found")
    assert scanned(clerk, label("220004201250")) == (404, "barcode_not_found")


@pytest.mark.usefixtures("scales")
def test_a_number_of_the_whole_label_is_found_where_no_item_has_it(
    brand: Brand, clerk: Caller
) -> None:
    Barcode.objects.create(sku=brand.milk, code=label("210009900000"), kind="gtin")
    assert scanned(clerk, label("210009900000"))["sku"] == "MILK"


@pytest.mark.parametrize(
    "query",
    [{}, {"code": ""}, {"code": " "}, {"code": "1" * 65}, {"code": "1", "x": "1"}, {"code": "\0"}],
)
def test_what_is_no_question(clerk: Caller, query: dict[str, str]) -> None:
    assert clerk.get("scan", **query).refusal == (400, "invalid_request")
    assert clerk.get("scan?code=1&code=2").refusal == (400, "invalid_request")


@pytest.mark.usefixtures("scales")
@pytest.mark.parametrize(
    ("code", "budget"), [("6901234567892", 1), ("210004201250", 2), ("NONSENSE", 1)]
)
def test_a_scan_takes_two_statements_at_most(clerk: Caller, code: str, budget: int) -> None:
    clerk.get("scan", code=code)
    with CaptureQueriesContext(connection) as asked:
        clerk.get("scan", code=label(code) if len(code) == 12 else code)
    assert len(asked) == 1 + budget, [one["sql"] for one in asked]
