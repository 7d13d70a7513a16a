"""A real browser before a real server, with rows of every kind behind it.

The database is a clone of the migrated one, filled once for all tests of this folder (per process)
and dropped at the end. Signed in is by the form where that is what is tested, by cookie elsewhere.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.core.cache import cache
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from apps.accounts.models import User
from apps.org import rules as roles
from tests import builders
from tests.builders import Brand
from tests.conftest import cloned
from tests.offices.pages import signed_in
from tests.offices.plenty import add_plenty

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
DESKTOP = (1440, 900)
PHONE = (390, 844)
WAIT_MS = 15_000
STAFF = {
    "admin": (roles.HEAD_OFFICE_ADMIN, ""),
    "operations": (roles.OPERATIONS, ""),
    "finance": (roles.FINANCE, ""),
    "service": (roles.CUSTOMER_SERVICE, ""),
    "auditor": (roles.AUDITOR, ""),
    "north": (roles.REGIONAL_MANAGER, "region"),
    "owner": (roles.FRANCHISE_OWNER, "franchisee"),
    "manager": (roles.STORE_MANAGER, "store"),
    "clerk": (roles.CLERK, "store"),
}
"""One of each role: north is the regional manager of NORTH, the last three belong to store A1."""


@dataclass
class Platform:
    """The address of the server, and who may sign in there."""

    url: str
    brand: Brand
    staff: dict[str, User] = field(default_factory=dict)


@pytest.fixture(scope="package")
def platform(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Platform]:
    """The running platform with its people and rows."""
    with django_db_blocker.unblock(), cloned():
        brand = builders.build_brand()
        add_plenty(brand, 0, 3)
        staff = {name: _hire(name, brand) for name in STAFF}
        server = LiveServerThread("127.0.0.1", lambda application: application)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        try:
            if server.error:
                raise server.error
            yield Platform(f"http://127.0.0.1:{server.port}", brand, staff)
        finally:
            server.terminate()


def _hire(name: str, brand: Brand) -> User:
    role, scope = STAFF[name]
    over = {"region": brand.north, "franchisee": brand.anhe, "store": brand.a1}
    return builders.build_staff(name, role, **({scope: over[scope]} if scope else {}))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without one these tests are skipped, but never where CI demands them."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium: apt-get install chromium fonts-noto-cjk")
        pytest.skip("there is no Chromium on this machine")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in this thread
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(platform: Platform, browser: Browser) -> Iterator[Open]:
    """Opens a window: ``open_page(name, language=, size=)``, signed in as ``name`` if it is given.

    A fault of a script on a page fails the test.
    """
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def open_window(
        name: str = "", *, language: str = "en", size: tuple[int, int] = DESKTOP
    ) -> Page:
        context = browser.new_context(
            base_url=platform.url,
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        cookies = {"django_language": language}
        if name:
            client = signed_in(platform.staff[name], language)
            cookies |= {key: morsel.value for key, morsel in client.cookies.items()}
        context.add_cookies(
            [{"name": key, "value": value, "url": platform.url} for key, value in cookies.items()]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        return page

    cache.clear()
    yield open_window
    for context in contexts:
        context.close()
    assert faults == []
