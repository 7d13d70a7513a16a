"""The pages of the job center: who sees them, what they show at each state, what their buttons do."""

import html
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.accounts.models import User
from apps.common import clock
from apps.jobs import registry, services, tasks
from apps.jobs.formats import read_rows
from apps.jobs.models import ColumnMapping, Job, JobFile
from apps.jobs.registry import Import
from apps.jobs.rules import Column
from apps.org import rules as roles
from apps.org import services as org
from apps.org.models import RoleAssignment
from tests import builders
from tests.builders import Brand
from tests.jobs import sheets
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db

CENTER = "/admin/jobs/job/"
PRICES = f"{CENTER}import/?subject=products.prices"
HEADINGS = ("SKU code", "price list code", "unit price", "remark")
ROWS = [
    ("TEA", "", "25.00", "dearer"),
    ("MILK", "", "3.00", "as it is"),
    ("NOPE", "", "1.00", "no such"),
    ("RICE", "", "abc", "no number"),
]
PAGE_BUDGET = 9
"""Session, sign-in, person, roles, the job, refused rows with their count, its files."""
COLUMNS_BUDGET = 9
"""The first five, the remembered columns, and the file with its first part."""
PROGRESS_BUDGET = 5


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def operator(brand: Brand) -> User:
    return builders.build_staff("operator", roles.OPERATIONS)


@pytest.fixture
def client(operator: User) -> Client:
    return signed_in(operator)


def csv_of(rows: Sequence[tuple[str, ...]]) -> SimpleUploadedFile:
    text = "\r\n".join(",".join(row) for row in [HEADINGS, *rows])
    return SimpleUploadedFile("prices.csv", text.encode())


def uploaded(client: Client, rows: Sequence[tuple[str, ...]] = ROWS) -> Job:
    """A draft, made on the page."""
    answer = client.post(PRICES, {"document": csv_of(rows)})
    job = Job.objects.latest("id")
    assert (answer.status_code, answer["Location"]) == (302, at(job, "columns"))
    return job


def checked(client: Client, rows: Sequence[tuple[str, ...]] = ROWS) -> Job:
    """A job whose columns were confirmed and whose check has run."""
    job = uploaded(client, rows)
    chosen = {"column-0": "sku", "column-1": "price_list", "column-2": "amount"}
    assert client.post(at(job, "columns"), chosen)["Location"] == at(job, "change")
    services.run_due()
    return refreshed(job)


def finished(client: Client, policy: str, rows: Sequence[tuple[str, ...]] = ROWS) -> Job:
    job = checked(client, rows)
    client.post(at(job, "start"), {"policy": policy})
    services.run_due()
    return refreshed(job)


def refreshed(job: Job) -> Job:
    job.refresh_from_db()
    return job


def at(job: Job, page: str, site: str = "admin") -> str:
    return f"/{site}/jobs/job/{job.pk}/{page}/"


