"""Prices and SKUs from a file: what a check says, what is written, and what is not."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import translation

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.jobs.rules import Outcome, Row, Verdict
from apps.org import rules as roles
from apps.products import files
from apps.products import services as products
from apps.products.models import Barcode, Category, Price, PriceList, Product, Sku
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return builders.staff_actor("operator", roles.OPERATIONS)


@pytest.fixture
def tea() -> Sku:
    food = Category.objects.create(code="FOOD", name="食品")
    PriceList.objects.create(code="VIP", name="会员价")
    builders.build_sku("MILK", "牛奶", food, 300)
    return builders.build_sku("TEA", "绿茶", food, 1999, barcode="6901234567892")


def rows(*given: dict[str, Any]) -> list[Row]:
    return [Row(number, values) for number, values in enumerate(given, start=2)]


def price(sku: str, amount: Any, price_list: str = "") -> dict[str, Any]:
    return {"sku": sku, "price_list": price_list, "amount": amount}


def outcomes(verdicts: list[Verdict]) -> list[str]:
    return [one.outcome.value for one in verdicts]


def refusals(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    return [(refusal.column, refusal.code) for one in verdicts for refusal in one.refusals]


def test_prices_are_judged_set_and_then_the_same(actor: Actor, tea: Sku) -> None:
    given = rows(
        price("TEA", 2100), price("TEA", 1800, "VIP"), price("MILK", 300), price("MILK", 250, "VIP")
    )

    checked = files.check_prices(actor, given)
    assert outcomes(checked) == ["changed", "new", "same", "new"]
    assert [dict(one.changes) for one in checked] == [
        {"amount": ("¥19.99", "¥21.00")},
        {"amount": ("", "¥18.00")},
        {},
        {"amount": ("", "¥2.50")},
    ]
    assert Price.objects.count() == 2

    assert outcomes(files.apply_prices(actor, given)) == outcomes(checked)
    assert builders.amounts_now() == {
        ("TEA", "BASE"): 2100, ("TEA", "VIP"): 1800,
        ("MILK", "BASE"): 300, ("MILK", "VIP"): 250,
    }  # fmt: skip
    assert Price.objects.count() == 5, "what TEA cost before stays, and MILK is as it was"
    assert outcomes(files.check_prices(actor, given)) == ["same"] * 4


def test_a_page_of_prices_leaves_its_rows_and_one_audit_line(actor: Actor, tea: Sku) -> None:
    before = AuditLine.objects.count()
    files.apply_prices(actor, rows(price("TEA", 2100), price("MILK", 310)))

    lines = list(AuditLine.objects.order_by("id")[before:])
    assert [(line.action, line.actor_label, line.changes) for line in lines] == [
        ("products.set_prices", "operator", {"rows": 2, "set": 2})
    ]
    rows_of = list(Price.objects.order_by("amount").values_list("sku__code", "amount", "set_by"))
    assert rows_of == [
        ("MILK", 300, "tests"), ("MILK", 310, "operator"),
        ("TEA", 1999, "tests"), ("TEA", 2100, "operator"),
    ]  # fmt: skip

    files.apply_prices(actor, rows(price("TEA", 2100), price("MILK", 310)))
    assert AuditLine.objects.count() == before + 1, "nothing was changed, nothing is told"
    assert Price.objects.count() == 4


def test_refused_prices_write_nothing(actor: Actor, tea: Sku) -> None:
    given = [
        *rows(
            price("NONE", 100),
            price("TEA", 100, "NONE"),
            price("TEA", -1),
            price("TEA", 10**12 + 1),
            price("TEA", 2000),
        ),
        Row(9, {"sku": "MILK", "price_list": ""}, {"amount": ("not_an_amount", "no")}),
    ]

    verdicts = files.apply_prices(actor, given)

    assert outcomes(verdicts) == ["error"] * 4 + ["changed"] + ["error"]
    assert refusals(verdicts) == [
        ("sku", "sku_not_found"),
        ("price_list", "unknown_price_list"),
        ("amount", "price_out_of_range"),
        ("amount", "price_out_of_range"),
        ("amount", "not_an_amount"),
    ]
    assert builders.amounts_now() == {("TEA", "BASE"): 2000, ("MILK", "BASE"): 300}


def test_the_service_refuses_what_is_not_there(actor: Actor, tea: Sku) -> None:
    with pytest.raises(products.CatalogueMoved):
        products.set_prices(
            actor,
            [products.GivenPrice("TEA", "", 1), products.GivenPrice("GONE", "", 1)],
        )
    with pytest.raises(products.PriceOutOfRange):
        products.set_prices(actor, [products.GivenPrice("TEA", "", -1)])
    assert Price.objects.get(sku=tea).amount == 1999


def sku(code: str, **given: Any) -> dict[str, Any]:
    return {"sku": code, **given}


def test_skus_are_judged_kept_and_then_the_same(actor: Actor, tea: Sku) -> None:
    given = rows(
        sku("TEA", name="龙井", on_sale=False, base_price=2100, barcodes="111 6901234567892"),
        sku("MILK"),
        sku("COLA", name="可乐", name_en="Cola", category="FOOD", unit="l", base_price=450),
        sku("COLA-6", product="COLA", barcodes="222"),
    )

    with translation.override("en"):
        checked = files.check_skus(actor, given)
    assert outcomes(checked) == ["changed", "same", "new", "new"]
    assert dict(checked[0].changes) == {
        "name": ("绿茶", "龙井"),
        "on_sale": ("yes", "no"),
        "barcodes": ("6901234567892", "111 6901234567892"),
        "base_price": ("¥19.99", "¥21.00"),
    }
    assert dict(checked[2].changes) == {
        "product": ("", "COLA"),
        "name": ("", "可乐"),
        "name_en": ("", "Cola"),
        "category": ("", "FOOD"),
        "unit": ("", "litre"),
        "on_sale": ("", "yes"),
        "base_price": ("", "¥4.50"),
    }
    assert Sku.objects.count() == 2

    assert outcomes(files.apply_skus(actor, given)) == outcomes(checked)
    kept = set(Sku.objects.values_list("code", "product__code", "product__name", "is_active"))
    assert kept == {
        ("TEA", "TEA", "龙井", False), ("MILK", "MILK", "牛奶", True),
        ("COLA", "COLA", "可乐", True), ("COLA-6", "COLA", "可乐", True),
    }  # fmt: skip
    assert set(Barcode.objects.values_list("sku__code", "code")) == {
        ("TEA", "111"), ("TEA", "6901234567892"), ("COLA-6", "222"),
    }  # fmt: skip
    assert Price.objects.get(sku__code="COLA").amount == 450
    assert Product.objects.get(code="TEA").name_en == "Tea", "an empty cell changes nothing"
    assert outcomes(files.check_skus(actor, given)) == ["same"] * 4


def test_barcodes_of_a_file_are_all_of_them(actor: Actor, tea: Sku) -> None:
    files.apply_skus(actor, rows(sku("TEA", barcodes="333")))
    assert list(Barcode.objects.values_list("code", flat=True)) == ["333"]


def test_refused_skus_write_nothing(actor: Actor, tea: Sku) -> None:
    given = rows(
        sku("NEW1", name="新"),
        sku("NEW2", category="FOOD"),
        sku("NEW3", name="新", category="NONE"),
        sku("MILK", barcodes="6901234567892"),
        sku("MILK", barcodes="9" * 33),
        sku("NEW4", name="新", category="FOOD", barcodes="444"),
        sku("NEW5", name="新", category="FOOD", barcodes="444"),
        sku("NEW6", product="NEW4", name="旧"),
        sku("MILK", base_price=-5),
    )

    verdicts = files.apply_skus(actor, given)

    assert refusals(verdicts) == [
        ("category", "category_wanted"),
        ("name", "name_wanted"),
        ("category", "unknown_category"),
        ("barcodes", "barcode_taken"),
        ("barcodes", "barcodes_too_long"),
        ("barcodes", "barcode_taken"),
        ("product", "product_differs"),
        ("base_price", "price_out_of_range"),
    ]
    assert set(Sku.objects.values_list("code", flat=True)) == {"TEA", "MILK", "NEW4"}
    assert Price.objects.get(sku__code="MILK").amount == 300
    assert set(Barcode.objects.values_list("sku__code", "code")) == {
        ("TEA", "6901234567892"), ("NEW4", "444"),
    }  # fmt: skip


def test_a_price_in_a_file_of_skus_asks_the_right_to_prices(tea: Sku) -> None:
    nobody = builders.staff_actor("auditor", roles.AUDITOR)
    verdicts = files.check_skus(nobody, rows(sku("TEA", base_price=1)))
    assert refusals(verdicts) == [("base_price", "not_permitted")]


@override_settings(CURRENCY="JPY")
def test_amounts_are_shown_in_the_currency(actor: Actor, tea: Sku) -> None:
    verdicts = files.check_prices(actor, rows(price("TEA", 2000)))
    assert dict(verdicts[0].changes) == {"amount": ("¥1,999", "¥2,000")}


@pytest.mark.parametrize("judge", ["check_prices", "apply_prices", "check_skus", "apply_skus"])
def test_statements_do_not_grow_with_rows(actor: Actor, tea: Sku, judge: str) -> None:
    few, many = _page(judge, "A", 10), _page(judge, "B", 1000)
    act = getattr(files, judge)
    with CaptureQueriesContext(connection) as of_few:
        assert outcomes(act(actor, few)) == [Outcome.NEW] * 10
    with CaptureQueriesContext(connection) as of_many:
        assert outcomes(act(actor, many)) == [Outcome.NEW] * 1000
    assert len(of_many) == len(of_few)
    assert len(of_few) <= (4 if judge.startswith("check") else 28)


def _page(judge: str, prefix: str, count: int) -> list[Row]:
    codes = [f"{prefix}{number}" for number in range(count)]
    if judge.endswith("skus"):
        more = {"category": "FOOD", "base_price": 100}
        return rows(*(sku(code, name=code, barcodes=f"77{code}", **more) for code in codes))
    food = Category.objects.get(code="FOOD")
    Product.objects.bulk_create(Product(code=code, name=code, category=food) for code in codes)
    made = Product.objects.filter(code__in=codes)
    Sku.objects.bulk_create(Sku(code=one.code, product=one) for one in made)
    return rows(*(price(code, 100) for code in codes))
