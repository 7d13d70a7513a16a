"""Pictures of the main pages, in both languages, on a desk and on a phone, some by night.

    uv run python -m tests.browser.screenshots [--address http://127.0.0.1:8000] [--only admin-orders]

Signs in to a running platform with the demonstration brand and writes
docs/screenshots/<site>-<page>-<language>[-phone|-dark].png. It asks for points (which waits for
approval) and checks a price file (of which nothing is carried out), so that there is something to see.
A page that cannot be reached is named, and the exit code is 1.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.browser.small_png import smaller

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = {"": (1280, 800), "-phone": (390, 844), "-dark": (1280, 800)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
WAIT_MS = 20_000
FIRST_ROW = "#result_list tbody th a"
PRICES = """SKU 编码,价目表编码,单价,备注
CJ00995242,,9.90,
CJ01082185,,12.50,
NOT-A-SKU,,1.00,
CJ00025671,,abc,
"""
Step = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Shot:
    """One page: as whom, where, what is done there before the picture, and whether by night too."""

    name: str
    person: str
    address: str
    step: Step | None = None
    dark: bool = False

    @property
    def site(self) -> str:
        return self.address.split("/")[1]

    def picture(self, language: str, look: str) -> str:
        """The name of its picture, without the ending."""
        return f"{self.site}-{self.name}-{language}{look}"


def follow(selector: str) -> Step:
    """Click what matches first and wait for the page behind it."""

    def step(page: Page) -> None:
        target = page.locator(selector).first.get_attribute("href")
        page.goto(page.evaluate("href => new URL(href, location.href).href", target))

    return step


def search(text: str) -> Step:
    """The search box with what it finds."""

    def step(page: Page) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type(text, delay=30)
        page.wait_for_timeout(1200)

    return step


def act(page: Page, selector: str) -> None:
    """Press the button of an action, which a phone has in a menu."""
    if not page.locator(selector).is_visible():
        page.locator("[x-on\\:click*='showActions = ']").click()
    page.locator(selector).click()


def fill_request(page: Page) -> None:
    """As customer service: the dialog that asks for points, filled in."""
    follow(FIRST_ROW)(page)
    act(page, "#main a[hx-get*='adjust']")
    page.fill("#dialog-form [name=points]", "200")
    page.fill("#dialog-form [name=reason]", "门店活动补发积分")
    page.fill("#dialog-form [name=evidence]", "工单 CASE-2041, 店长已核实")


def open_approval(page: Page) -> None:
    """The newest request that waits, and the dialog that approves it."""
    follow(FIRST_ROW)(page)
    act(page, "#main a[href$='/approve/']")
    page.wait_for_selector("#dialog-form input:not([type=hidden])")


def check_prices(page: Page) -> None:
    """A price file with two bad rows, up to what it would change."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices.csv"
        path.write_text(PRICES)
        page.set_input_files("input[type=file]", path)
        page.locator("form[enctype] button[type=submit]").click()
        page.wait_for_url("**/columns/")
    page.locator("form[data-columns] button[type=submit]").click()
    page.wait_for_url("**/change/")
    page.wait_for_selector(".qy-tile", timeout=2 * WAIT_MS)


REQUEST = Shot("request", "service", "/admin/members/member/", fill_request)
SHOTS = (
    Shot("login", "", "/admin/login/"),
    Shot("home", "admin", "/admin/?period=7", dark=True),
    Shot("search", "admin", "/admin/", search("S0311")),
    Shot("orders", "admin", "/admin/orders/order/", dark=True),
    Shot("order", "admin", "/admin/orders/order/", follow(FIRST_ROW), dark=True),
    Shot("members", "admin", "/admin/members/member/"),
    Shot("member", "admin", "/admin/members/member/", follow(FIRST_ROW)),
    REQUEST,
    Shot("skus", "admin", "/admin/products/sku/"),
    Shot("sku", "admin", "/admin/products/sku/", follow(FIRST_ROW)),
    Shot("stores", "admin", "/admin/org/store/"),
    Shot("store", "admin", "/admin/org/store/", follow(FIRST_ROW)),
    Shot("stock", "admin", "/admin/inventory/stock/"),
    Shot("payments", "admin", "/admin/payments/payment/"),
    Shot("payment", "admin", "/admin/payments/payment/", follow(FIRST_ROW)),
    Shot("points", "admin", "/admin/loyalty/pointsentry/"),
    Shot("import", "operations", "/admin/jobs/job/import/?subject=products.prices", check_prices),
    Shot("jobs", "operations", "/admin/jobs/job/"),
    Shot("job", "operations", "/admin/jobs/job/", follow(FIRST_ROW)),
    Shot("approval", "admin", "/admin/accounts/approval/?state__exact=requested", open_approval),
    Shot("audit", "auditor", "/admin/accounts/auditline/"),
    Shot("security", "admin", "/admin/security/"),
    Shot("login", "", "/portal/login/"),
    Shot("home", "owner", "/portal/?period=7", dark=True),
    Shot("tasks", "owner", "/portal/tasks/"),
    Shot("orders", "owner", "/portal/orders/order/"),
    Shot("order", "owner", "/portal/orders/order/", follow(FIRST_ROW)),
    Shot("members", "owner", "/portal/members/member/"),
    Shot("stock", "owner", "/portal/inventory/stock/"),
    Shot("staff", "owner", "/portal/accounts/user/"),
)
"""Ordered: a request is asked for before it is approved, a file checked before its job is shown."""


