"""The options of a product and the grid of its SKUs, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from apps.products.models import Sku
from tests.browser.accessibility import faults_of_both_themes, wider_than_a_phone
from tests.browser.conftest import Open, Platform


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_skus_are_made_of_options(open_page: Open, platform: Platform, language: str) -> None:
    product = {"en": platform.brand.rice, "zh-hans": platform.brand.milk}[language].product
    page = open_page("operations", language=language)
    page.goto(f"/admin/products/product/{product.pk}/change/")
    page.locator(f'a[href$="/product/{product.pk}/matrix/"]').first.click()
    page.wait_for_url("**/matrix/")
    page.locator("#id_option-0-name").fill("颜色")
    page.locator("#id_option-0-values").fill("RED | 红 | Red\nBLUE | 蓝 | Blue")
    page.locator("button[name=save]").click()
    expect(page.locator("button[name=build]")).to_be_visible()
    assert faults_of_both_themes(page, "#content") == []
    assert wider_than_a_phone(page) <= 0

    page.locator("button[name=build]").click()

    expect(page.get_by_role("link", name=f"{product.code}-BLUE")).to_be_visible()
    made = Sku.objects.filter(product=product).exclude(option="").order_by("option")
    assert list(made.values_list("option", flat=True)) == ["BLUE", "RED"]
    assert faults_of_both_themes(page, "#content") == []


def test_the_page_of_a_product_keeps_wcag_2_aa(open_page: Open, platform: Platform) -> None:
    page = open_page("operations", language="zh-hans")
    page.goto(f"/admin/products/product/{platform.brand.tea.product_id}/change/")
    assert faults_of_both_themes(page, "#content") == []
    assert wider_than_a_phone(page) <= 0
