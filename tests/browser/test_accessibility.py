"""Every page can be read and worked by everybody, by day and by night, and fits a phone."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import (
    CONTENT,
    faults,
    faults_of_both_themes,
    wider_than_a_phone,
    wider_than_window,
)
from tests.browser.conftest import PHONE, Open
from tests.browser.pages import WHO, lists
from tests.offices.pages import root

WHOLE_PAGES = ("", "orders/order/", "members/member/", "jobs/job/", "security/")
"""Looked at with all that stands around the content, which is the same on every page."""
HALVES = (0, 1)
FIRST_RECORD = "(document.querySelector('#result_list tbody th a') || {}).href"


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", WHO)
def test_every_list_and_record_keeps_wcag_2_aa_and_fits_a_phone(
    name: str, half: int, open_page: Open
) -> None:
    page = open_page(name, language="zh-hans")
    addresses = lists(WHO[name])[half::2]

    found, records = _seen(page, addresses)

    assert found == {}
    assert [one for one in records if one.startswith(root(WHO[name]))] == records
    assert len(records) > len(addresses) / 2  # most lists lead to a page of each row


def _seen(page: Page, addresses: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """What is wrong on the lists and on the first record of each, and the addresses of those."""
    found, records = {}, []
    for address in addresses:
        page.goto(address)
        record = page.evaluate(FIRST_RECORD)
        found[address] = _wrong(page)
        if record:
            records.append(urlsplit(record).path)
            page.goto(records[-1])
            found[records[-1]] = _wrong(page)
    return {address: wrong for address, wrong in found.items() if wrong}, records


def _wrong(page: Page) -> list[str]:
    wrong = faults_of_both_themes(page, CONTENT)
    beyond = wider_than_a_phone(page)
    return [*wrong, f"{beyond} px wider than a phone"] if beyond else wrong


@pytest.mark.parametrize("name", WHO)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whole_pages_keep_wcag_2_aa(name: str, language: str, open_page: Open) -> None:
    page = open_page(name, language=language)
    found = {}
    for address in WHOLE_PAGES:
        page.goto(root(WHO[name]) + address)
        if complaints := faults_of_both_themes(page):
            found[address] = complaints
    assert found == {}


@pytest.mark.parametrize("name", WHO)
def test_whole_pages_keep_wcag_2_aa_on_a_phone(name: str, open_page: Open) -> None:
    page = open_page(name, language="en", size=PHONE)
    found = {}
    for address in WHOLE_PAGES:
        page.goto(root(WHO[name]) + address)
        beyond = wider_than_window(page)
        page.click("#qy-menu")
        if complaints := faults_of_both_themes(page):
            found[address] = complaints
        assert not beyond, address
    assert found == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("site", ["admin", "portal"])
def test_pages_before_and_around_signing_in_keep_wcag_2_aa(
    site: str, language: str, open_page: Open
) -> None:
    stranger = open_page(language=language)
    person = open_page({"admin": "auditor", "portal": "manager"}[site], language=language)
    found = {}
    for page, address in (
        (stranger, f"/{site}/login/"),
        (person, f"/{site}/security/second-factor/"),
        (person, f"/{site}/password_change/"),
    ):
        page.goto(address)
        assert page.url.endswith(address)
        found[address] = _wrong_by_day_and_night(page)
        page.click("button.main")  # and what a mistake looks like
        found[f"{address} refused"] = _wrong_by_day_and_night(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def _wrong_by_day_and_night(page: Page) -> list[str]:
    """These pages follow the device: they have no switch of their own."""
    by_day = faults(page)
    page.emulate_media(color_scheme="dark")
    by_night = faults(page)
    page.emulate_media(color_scheme="light")
    beyond = wider_than_a_phone(page)
    return [*by_day, *by_night, *([f"{beyond} px wider than a phone"] if beyond else [])]
