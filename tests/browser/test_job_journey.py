"""A price file with two bad rows, from the list of prices to the file of errors, in a real browser."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.jobs import services, tasks
from apps.jobs.models import Job
from tests.browser.accessibility import faults, wider_than_window
from tests.browser.conftest import PHONE, Open, Platform
from tests.builders import amounts_now

HEADINGS = ("SKU 编码", "价目表编码", "单价", "备注")


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test is the worker: it runs what waits when a person would be waiting."""
    monkeypatch.setattr(tasks.run_due_jobs, "apply_async", lambda **options: None)


def price_file(folder: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    path = folder / "调价.csv"
    with path.open("w", encoding="gbk", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])
    return path


def upload(page: Page, path: Path) -> None:
    page.goto("/admin/products/price/")
    page.locator("a[href*='job/import/?subject=products.prices']").click()
    page.set_input_files("#id-document", path)
    expect(page.locator("[data-name]")).to_contain_text("调价.csv")
    page.locator("form[enctype] button[type=submit]").click()
    page.wait_for_url("**/columns/")


def worked(page: Page) -> None:
    """The worker works; the page notices by itself."""
    expect(page.locator("#job-progress")).to_be_visible()
    services.run_due()
    expect(page.locator("#job-progress")).to_have_count(0)


def test_a_price_file_with_two_bad_rows(
    open_page: Open, platform: Platform, tmp_path: Path
) -> None:
    before = amounts_now()
    page = open_page("operations", language="zh-hans")
    rows = [
        ("TEA", "", "２１．５０", "涨价"), ("NOPE", "", "1.00", ""), ("RICE", "", "abc", ""),
        ("MILK", "", "3.00", "不变"),
    ]  # fmt: skip
    upload(page, price_file(tmp_path, rows))

    expect(page.locator(".qy-wanted-there")).to_have_count(2)
    expect(page.locator(".qy-headings")).to_contain_text("涨价")
    page.locator("form[data-columns] button[type=submit]").click()
    page.wait_for_url("**/change/")
    worked(page)

    assert page.locator(".qy-tile strong").all_inner_texts() == ["0", "1", "1", "2"]
    expect(page.locator("#errors tbody tr")).to_have_count(2)
    expect(page.locator("#errors")).to_contain_text("NOPE")
    expect(page.locator("body")).to_contain_text("¥21.50")
    assert amounts_now() == before
    page.locator("input[value=reject_rows]").check()
    page.locator("button[form=job-start]").click()
    worked(page)

    expect(page.locator(".qy-job-end")).to_be_visible()
    assert amounts_now() == before | {("TEA", "BASE"): 2150}
    with page.expect_download() as download:
        page.locator("a[href$='/errors/']").click()
    assert download.value.suggested_filename == "调价-errors.csv"
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as stream:
        given = list(csv.reader(stream))
    assert given[0] == [*HEADINGS, "错误原因"]
    assert [row[0] for row in given[1:]] == ["NOPE", "RICE"]
    assert [bool(row[-1]) for row in given[1:]] == [True, True]

    page.reload()
    expect(page.locator(".qy-job-end")).to_be_visible()


def test_a_waiting_job_survives_a_reload_and_is_cancelled(
    open_page: Open, platform: Platform, tmp_path: Path
) -> None:
    before = amounts_now()
    page = open_page("operations", language="en")
    upload(page, price_file(tmp_path, [("TEA", "", "77.00", "")]))
    page.locator("form[data-columns] button[type=submit]").click()
    page.wait_for_url("**/change/")
    page.reload()
    expect(page.locator("#job-progress")).to_contain_text("Every row is being checked")

    page.locator(".qy-job-cancel button").click()

    expect(page.locator(".qy-job-end")).to_contain_text("Nothing was changed.")
    assert services.run_due() == 0
    assert amounts_now() == before


def test_the_pages_suit_everybody_and_a_phone(
    open_page: Open, platform: Platform, tmp_path: Path
) -> None:
    page = open_page("operations", language="zh-hans", size=PHONE)
    page.goto("/admin/jobs/job/import/?subject=products.prices")
    page.set_input_files("#id-document", price_file(tmp_path, [("TEA", "", "x", "长" * 60)]))
    page.locator("form[enctype] button[type=submit]").click()
    page.wait_for_url("**/columns/")
    job = Job.objects.latest("id")
    found: dict[str, object] = {}

    def look(where: str) -> None:
        if complaints := faults(page):
            found[where] = complaints
        if beyond := wider_than_window(page):
            found[f"{where} wide"] = beyond

    look("columns")
    page.locator("form[data-columns] button[type=submit]").click()
    page.wait_for_url("**/change/")
    look("progress")
    worked(page)
    look("preview")
    page.locator("button[form=job-start]").click()
    worked(page)
    look("result")
    for address in ("import/", "import/?subject=products.skus", f"{job.pk}/change/"):
        page.goto(f"/admin/jobs/job/{address}")
        look(address)
    assert found == {}


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    open_page: Open, platform: Platform, tmp_path: Path
) -> None:
    page = open_page("operations", language="en")
    page.goto("/admin/jobs/job/import/?subject=products.prices")
    page.evaluate("document.querySelector('[data-drop]').dataset.max = 10")
    jobs = Job.objects.count()

    page.set_input_files("#id-document", price_file(tmp_path, [("TEA", "", "1", "")]))

    expect(page.locator("#drop-wrong")).to_have_text(re.compile("larger than 50 MB"))
    page.locator("form[enctype] button[type=submit]").click()
    assert page.url.endswith("?subject=products.prices")
    assert Job.objects.count() == jobs
