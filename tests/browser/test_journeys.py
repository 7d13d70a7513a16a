"""What people do in the two offices, done with keyboard and mouse."""

import pytest
from playwright.sync_api import Page, expect

from tests import builders
from tests.browser.conftest import STAFF, Open, Platform


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(f"/{site}/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", builders.PASSWORD)
    page.click("button.main")
    page.wait_for_url(f"**/{site}/")


FOREIGN = {
    "north": ("A1店", "安和"),
    "owner": ("B1店", "百川"),
    "manager": ("B1店", "A2店"),
    "clerk": ("B1店", "A2店"),
}


@pytest.mark.parametrize("name", STAFF)
def test_everybody_signs_in_and_sees_home_without_foreign_rows(
    name: str, open_page: Open, platform: Platform
) -> None:
    page = open_page(language="zh-hans")
    site = "admin" if platform.staff[name].is_staff else "portal"

    sign_in(page, site, name)

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    said = page.content()
    assert name in said
    assert [text for text in FOREIGN.get(name, ()) if text in said] == []


def test_a_member_is_found_by_phone(open_page: Open, platform: Platform) -> None:
    page = open_page("service", language="zh-hans")
    page.goto("/admin/members/member/")

    page.fill("#searchbar", builders.ZHANG_PHONE)
    page.press("#searchbar", "Enter")
    page.wait_for_url("**q=~*")

    assert builders.ZHANG_PHONE not in page.url
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(platform.brand.zhang.number)
    rows.locator("a").first.click()
    expect(page.locator("main, #main")).to_contain_text("138****1234")


def test_a_number_of_the_overview_leads_to_its_list(open_page: Open, platform: Platform) -> None:
    page = open_page("admin", language="zh-hans")
    page.goto("/admin/")

    page.locator("a[href*='members/member/?']").first.click()

    page.wait_for_url("**/admin/members/member/?*")
    expect(page.locator("#result_list tbody tr")).not_to_have_count(0)


def test_the_language_is_switched_and_the_page_stays(open_page: Open, platform: Platform) -> None:
    page = open_page("owner", language="zh-hans")
    page.goto("/portal/orders/order/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")

    page.evaluate(
        "document.querySelector('form[action*=setlang] [value=en]').closest('form').submit()"
    )

    page.wait_for_url("**/portal/orders/order/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("body")).not_to_contain_text("B1店")
