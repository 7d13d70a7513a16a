"""The portal on a phone: rows are cards, and what is tapped is big enough for a thumb."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from apps.common import clock
from apps.orders.models import Order
from tests.browser.conftest import PHONE, Open, Platform

THUMB = 44
"""Pixels of the smallest target, either way."""
TARGETS = (
    "#qy-menu",
    ".qy-covers summary",
    ".qy-pills a",
    ".qy-listtools summary",
    "#toolbar + a",
    "#result_list tr.data-row",
)


def box_of(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box is not None
    return {**box}


def too_small(page: Page) -> list[str]:
    """The targets of the page that a thumb misses, or that are not there."""
    missed = []
    for selector in TARGETS:
        boxes = [box_of(one) for one in page.locator(selector).all() if one.is_visible()]
        small = [box for box in boxes if min(box["width"], box["height"]) < THUMB - 0.5]
        if small or not boxes:
            missed.append(f"{selector} {small}")
    return missed


def test_a_list_is_cards_that_a_thumb_hits(open_page: Open) -> None:
    page = open_page("owner", language="zh-hans", size=PHONE)
    page.goto("/portal/orders/order/")
    card = page.locator("#result_list tr.data-row").first

    expect(page.locator("#result_list thead")).to_be_hidden()
    assert too_small(page) == []
    title, state = box_of(card.locator("th").first), box_of(card.locator("td.field-state"))
    amount, whole = box_of(card.locator("td.field-n_net")), box_of(card)
    assert state["x"] > title["x"] + 100
    assert abs(state["y"] + state["height"] / 2 - title["y"] - title["height"] / 2) < 8
    assert amount["y"] > state["y"]
    assert whole["x"] + whole["width"] - amount["x"] - amount["width"] < 24

    card.click(position={"x": whole["width"] - 12, "y": whole["height"] - 8})

    page.wait_for_url("**/portal/orders/order/*/change/**")


def test_tasks_lead_to_their_lists(open_page: Open, platform: Platform) -> None:
    due = Order.objects.filter(store=platform.brand.a1, status="pending_payment").earliest("id")
    Order.objects.filter(pk=due.pk).update(pay_until=clock.now() + timedelta(minutes=5))
    page = open_page("owner", language="zh-hans", size=PHONE)
    page.goto("/portal/")
    page.locator(".qy-care-head a").click()
    page.wait_for_url("**/portal/tasks/")
    task = page.locator("a.qy-task").first
    count = task.locator(".qy-task-count").inner_text()
    assert box_of(task)["height"] >= THUMB

    task.click()

    expect(page.locator("#result_list tr.data-row")).to_have_count(int(count))
