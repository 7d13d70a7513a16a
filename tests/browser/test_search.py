"""The search box in a browser: shortcuts, Enter, a scanner, and what stays where it was typed."""

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect

from apps.inventory.models import Stock
from apps.orders.models import Order
from apps.org.offices.sites import head_office, portal
from tests import builders
from tests.browser.accessibility import faults, wider_than_window
from tests.browser.conftest import PHONE, Open, Platform
from tests.offices.pages import page_of

BOX = "#search-palette-input"
PALETTE = "#search-palette"
OPTIONS = "#command-results-list [role=option]"
SCAN = """([keys, gap]) => {
    // As a scanner types: each key some milliseconds after the one before, Enter at the end. The
    // times are those of the keys, however busy the machine is.
    let left = true, time = performance.now();
    for (const key of [...keys, "Enter"]) {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        Object.defineProperty(event, "timeStamp", { value: time += gap });
        left = (document.activeElement || document.body).dispatchEvent(event);
    }
    return left;
}"""
"""Tells whether Enter was left to the element that has the focus."""
WHO = {"service": "admin", "clerk": "portal"}
"""Staff, and somebody who is none."""


def order_number(platform: Platform) -> str:
    return Order.objects.filter(store=platform.brand.a1).earliest("id").number


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("keys", ["Control+k", "Meta+k", "/"])
def test_it_opens_by_keyboard_and_gives_the_focus_back(
    name: str, keys: str, open_page: Open
) -> None:
    page = open_page(name)
    page.goto(f"/{WHO[name]}/orders/order/")
    link = page.locator("#result_list a").first
    link.focus()

    page.keyboard.press(keys)

    expect(page.locator(PALETTE)).to_be_visible()
    expect(page.locator(BOX)).to_be_focused()
    expect(page.locator(BOX)).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator(PALETTE)).to_be_hidden()
    expect(link).to_be_focused()


def test_a_slash_in_a_field_is_typed(open_page: Open) -> None:
    page = open_page("admin")
    page.goto("/admin/orders/order/")
    page.focus("#searchbar")

    page.keyboard.type("a/b")

    expect(page.locator("#searchbar")).to_have_value("a/b")
    expect(page.locator(PALETTE)).to_be_hidden()


@pytest.mark.parametrize("name", WHO)
def test_enter_waits_for_no_pause_and_opens_the_single_hit(
    name: str, open_page: Open, platform: Platform
) -> None:
    page = open_page(name)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{WHO[name]}/")
    page.keyboard.press("Control+k")

    page.keyboard.insert_text(builders.ZHANG_PHONE)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/{WHO[name]}/members/member/{platform.brand.zhang.pk}/change/")
    assert [url for url in asked if builders.ZHANG_PHONE in url] == []


def test_enter_chooses_where_there_is_a_choice(open_page: Open, platform: Platform) -> None:
    page = open_page("admin")
    page.goto("/admin/")
    page.keyboard.press("/")
    page.keyboard.insert_text("A")  # too short: nothing is asked
    expect(page.locator(OPTIONS)).to_have_count(0)
    page.locator(BOX).fill("1店")
    page.keyboard.press("Enter")
    first, second = page.locator(OPTIONS).nth(0), page.locator(OPTIONS).nth(1)
    expect(first).to_have_attribute("aria-selected", "true")
    expect(first).to_contain_text("A1")
    expect(page.locator(BOX)).to_be_focused()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")

    expect(first).to_have_attribute("aria-selected", "false")
    chosen = second.get_attribute("id")
    assert chosen is not None
    expect(page.locator(BOX)).to_have_attribute("aria-activedescendant", chosen)
    wanted = second.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


def held(page: Page, text: str) -> Callable[[], None]:
    """The answer to ``text`` is held back until the function is called."""
    waiting: list[Route] = []

    def judge(route: Route) -> None:
        sent = parse_qs(route.request.post_data or "")
        if sent.get("s") == [text]:
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/search/", judge)

    def release() -> None:
        for route in waiting:
            route.continue_()

    return release


def test_an_answer_that_comes_late_is_neither_shown_nor_opened(
    open_page: Open, platform: Platform
) -> None:
    page = open_page("admin")
    page.goto("/admin/")
    release = held(page, "TEA")
    page.keyboard.press("/")
    with page.expect_request("**/search/"):
        page.keyboard.insert_text("TEA")

    page.locator(BOX).fill("RICE")
    expect(page.locator(OPTIONS).first).to_contain_text("RICE")
    release()
    page.wait_for_timeout(300)

    expect(page.locator(OPTIONS).first).to_contain_text("RICE")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of(head_office, platform.brand.rice)}")


