"""What part of a price is tax: by class and business day; a rate that has begun stays as it was."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.flows.quote import QuoteRequest, quote
from apps.orders.rules import LineRequest
from apps.org import rules as roles
from apps.products.models import Category, Sku, TaxClass, TaxRate
from tests import builders
from tests.builders import Brand
from tests.offices.pages import signed_in
from tests.offices.typing import page_data

pytestmark = pytest.mark.django_db

CLASSES = "/admin/products/taxclass/"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("operations", roles.OPERATIONS))


@pytest.fixture
def normal(brand: Brand) -> TaxClass:
    return tax_class("NORMAL", {-30: 1300, 30: 900})


def today() -> date:
    return clock.business_day(clock.now(), settings.TIME_ZONE)


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def tax_class(code: str, rates: dict[int, int]) -> TaxClass:
    """A class with rates by the days from today on which they begin."""
    row = TaxClass.objects.create(code=code, name=f"税{code}", name_en=code.title())
    for days, basis_points in rates.items():
        TaxRate.objects.create(tax_class=row, basis_points=basis_points, starts_on=in_days(days))
    return row


def tax_of(brand: Brand, sku: Sku) -> int:
    wish = QuoteRequest("A1", "pos", [LineRequest(sku.code, Decimal(1))])
    return int(quote(builders.SYSTEM, wish)["lines"][0]["tax"])


def rates(row: TaxClass) -> list[tuple[int, int]]:
    found = row.rates.order_by("starts_on").values_list("starts_on", "basis_points")
    return [((day - today()).days, points) for day, points in found]


def sent(client: Client, row: TaxClass, **changes: Any) -> dict[str, Any]:
    url = f"{CLASSES}{row.pk}/change/"
    return page_data(client, url) | {name.replace("__", "-"): v for name, v in changes.items()}


def test_the_nearest_class_counts_and_none_is_no_tax(brand: Brand, normal: TaxClass) -> None:
    reduced = tax_class("REDUCED", {-1: 900})
    food = Category.objects.get(code="FOOD")
    leaf = Category.objects.create(code="LEAF", name="叶", parent=food)
    gem = builders.build_sku("GEM", "玉露", leaf, 11300)
    assert tax_of(brand, gem) == 0

    Category.objects.filter(pk=food.pk).update(tax_class=normal)
    assert tax_of(brand, gem) == 1300  # of ¥113.00, 13 % on top of ¥100.00
    Category.objects.filter(pk=leaf.pk).update(tax_class=reduced)
    assert tax_of(brand, gem) == 933  # 11300 × 900 / 10900 = 933.02…
    Sku.objects.filter(pk=gem.pk).update(tax_class=normal)
    assert tax_of(brand, gem) == 1300
    assert tax_of(brand, brand.tea) == 230  # 1999 × 1300 / 11300 = 229.97…


def test_a_rate_that_waits_is_no_rate_yet(brand: Brand) -> None:
    Sku.objects.filter(pk=brand.tea.pk).update(tax_class=tax_class("LATER", {1: 1300}))
    assert tax_of(brand, brand.tea) == 0


def test_a_class_gets_its_rates_on_its_page(brand: Brand, client: Client) -> None:
    data = page_data(client, f"{CLASSES}add/", code="NEW", name="新", name_en="New")
    data |= {
        "rates-TOTAL_FORMS": "2",
        "rates-0-starts_on": today().isoformat(), "rates-0-basis_points": "1300",
        "rates-1-starts_on": in_days(40).isoformat(), "rates-1-basis_points": "900",
    }  # fmt: skip

    assert client.post(f"{CLASSES}add/", data).status_code == 302

    assert rates(TaxClass.objects.get(code="NEW")) == [(0, 1300), (40, 900)]
    assert AuditLine.objects.latest("id").action == "products.create_taxclass"


def test_a_rate_does_not_begin_in_the_past(brand: Brand, client: Client, normal: TaxClass) -> None:
    data = sent(client, normal, rates__TOTAL_FORMS="3") | {
        "rates-2-starts_on": in_days(-1).isoformat(),
        "rates-2-basis_points": "600",
    }

    answer = client.post(f"{CLASSES}{normal.pk}/change/", data)

    assert answer.status_code == 200
    assert "A rate holds from today or a later day" in answer.content.decode()
    assert rates(normal) == [(-30, 1300), (30, 900)]


def test_a_rate_that_has_begun_is_neither_changed_nor_deleted(
    brand: Brand, client: Client, normal: TaxClass
) -> None:
    """Whatever is sent; the other one, which waits, is changed by the same form."""
    data = sent(
        client, normal, rates__0__basis_points="600", rates__0__DELETE="on",
        rates__0__starts_on=in_days(5).isoformat(), rates__1__basis_points="800",
    )  # fmt: skip
    page = client.get(f"{CLASSES}{normal.pk}/change/").content.decode()
    assert page.count("disabled") >= 3

    assert client.post(f"{CLASSES}{normal.pk}/change/", data).status_code == 302

    assert rates(normal) == [(-30, 1300), (30, 800)]


def test_a_rate_that_begins_today_has_begun(brand: Brand, client: Client) -> None:
    row = tax_class("TODAY", {0: 1300})
    data = sent(client, row, rates__0__basis_points="600", rates__0__DELETE="on")

    client.post(f"{CLASSES}{row.pk}/change/", data)

    assert rates(row) == [(0, 1300)]


def test_a_rate_that_waits_is_deleted_and_does_not_move_into_the_past(
    brand: Brand, client: Client, normal: TaxClass
) -> None:
    url = f"{CLASSES}{normal.pk}/change/"
    early = sent(client, normal, rates__1__starts_on=in_days(-3).isoformat())
    assert client.post(url, early).status_code == 200
    assert rates(normal) == [(-30, 1300), (30, 900)]

    assert client.post(url, sent(client, normal, rates__1__DELETE="on")).status_code == 302

    assert rates(normal) == [(-30, 1300)]


def test_a_class_with_rates_is_kept(brand: Brand, client: Client, normal: TaxClass) -> None:
    url = f"{CLASSES}{normal.pk}/delete/"

    page = client.get(url).content.decode()

    assert "<li>Tax rates</li>" in page
    assert "Give what is taxed by it another tax class" in page
    client.post(url, {"post": "yes", "reason": "unused"})
    assert TaxClass.objects.filter(pk=normal.pk).exists()


def test_classes_are_given_to_categories_and_skus(
    brand: Brand, client: Client, normal: TaxClass
) -> None:
    food = Category.objects.get(code="FOOD")
    for row in (food, brand.tea):
        url = f"/admin/products/{row._meta.model_name}/{row.pk}/change/"
        assert client.post(url, page_data(client, url, tax_class=normal.pk)).status_code == 302
        row.refresh_from_db()
        assert row.tax_class == normal
        assert AuditLine.objects.latest("id").changes == {"tax_class": [None, "NORMAL"]}


def test_rates_stand_side_by_side_and_nobody_edits_them_there(
    brand: Brand, client: Client, normal: TaxClass
) -> None:
    page = client.get("/admin/products/taxrate/").content.decode()
    assert "13 %" in page
    assert "9 %" in page

    row = normal.rates.earliest("starts_on")
    url = f"/admin/products/taxrate/{row.pk}/change/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"basis_points": "1"}).status_code == 403