def rounds(shot: Shot) -> Iterator[tuple[str, str]]:
    """Languages and looks in which a page is shown."""
    yield from (("zh", ""), ("en", ""), ("zh", "-phone"))
    if shot.dark:
        yield "en", "-dark"


def sign_in(page: Page, site: str, person: str, password: str) -> None:
    page.goto(f"/{site}/")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", password)
    page.click("button.main")
    page.wait_for_url(lambda url: "login" not in url)


class Camera:
    """Windows of a browser, one sign-in per person."""

    def __init__(self, browser: Browser, options: argparse.Namespace) -> None:
        self.browser, self.folder = browser, options.folder
        self.address, self.password = options.address, options.password
        self.known: dict[tuple[str, str], object] = {}

    def window(self, shot: Shot, language: str, look: str) -> BrowserContext:
        width, height = SIZES[look]
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme="dark" if look == "-dark" else "light",
            storage_state=self.known.get((shot.site, shot.person)),  # type: ignore[arg-type]
        )
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        if shot.person and (shot.site, shot.person) not in self.known:
            sign_in(page, shot.site, shot.person, self.password)
            self.known[shot.site, shot.person] = context.storage_state()
        cookie = {"name": "django_language", "value": LANGUAGES[language], "url": self.address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def take(self, shot: Shot, language: str, look: str) -> None:
        context = self.window(shot, language, look)
        try:
            page = context.pages[0]
            page.goto(shot.address)
            if shot.step:
                shot.step(page)
            page.wait_for_load_state("networkidle")
            path = self.folder / f"{shot.picture(language, look)}.png"
            path.write_bytes(smaller(self.browser, page.screenshot()))
        finally:
            context.close()


def ask(camera: Camera) -> None:
    """Leave a request that waits for approval."""
    context = camera.window(REQUEST, "zh", "")
    page = context.pages[0]
    page.goto(REQUEST.address)
    fill_request(page)
    page.locator("#dialog button[type=submit]").click()
    page.wait_for_timeout(2000)
    context.close()


def take_all(camera: Camera, only: str) -> list[str]:
    """Takes the pictures whose names begin with ``only``; returns which could not be taken, and why."""
    missing = []
    wanted = [
        (shot, language, look)
        for shot in SHOTS
        for language, look in rounds(shot)
        if shot.picture(language, look).startswith(only)
    ]
    if not wanted:
        missing.append(f"{only}: no picture is called so")
    if any(shot.step is open_approval for shot, _language, _look in wanted):
        try:
            ask(camera)
        except Error as failure:
            missing.append(f"the request for approval: {failure.message.splitlines()[0]}")
    for shot, language, look in wanted:
        try:
            camera.take(shot, language, look)
        except Error as failure:
            name = shot.picture(language, look)
            missing.append(f"{name}: {failure.message.splitlines()[0]}")
    return missing


def main() -> int:
    """Take them all, or those whose names begin with ``--only``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--password", default="quanyu-demo-2026")
    parser.add_argument("--only", default="", help="how the names of the wanted pictures begin")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        missing = take_all(Camera(browser, options), options.only)
        browser.close()
    sys.stdout.write("\n".join([*missing, f"{len(missing)} missing"]) + "\n")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
