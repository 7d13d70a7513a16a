"""Everything can be done without a mouse, and the eye always finds where the keyboard stands."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Approval
from apps.common import clock
from apps.org import rules as roles
from apps.org.offices.sites import head_office
from tests import builders
from tests.browser.accessibility import faults
from tests.browser.conftest import PHONE, Open, Platform
from tests.offices.pages import list_of, page_of
from tests.offices.test_second_factor import code_of, enrolled

STEPS = 200
"""More presses of Tab than any page has stops."""
WHERE = """() => {
    const one = document.activeElement;
    if (one === document.body || one === document.documentElement) return null;
    const styles = [one, ...(one.matches('input') ? [one.parentElement] : [])].map(getComputedStyle);
    const seen = styles.some((style) =>
        (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) ||
        (style.boxShadow !== 'none' && /[1-9]px/.test(style.boxShadow)));
    const box = one.getBoundingClientRect();
    window.stops = (window.stops || new Map());
    if (!window.stops.has(one)) window.stops.set(one, window.stops.size);
    return {
        number: window.stops.get(one),
        html: one.outerHTML.slice(0, 160),
        seen: seen && box.width > 0 && box.height > 0,
        menu: Boolean(one.closest('nav')),
        content: Boolean(one.closest('#content')),
        dialog: Boolean(one.closest('#modal')),
    };
}"""


def stops(page: Page) -> list[dict[str, object]]:
    """Where Tab leads, from the top of the page around to where it began."""
    page.evaluate("window.stops = undefined")
    found: list[dict[str, object]] = []
    for _press in range(STEPS):
        page.keyboard.press("Tab")
        here = page.evaluate(WHERE)
        if found and (here is None or here["number"] < len(found)):
            return found
        if here is not None:
            found.append(here)
    raise AssertionError(f"Tab never comes round: {found[-1]}")


def unseen(found: list[dict[str, object]]) -> list[object]:
    return [stop["html"] for stop in found if not stop["seen"]]


def press(page: Page, key: str, times: int = 1) -> None:
    for _press in range(times):
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what matches ``selector`` has the focus."""
    for _press in range(STEPS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


@pytest.mark.parametrize("address", ["/admin/", "/admin/orders/order/", "/portal/"])
def test_focus_is_seen_at_every_stop_and_goes_from_menu_to_content(
    address: str, open_page: Open
) -> None:
    page = open_page("admin" if "admin" in address else "owner", language="zh-hans")
    page.goto(address)

    found = stops(page)

    assert unseen(found) == []
    assert 'href="#content"' in str(found[0]["html"])
    menu = [number for number, stop in enumerate(found) if stop["menu"] and not stop["content"]]
    content = [number for number, stop in enumerate(found) if stop["content"]]
    assert len(menu) > 5
    assert len(content) > 5
    assert max(menu) < min(content)


@pytest.mark.parametrize("dark", [False, True])
def test_focus_is_seen_on_a_record_by_day_and_by_night(
    dark: bool, open_page: Open, platform: Platform
) -> None:
    page = open_page("admin", language="en")
    page.goto(page_of(head_office, platform.brand.a1))
    if dark:
        page.evaluate("document.documentElement.classList.add('dark')")

    assert unseen(stops(page)) == []


def test_a_link_leads_over_the_menu_to_the_content(open_page: Open) -> None:
    page = open_page("admin", language="en")
    page.goto("/admin/orders/order/")

    press(page, "Tab")
    expect(page.locator(".qy-skip")).to_be_in_viewport()
    press(page, "Enter")

    press(page, "Tab")
    assert page.evaluate(WHERE)["content"]


def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(
    open_page: Open, platform: Platform
) -> None:
    page = open_page("admin", language="en")
    row = Approval.objects.filter(state="requested").latest("id")
    page.goto(page_of(head_office, row))
    tab_to(page, "a[href$='/reject/']")

    press(page, "Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#modal :focus")).to_have_count(1)

    inside = stops(page)
    assert [stop["html"] for stop in inside if not stop["dialog"]] == []
    assert unseen(inside) == []
    for _press in range(len(inside) + 3):
        press(page, "Shift+Tab")
        here = page.evaluate(WHERE)
        assert here is None or here["dialog"], here["html"]

    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("a[href$='/reject/']")).to_be_focused()
    row.refresh_from_db()
    assert row.state == "requested"