def said(client: Client, url: str) -> str:
    """The text of a page, without markup."""
    answer: Any = client.get(url, follow=True)
    assert answer.status_code == 200, url
    body = re.search(r'<div id="page".*', answer.content.decode(), re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body[0] if body else answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def amounts() -> dict[str, int]:
    return {sku: amount for (sku, _list), amount in builders.amounts_now().items()}


BEFORE = {"TEA": 1999, "RICE": 850, "MILK": 300}


def test_imports_are_offered_by_right(brand: Brand, client: Client) -> None:
    page = said(client, f"{CENTER}import/")
    assert "Prices" in page
    assert "SKUs" in page
    assert f'href="{CENTER}import/"' in client.get(CENTER).content.decode()
    owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    service = builders.build_staff("service", roles.CUSTOMER_SERVICE)
    for user, site in ((owner, "portal"), (service, "admin")):
        other, center = signed_in(user), f"/{site}/jobs/job/"
        assert f"{center}import/" not in other.get(center).content.decode()
        asked = [
            other.get(f"{center}import/"),
            other.get(f"{center}import/?subject=products.prices"),
            other.post(f"{center}import/?subject=products.prices", {"document": csv_of(ROWS)}),
            other.get(f"{center}template/?subject=products.prices"),
        ]
        assert [answer.status_code for answer in asked] == [403] * 4
    assert not Job.objects.exists()


def test_an_empty_center_leads_to_the_first_step(brand: Brand, client: Client) -> None:
    page: Any = client.get(CENTER)
    assert page.context["cl"].next_step.url == f"{CENTER}import/"
    assert "What you bring in, take out or change in bulk" in page.content.decode()
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    page = owner.get("/portal/jobs/job/")
    assert page.context["cl"].next_step is None


def test_lists_lead_to_their_import_only_those_who_may(client: Client) -> None:
    finance = signed_in(builders.build_staff("finance", roles.FINANCE))
    for path, subject in (("price", "products.prices"), ("sku", "products.skus")):
        link = f"{CENTER}import/?subject={subject}"
        url = f"/admin/products/{path}/"
        assert link in client.get(url).content.decode()
        assert link not in finance.get(url).content.decode()


@pytest.mark.parametrize(("language", "heading"), [("en", "SKU code *"), ("zh-hans", "SKU 编码 *")])
def test_the_template_speaks_the_persons_language(
    operator: User, tmp_path: Path, language: str, heading: str
) -> None:
    answer = signed_in(operator, language).get(f"{CENTER}template/?subject=products.prices")
    path = sheets.stored(answer.content, tmp_path, "t.xlsx")
    assert next(iter(read_rows(path, "xlsx", "")))[1][0] == heading
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(operator).get(f"{CENTER}template/?subject=none").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("", b"", "Choose a file first."),
        ("a.csv", b"", "The file is empty."),
        ("a.txt", b"x", "Only .xlsx and .csv files can be read."),
        ("a.xlsm", b"PK\x03\x04", "The workbook contains macros."),
        ("a.csv", b"SKU code,unit price", "The file has no rows below its headings."),
        ("a.csv", b"a,a\n1,2", "appears twice"),
    ],
)
def test_a_refused_file_is_told_in_place_and_not_kept(
    client: Client, name: str, data: bytes, told: str
) -> None:
    given = {"document": SimpleUploadedFile(name, data)} if name else {}
    answer: Any = client.post(PRICES, given, headers={"x-request-id": "request-0422"})
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    assert told in page
    assert ("Request number: request-0422" in page) is bool(data)  # judged, not just read
    assert not Job.objects.exists()
    assert not JobFile.objects.exists()


