"""The tree of categories is arranged by mouse and by keyboard, on a desk and on a phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.products.models import Category
from tests.browser.accessibility import faults_of_both_themes, wider_than_window
from tests.browser.conftest import PHONE, Open, Platform

PAGE = "/admin/products/category/tree/"


@pytest.fixture
def tree(platform: Platform, request: pytest.FixtureRequest) -> str:
    """Three at the top, two below the first; the prefix of their codes."""
    name = f"T{abs(hash(request.node.name)) % 10_000}"
    made: dict[str, Category] = {}
    for place, (code, parent) in enumerate(
        [("A", ""), ("B", ""), ("C", ""), ("AX", "A"), ("AY", "A")]
    ):
        made[code] = Category.objects.create(
            code=f"{name}{code}", name=f"类{code}", name_en=f"Sort {code}",
            parent=made.get(parent), position=900 + place,
        )  # fmt: skip
    return name


def row(page: Page, code: str) -> Locator:
    return page.locator(f'li[data-code="{code}"] > .qy-tree-row')


def below(code: str) -> list[str]:
    rows = Category.objects.filter(parent__code=code).order_by("position", "code")
    return list(rows.values_list("code", flat=True))


def test_a_category_is_dragged_below_another(open_page: Open, tree: str) -> None:
    page = open_page("operations")
    page.goto(PAGE)
    row(page, f"{tree}AY").drag_to(row(page, f"{tree}B"))
    dialog = page.locator("#move-category")
    expect(dialog).to_be_visible()
    expect(page.locator("#move-parent")).to_have_value(f"{tree}B")
    page.locator("#move-reason").fill("season")

    dialog.get_by_role("button", name="Move", exact=True).click()

    expect(page.locator(f'li[data-code="{tree}B"] > ul > li')).to_have_count(1)
    assert (below(f"{tree}A"), below(f"{tree}B")) == ([f"{tree}AX"], [f"{tree}AY"])
    assert page.evaluate("document.activeElement.closest('li').dataset.code") == f"{tree}AY"


def test_a_category_is_dragged_before_its_sibling(open_page: Open, tree: str) -> None:
    page = open_page("operations")
    page.goto(PAGE)
    row(page, f"{tree}AY").drag_to(row(page, f"{tree}AX"), target_position={"x": 150, "y": 3})
    page.locator("#move-reason").fill("season")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PAGE}")
    expect(page.locator(f'li[data-code="{tree}A"] > ul > li').first).to_have_attribute(
        "data-code", f"{tree}AY"
    )
    assert below(f"{tree}A") == [f"{tree}AY", f"{tree}AX"]


def test_nothing_goes_below_itself(open_page: Open, tree: str) -> None:
    page = open_page("operations")
    page.goto(PAGE)
    row(page, f"{tree}A").drag_to(row(page, f"{tree}AX"))
    expect(page.locator("#move-category")).to_be_hidden()
    row(page, f"{tree}A").locator("[data-move]").click()
    expect(page.locator(f'#move-parent option[value="{tree}AX"]')).to_be_disabled()
    expect(page.locator(f'#move-parent option[value="{tree}B"]')).to_be_enabled()


def test_it_is_moved_without_a_mouse(open_page: Open, tree: str) -> None:
    page = open_page("operations")
    page.goto(PAGE)
    row(page, f"{tree}AX").locator("[data-move]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#move-parent")).to_be_focused()
    page.locator("#move-parent").select_option(f"{tree}C")
    expect(page.locator("#move-position option")).to_have_text(["First"])
    page.keyboard.press("Escape")
    expect(page.locator("#move-category")).to_be_hidden()
    assert below(f"{tree}C") == []
    page.keyboard.press("Enter")
    page.locator("#move-parent").select_option(f"{tree}C")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("season")
    page.keyboard.press("Enter")
    expect(page.locator(f'li[data-code="{tree}C"] > ul > li')).to_have_count(1)
    assert below(f"{tree}C") == [f"{tree}AX"]


def test_what_is_closed_stays_closed(open_page: Open, tree: str) -> None:
    page = open_page("operations")
    page.goto(PAGE)
    expect(row(page, f"{tree}AX")).to_be_visible()
    row(page, f"{tree}A").locator(".qy-tree-toggle").click()
    expect(row(page, f"{tree}AX")).to_be_hidden()
    page.reload()
    expect(row(page, f"{tree}AX")).to_be_hidden()


def test_a_tree_that_somebody_changed_is_shown_anew(open_page: Open, tree: str) -> None:
    page = open_page("operations")
    page.goto(PAGE)
    Category.objects.filter(code=f"{tree}C").update(parent=Category.objects.get(code=f"{tree}B"))
    row(page, f"{tree}AX").locator("[data-move]").click()
    page.locator("#move-parent").select_option(f"{tree}C")
    page.locator("#move-reason").fill("season")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Somebody moved categories")).to_be_visible()
    expect(page.locator(f'li[data-code="{tree}B"] > ul > li')).to_have_count(1)
    assert below(f"{tree}C") == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_tree_and_its_dialog_keep_wcag_2_aa(open_page: Open, tree: str, language: str) -> None:
    page = open_page("operations", language=language)
    page.goto(PAGE)
    assert faults_of_both_themes(page) == []
    row(page, f"{tree}A").locator("[data-move]").click()
    assert faults_of_both_themes(page, "#move-category") == []


def test_it_is_moved_on_a_phone(open_page: Open, tree: str) -> None:
    page = open_page("operations", language="zh-hans", size=PHONE)
    page.goto(PAGE)
    assert wider_than_window(page) <= 0
    row(page, f"{tree}AX").locator("[data-move]").click()
    assert wider_than_window(page) <= 0
    page.locator("#move-parent").select_option(f"{tree}B")
    page.locator("#move-reason").fill("换季")
    page.locator("#move-category button[type=submit]").click()
    expect(page.locator(f'li[data-code="{tree}B"] > ul > li')).to_have_count(1)
    assert below(f"{tree}B") == [f"{tree}AX"]