def test_menus_open_and_close_by_keyboard(open_page: Open) -> None:
    page = open_page("admin", language="en", size=PHONE)
    page.goto("/admin/orders/order/")
    menu = page.get_by_role("button", name="Show or hide the menu")

    tab_to(page, "#qy-menu")
    press(page, "Enter")
    expect(page.locator("#nav-sidebar")).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")

    page.locator(".qy-person").focus()
    press(page, "Enter")
    expect(page.locator("#qy-person-menu")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#qy-person-menu")).to_be_hidden()
    expect(page.locator(".qy-person")).to_be_focused()
    expect(page.locator("#nav-sidebar")).to_be_visible()

    press(page, "Escape")
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()


def test_filters_open_and_close_by_keyboard(open_page: Open) -> None:
    page = open_page("admin", language="en")
    page.goto("/admin/orders/order/")
    opener = page.get_by_role("button", name="Filters")

    opener.focus()
    press(page, "Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()
    expect(page.locator("#changelist-filter :focus")).to_have_count(1)

    press(page, "Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_request_is_rejected_without_a_mouse(open_page: Open, platform: Platform) -> None:
    """Sign in, open a list, filter it, open a row, run an action in its dialog."""
    page = open_page(language="en")
    row = Approval.objects.filter(state="requested").earliest("id")
    page.goto("/admin/")
    page.keyboard.type("admin")
    tab_to(page, "input[name=password]")
    page.keyboard.type(builders.PASSWORD)
    press(page, "Enter")
    page.wait_for_url(lambda url: "login" not in url)

    tab_to(page, f"nav a[href='{list_of(head_office, Approval)}']")
    press(page, "Enter")
    page.wait_for_url("**/accounts/approval/**")
    tab_to(page, ".qy-pill[href*='requested']")
    press(page, "Enter")
    page.wait_for_url("**requested**")
    tab_to(page, f"#result_list a[href*='/{row.pk}/change/']")
    press(page, "Enter")
    page.wait_for_url(f"**/{row.pk}/change/**")
    tab_to(page, "a[href$='/reject/']")
    press(page, "Enter")
    expect(page.locator("#modal :focus")).to_have_count(1)
    page.keyboard.type("not this month")
    tab_to(page, "#dialog button[type=submit]")
    press(page, "Enter")
    page.wait_for_load_state()
    expect(page.get_by_role("dialog")).to_be_hidden()

    row.refresh_from_db()
    assert row.state == "rejected"
    assert row.approver_id == platform.staff["admin"].pk


def test_a_person_signs_in_with_a_code_without_a_mouse(open_page: Open, platform: Platform) -> None:
    person = builders.build_staff("coded", roles.CLERK, store=platform.brand.a1)
    secret, _codes = enrolled(person, clock.now() - timedelta(minutes=5))
    page = open_page(language="zh-hans")
    page.goto("/portal/")
    assert unseen(stops(page)) == []

    page.locator("input[name=username]").focus()
    page.keyboard.type("coded")
    tab_to(page, "input[name=password]")
    page.keyboard.type(builders.PASSWORD)
    press(page, "Enter")
    page.wait_for_url("**/login/code/**")
    assert faults(page) == []
    assert unseen(stops(page)) == []
    tab_to(page, "input[name=code]")
    page.keyboard.type(code_of(secret, clock.now()))
    press(page, "Enter")
    page.wait_for_url(lambda url: "login" not in url)

    expect(page.locator(".qy-person")).to_contain_text("coded")