def test_enter_opens_what_is_typed_and_not_what_is_shown(
    open_page: Open, platform: Platform
) -> None:
    page = open_page("admin")
    page.goto("/admin/")
    page.keyboard.press("/")
    page.locator(BOX).fill("TEA")
    expect(page.locator(OPTIONS).first).to_contain_text("TEA")

    page.locator(BOX).fill("RICE")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{page_of(head_office, platform.brand.rice)}")


@pytest.mark.parametrize("name", WHO)
def test_a_scan_outside_of_fields_opens_its_record(
    name: str, open_page: Open, platform: Platform
) -> None:
    page = open_page(name)
    page.goto(f"/{WHO[name]}/orders/order/")
    page.locator("#result_list a").first.focus()
    stock = Stock.objects.get(sku=platform.brand.tea, location__store=platform.brand.a1)

    left = page.evaluate(SCAN, ["6901234567892", 5])

    assert left is False, "Enter would have opened the link that has the focus"
    wanted = page_of(portal, stock) if name == "clerk" else page_of(head_office, platform.brand.tea)
    page.wait_for_url(f"**{wanted}")


def test_a_scan_of_what_nobody_has_says_so(open_page: Open) -> None:
    page = open_page("clerk")
    page.goto("/portal/")

    page.evaluate(SCAN, ["6999999999999", 5])

    expect(page.locator(PALETTE)).to_be_visible()
    expect(page.locator(BOX)).to_have_value("6999999999999")
    expect(page.locator("#search-palette-status")).to_have_text("Nothing found")


def test_a_hand_is_no_scanner(open_page: Open) -> None:
    page = open_page("admin")
    page.goto("/admin/")

    left = page.evaluate(SCAN, ["6901", 90])

    assert left is True
    expect(page.locator(PALETTE)).to_be_hidden()


def test_a_scan_into_a_field_stays_there(open_page: Open, platform: Platform) -> None:
    page = open_page("admin")
    page.goto("/admin/orders/order/")
    page.focus("#searchbar")

    left = page.evaluate(SCAN, ["6901234567892", 5])
    assert left is True
    page.keyboard.type("6901234567892")
    expect(page.locator("#searchbar")).to_have_value("6901234567892")
    expect(page.locator(PALETTE)).to_be_hidden()


def test_a_scan_into_the_box_opens_its_record(open_page: Open, platform: Platform) -> None:
    page = open_page("admin")
    page.goto("/admin/")
    page.keyboard.press("Control+k")

    page.keyboard.type("6901234567892")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{page_of(head_office, platform.brand.tea)}")


@pytest.mark.parametrize("name", WHO)
def test_on_a_phone_a_button_opens_it(name: str, open_page: Open, platform: Platform) -> None:
    page = open_page(name, language="zh-hans", size=PHONE)
    page.goto(f"/{WHO[name]}/")

    page.locator(".qy-search-button").click()

    expect(page.locator(BOX)).to_be_focused()
    page.locator(BOX).fill(order_number(platform))
    expect(page.locator(OPTIONS)).to_have_count(1)
    assert wider_than_window(page) <= 0
    page.locator("[data-search-close]").click()
    expect(page.locator(PALETTE)).to_be_hidden()
    expect(page.locator(".qy-search-button")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_keeps_wcag_2_aa(scheme: str, open_page: Open) -> None:
    page = open_page("admin", language="zh-hans")
    page.goto("/admin/")
    page.evaluate(
        "dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark"
    )
    page.keyboard.press("/")
    found = {"empty": faults(page)}
    for text, many in (("1店", 2), ("no-such-thing", 0)):
        page.locator(BOX).fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(PALETTE)).not_to_have_attribute("aria-busy", "true")
        expect(page.locator("#search-palette-status")).not_to_be_empty()
        if many:
            expect(page.locator(OPTIONS).nth(many - 1)).to_be_visible()
        found[text] = faults(page)

    assert found == {"empty": [], "1店": [], "no-such-thing": []}


def test_nothing_typed_is_left_when_it_closes(open_page: Open) -> None:
    page = open_page("admin")
    page.goto("/admin/")
    page.keyboard.press("/")
    page.locator(BOX).fill(builders.ZHANG_PHONE)
    expect(page.locator(OPTIONS)).to_have_count(1)

    page.keyboard.press("Escape")

    expect(page.locator(BOX)).to_have_value("")
    expect(page.locator(OPTIONS)).to_have_count(0)
    kept = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert builders.ZHANG_PHONE not in kept