def test_limits_are_told_before(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "at most 50 MB and 200,000 rows" in said(client, PRICES)
    monkeypatch.setattr("apps.org.offices.uploads.MAX_BYTES", 1024**2)
    large = SimpleUploadedFile("a.csv", b"x" * (1024**2 + 1))
    answer: Any = client.post(PRICES, {"document": large})
    assert "The file is larger than 1 MB." in answer.content.decode()
    assert not Job.objects.exists()


def chosen_in(page: str) -> list[str]:
    """The column that each heading is taken for."""
    selects = re.findall(r"<select.*?</select>", page, re.DOTALL)
    return ["".join(re.findall(r'<option value="(\w*)"\s+selected', select)) for select in selects]


def test_columns_are_proposed_with_samples_and_remembered(client: Client) -> None:
    rows = [("TEA", "", "25.00", "dearer")]
    job = uploaded(client, rows)
    page = client.get(at(job, "columns")).content.decode()
    assert chosen_in(page) == ["sku", "price_list", "amount", ""]
    assert "25.00" in page
    assert "dearer" in page
    assert "Unit price *" in re.sub(r"\s+", " ", page)

    answer: Any = client.post(at(job, "columns"), {"column-0": "sku"})
    assert answer.status_code == 200
    assert "No heading is mapped to the required columns" in answer.content.decode()
    twice = client.post(at(job, "columns"), {"column-0": "sku", "column-1": "sku"})
    assert "used twice" in twice.content.decode()
    assert (refreshed(job).status, ColumnMapping.objects.count()) == ("draft", 0)

    odd = {"column-0": "sku", "column-3": "price_list", "column-2": "amount"}
    client.post(at(job, "columns"), odd)
    assert refreshed(job).status == "checking"
    again = uploaded(client, rows)
    page = client.get(at(again, "columns")).content.decode()
    assert chosen_in(page)[3] == "price_list", "remembered"


def test_personal_values_are_no_samples(brand: Brand, client: Client) -> None:
    one = Import(
        subject="tests.people", title="People", action="products.manage",
        columns=(
            Column("code", "Code", required=True),
            Column("phone", "Phone", personal=True),
        ),
        key=("code",), check=lambda actor, rows: [], apply=lambda actor, rows: [],
    )  # fmt: skip
    registry.register_import(one)
    try:
        data = b"Code,Phone,Other\nK-77,13800001234,13900005678"
        url = f"{CENTER}import/?subject=tests.people"
        client.post(url, {"document": SimpleUploadedFile("p.csv", data)})
        job = Job.objects.latest("id")
        page = client.get(at(job, "columns")).content.decode()
    finally:
        del registry.IMPORTS["tests.people"]
    assert "K-77" in page
    assert "13800001234" not in page
    assert "13900005678" not in page, "an unknown heading may hold a phone too"
    assert page.count("they may be personal") == 2


def test_samples_of_a_workbook_and_of_a_large_text(client: Client) -> None:
    rows = [("SKU code", "unit price"), ("TEA", 25.0), ("MILK", 7)]
    book = SimpleUploadedFile("p.xlsx", sheets.xlsx_of(rows))
    client.post(PRICES, {"document": book})
    page = client.get(at(Job.objects.latest("id"), "columns")).content.decode()
    assert "TEA · MILK" in page
    assert "25 · 7" in page
    many = [("TEA", "", "25.00", "很长的备注" * 20)] * 2_000
    job = uploaded(client, many)
    assert job.files.get().size > 300_000
    assert "TEA · TEA · TEA" in client.get(at(job, "columns")).content.decode()


def test_from_upload_to_result(client: Client) -> None:
    job = uploaded(client)
    client.post(
        at(job, "columns"),
        {"column-0": "sku", "column-1": "price_list", "column-2": "amount"},
    )
    page = said(client, at(job, "change"))
    assert "Every row is being checked. Nothing is written yet." in page
    assert "If you cancel, nothing has been changed." in page
    services.run_due()

    page = said(client, at(job, "change"))
    assert "Would be new 0 Would change 1 The same 1 With errors 2" in page
    assert "1 row would be written. 2 rows have errors." in page
    assert "2 Changed TEA Unit price ¥19.99 → ¥25.00" in page
    assert "4 SKU code There is no SKU NOPE." in page
    assert "4 With errors NOPE There is no SKU NOPE." in page
    assert "5 Unit price" in page
    assert amounts() == BEFORE

    client.post(at(job, "start"), {"policy": "reject_rows"})
    page = said(client, at(job, "change"))
    assert "Waiting for a free worker" in page
    assert "Rows done 0 / 4" in page
    services.run_due()

    page = said(client, at(job, "change"))
    assert "1 row was written. 2 rows were refused." in page
    assert "New 0 Changed 1 The same 1 With errors 2" in page
    assert "correct them there, and bring that file in" in page
    assert "prices-errors.csv" in page
    assert amounts() == BEFORE | {"TEA": 2500}


def test_the_error_file_is_ones_own_rows_with_the_reason(client: Client, tmp_path: Path) -> None:
    job = finished(client, "reject_rows")
    answer: Any = client.get(at(job, "errors"))
    data = b"".join(answer.streaming_content)
    assert "attachment" in answer["Content-Disposition"]
    assert "prices-errors.csv" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    path = sheets.stored(data, tmp_path, "e.csv")
    rows = [cells for _number, cells in read_rows(path, "csv", "utf-8-sig")]
    assert [row[0] for row in rows] == ["SKU code", "NOPE", "RICE"]
    assert rows[0][-1] == "Reason for refusal"
    assert rows[1][-1] == "SKU code: There is no SKU NOPE."
    source: Any = client.get(at(job, "source"))
    assert b"NOPE,,1.00,no such" in b"".join(source.streaming_content)
    assert client.get(at(job, "result")).status_code == 404


def test_all_or_none_and_the_dry_run_change_nothing(client: Client) -> None:
    job = finished(client, "reject_all")
    page = said(client, at(job, "change"))
    assert (job.status, job.code) == ("failed", "rows_refused")
    assert registry.said(job) in page
    assert "Nothing was changed." in page
    job = finished(client, "dry_run")
    page = said(client, at(job, "change"))
    assert job.status == "done"
    assert "Dry run finished" in page
    assert "Nothing was changed. 2 rows were refused." in page
    assert amounts() == BEFORE


def test_where_no_row_is_good_only_the_file_of_errors_is_offered(client: Client) -> None:
    page = client.get(at(checked(client, ROWS[2:]), "change")).content.decode()
    assert re.findall(r'name="policy" value="(\w+)"', page) == ["dry_run"]
    assert "There is nothing to write. 2 rows have errors." in page
    same = checked(client, ROWS[1:2])
    page = client.get(at(same, "change")).content.decode()
    assert at(same, "start") not in page
    assert "Everything is as in your file already." in page


def test_the_policy_is_one_of_three(client: Client) -> None:
    job = checked(client)
    for given in ({"policy": "write_everything"}, {}):
        answer = client.post(at(job, "start"), given, follow=True)
        assert "Choose what happens to rows with errors." in answer.content.decode()
        assert (refreshed(job).status, job.policy) == ("checked", "")


def test_progress_stops_when_the_work_does(client: Client) -> None:
    job = uploaded(client)
    client.post(at(job, "columns"), {"column-0": "sku", "column-2": "amount"})
    now = clock.now()
    working = Job.objects.filter(pk=job.pk)
    working.update(total=1000, done=250, started_at=now - timedelta(seconds=5))
    answer: Any = client.get(at(job, "progress"), headers={"HX-Request": "true"})
    fragment = answer.content.decode()
    assert f'hx-get="{at(job, "progress")}"' in fragment
    assert 'hx-trigger="every 2s"' in fragment
    assert "<html" not in fragment
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", fragment))
    assert "25 %" in text
    assert "250 / 1,000" in text
    assert re.search(r"Rows per second (49|50|51) Left, about 1[4-6] s", text)

    working.update(status="done", ended_at=now)
    answer = client.get(at(job, "progress"), headers={"HX-Request": "true"})
    assert (answer.content, answer["HX-Refresh"]) == (b"", "true")


FOREIGN = [
    ("get", "change"), ("get", "progress"), ("post", "progress"), ("get", "columns"),
    ("post", "columns"), ("get", "start"), ("post", "start"), ("get", "cancel"), ("post", "cancel"),
    ("get", "source"), ("get", "result"), ("get", "errors"), ("post", "errors"),
]  # fmt: skip


@pytest.mark.parametrize("status", ["draft", "checked", "done"])
def test_a_foreign_job_is_not_there(client: Client, status: str) -> None:
    """A colleague with the same rights."""
    make = {"draft": uploaded, "checked": checked}
    job = make[status](client) if status in make else finished(client, "reject_rows")
    assert job.status == status
    colleague = signed_in(builders.build_staff("colleague", roles.OPERATIONS))
    before = Job.objects.values().get(pk=job.pk)
    missing = Job(pk=job.pk + 1000)
    for method, page in FOREIGN:
        answers = [
            getattr(colleague, method)(at(one, page), {"policy": "reject_rows"})
            for one in (job, missing)
        ]
        assert [one.status_code for one in answers] == [404, 404], (method, page)
    assert Job.objects.values().get(pk=job.pk) == before
    assert job.number not in colleague.get(CENTER).content.decode()


def test_what_is_not_open_now_is_refused_and_nothing_changes(client: Client) -> None:
    draft, done = uploaded(client), finished(client, "reject_rows")
    for job, page in ((draft, "start"), (done, "start"), (done, "cancel"), (done, "columns")):
        before = Job.objects.values().get(pk=job.pk)
        answer: Any = client.post(at(job, page), {"policy": "reject_rows"}, follow=True)
        assert answer.redirect_chain[-1][0] == at(job, "change")
        assert "this step is not open now" in answer.content.decode(), page
        assert Job.objects.values().get(pk=job.pk) == before


def test_an_address_that_is_only_opened_does_nothing(client: Client) -> None:
    job = checked(client)
    for page in ("start", "cancel"):
        assert client.get(at(job, page))["Location"] == at(job, "change")
    assert refreshed(job).status == "checked"
    assert client.post(at(job, "change"), {"status": "done"}).status_code == 403


def test_buttons_are_there_only_while_they_may_be_pressed(client: Client) -> None:
    def forms(job: Job) -> set[str]:
        page = client.get(at(job, "change")).content.decode()
        return set(re.findall(rf"/admin/jobs/job/{job.pk}/(\w+)/", page)) - {"change"}

    draft = uploaded(client)
    assert forms(draft) == {"columns", "cancel"}
    ready = checked(client)
    assert forms(ready) == {"columns", "start", "cancel"}
    client.post(at(ready, "start"), {"policy": "reject_rows"})
    assert forms(ready) == {"progress", "cancel"}
    services.run_due()
    assert forms(ready) == {"errors", "source"}


def test_a_right_that_was_lost_opens_nothing_more(operator: User, client: Client) -> None:
    ready, done = checked(client), finished(client, "reject_rows")
    RoleAssignment.objects.filter(user=operator).delete()
    org.assign_role(builders.SYSTEM, operator, roles.CUSTOMER_SERVICE)
    page = client.get(at(ready, "change")).content.decode()
    assert at(ready, "start") not in page
    assert "Your role does not allow this any more." in page
    asked = [
        client.get(at(ready, "columns")),
        client.post(at(ready, "columns"), {"column-0": "sku", "column-2": "amount"}),
        client.post(at(ready, "start"), {"policy": "reject_rows"}),
        client.get(at(done, "errors")),
    ]
    assert [answer.status_code for answer in asked] == [403] * 4
    assert refreshed(ready).status == "checked"


def test_cancelling_says_what_stays(client: Client) -> None:
    job = checked(client)
    client.post(at(job, "cancel"))
    page = said(client, at(job, "change"))
    assert refreshed(job).status == "cancelled"
    assert "Nothing was changed." in page

    job = checked(client)
    client.post(at(job, "start"), {"policy": "reject_rows"})
    running = Job.objects.filter(pk=job.pk)
    running.update(status="running", done=2, counts={"changed": 1, "same": 1})
    assert "what is written by then stays" in said(client, at(job, "change"))
    client.post(at(job, "cancel"))
    page = said(client, at(job, "change"))
    assert "1 row was changed before, and stays so." in page
    assert "Bring the same file in again" in page


def test_a_failure_says_what_to_do(client: Client) -> None:
    job = checked(client)
    Job.objects.filter(pk=job.pk).update(
        status="failed", code="internal_error", ended_at=clock.now()
    )
    page = said(client, at(job, "change"))
    assert "Something went wrong on our side." in page
    assert job.number in page


def test_expired_files_are_not_offered(client: Client) -> None:
    job = finished(client, "reject_rows")
    assert "The files are kept until" in said(client, at(job, "change"))
    Job.objects.filter(pk=job.pk).update(expires_at=clock.now())
    page = client.get(at(job, "change")).content.decode()
    assert at(job, "errors") not in page
    assert "expired and were deleted" in page
    answer: Any = client.get(at(job, "errors"), follow=True)
    assert answer.redirect_chain[-1][0] == at(job, "change")
    assert "The file has expired and was deleted." in answer.content.decode()


def test_errors_come_fifty_a_page_in_a_constant_number_of_statements(client: Client) -> None:
    few = checked(client)
    many = checked(client, [(f"NO{n:03}", "", "1.00", "x") for n in range(120)])
    budgets = {"change": PAGE_BUDGET, "columns": COLUMNS_BUDGET}
    for page, budget in budgets.items():
        (_answer, of_few), (answer, of_many) = (
            counted(client, at(few, page)),
            counted(client, at(many, page)),
        )
        assert answer.status_code == 200
        assert of_many == of_few <= budget, page
    page = said(client, at(many, "change"))
    assert "There is no SKU NO049." in page
    assert "There is no SKU NO050." not in page
    assert "Page 1 of 3" in page
    last = said(client, at(many, "change") + "?page=3")
    assert "There is no SKU NO119." in last
    assert "There is no SKU NO099." not in last

    client.post(at(many, "start"), {"policy": "dry_run"})
    assert counted(client, at(many, "change"))[1] <= PAGE_BUDGET
    assert counted(client, at(many, "progress"))[1] == PROGRESS_BUDGET
    services.run_due()
    assert counted(client, at(many, "change"))[1] <= PAGE_BUDGET
    assert counted(client, PRICES)[1] <= PROGRESS_BUDGET


def test_a_bulk_change_shows_what_is_skipped_and_why(operator: User, client: Client) -> None:
    now = clock.now()
    job = Job.objects.create(
        number="J1", kind="change", subject="tests.none", owner=operator, office="admin",
        status="checked", created_at=now, expires_at=now + timedelta(days=1), total=1300, done=1300,
        counts={"changed": 1284, "skipped": 16},
        options={
            "skips": [["already", "It is off sale already.", 16]],
            "preview": [
                {"row": 1, "outcome": "changed", "key": {"row": "TEA"},
                 "changes": {"on sale": ["yes", "no"]}, "reason": ""},
            ],
        },
    )  # fmt: skip
    page = said(client, at(job, "change"))
    assert "Will change 1,284 of 1,300; 16 are skipped." in page
    assert "It is off sale already. 16" in page
    assert "Changed TEA on sale yes → no" in page
    Job.objects.filter(pk=job.pk).update(status="cancelled", ended_at=now)
    assert "Nothing was changed." in said(client, at(job, "change"))
    job.options["started"] = True
    Job.objects.filter(pk=job.pk).update(options=job.options)
    assert "1,284 rows were changed before, and stay so." in said(client, at(job, "change"))
    JobFile.objects.create(
        job=job, role="source", name="selection.json", size=3, sha256="", created_at=now
    )
    assert "selection.json" not in client.get(at(job, "change")).content.decode()
    assert client.get(at(job, "source")).status_code == 404


def test_a_worker_is_woken_and_a_silent_broker_harms_nobody(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    woken: list[str] = []

    def send(**options: object) -> None:
        woken.append("sent")
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.run_due_jobs, "apply_async", send)
    job = uploaded(client)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(at(job, "columns"), {"column-0": "sku", "column-2": "amount"})
    assert (answer.status_code, woken, refreshed(job).status) == (302, ["sent"], "checking")
