"""What axe-core (tests/browser/axe) says against a page as it stands in the browser."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations"],
}
ALLOWED: dict[str, str] = {}
"""Rules that cannot be kept, and why."""


def faults(page: Page) -> list[str]:
    """Each violation of WCAG 2 A and AA, with the first elements at fault."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for one in found["violations"]
        if one["id"] not in ALLOWED
        for node in one["nodes"][:5]
    ]


def wider_than_window(page: Page) -> int:
    """By how many pixels the page would scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
