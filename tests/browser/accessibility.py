"""What axe-core (tests/browser/axe) says against a page as it stands in the browser."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = {"runOnly": LEVELS, "resultTypes": ["violations"], "preload": False}
COLOURS = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
CONTENT = "#content"
WHOLE = "html"
ALLOWED: dict[str, str] = {}
"""Rules that cannot be kept, and why."""
SETTLED = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""
ALL_TABS = """() => document.querySelectorAll('[data-inline-type], [x-show^=activeTab]').forEach(
    (group) => group.style.setProperty('display', 'block', 'important'))"""


def faults(page: Page, within: str = WHOLE, rules: dict[str, Any] = RULES) -> list[str]:
    """Each violation of WCAG 2 A and AA in what matches ``within``, with the first elements at fault.

    Tabs that are not chosen are looked at too.
    """
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    page.evaluate(SETTLED)
    page.evaluate(ALL_TABS)
    found: dict[str, Any] = page.evaluate(
        "([place, rules]) => axe.run(document.querySelector(place), rules)", [within, rules]
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for one in found["violations"]
        if one["id"] not in ALLOWED
        for node in one["nodes"][:5]
    ]


def faults_of_both_themes(page: Page, within: str = WHOLE) -> list[str]:
    """The same by day, and by night what differs then: the colours. Leaves the page as it was."""
    by_day = faults(page, within)
    page.evaluate("document.documentElement.classList.replace('light', 'dark')")
    page.evaluate("document.documentElement.classList.add('dark')")
    by_night = faults(page, within, COLOURS)
    page.evaluate("document.documentElement.classList.remove('dark')")
    return by_day + [f"dark {one}" for one in by_night]


def wider_than_window(page: Page) -> int:
    """By how many pixels the page would scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def wider_than_a_phone(page: Page) -> int:
    """By how many pixels it would on a phone. Leaves the page on a desk."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    beyond = wider_than_window(page)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    return beyond
