"""Every main page can be read and worked by everybody, and fits a phone."""

import pytest

from apps.org.offices.sites import head_office, portal
from tests.browser.accessibility import faults, wider_than_window
from tests.browser.conftest import PHONE, Open
from tests.browser.pages import WHO, lists, mains
from tests.offices.pages import root

PAGES = ("", "orders/order/", "members/member/", "inventory/stock/", "jobs/job/", "security/")


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_keep_wcag_2_aa(name: str, language: str, open_page: Open) -> None:
    page = open_page(name, language=language)
    found = {}
    for address in PAGES:
        page.goto(root(WHO[name]) + address)
        if complaints := faults(page):
            found[address] = complaints
    assert found == {}


@pytest.mark.parametrize("name", WHO)
def test_no_main_page_scrolls_sideways_on_a_phone(name: str, open_page: Open) -> None:
    page = open_page(name, language="zh-hans", size=PHONE)
    wider = {}
    for address in mains(WHO[name]):
        page.goto(address)
        if beyond := wider_than_window(page):
            wider[address] = beyond
    assert wider == {}
    assert len(lists(head_office)) > len(lists(portal)) > 3
