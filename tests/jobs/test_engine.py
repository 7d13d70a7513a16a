"""An import from upload to end: what is written, what is refused, and who may."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import ActionNotPermitted
from apps.jobs import registry, selectors, services
from apps.jobs.models import ColumnMapping, FilePart, Job, JobFile, RowRefusal
from apps.jobs.services import running
from apps.org.models import RoleAssignment
from apps.products.models import Category
from tests import builders
from tests.jobs import sheets

pytestmark = pytest.mark.django_db

GOOD_AND_BAD = [("A", "one"), ("B", "bad"), ("A", "again"), ("", "none"), ("C", "three")]


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with sheets.registered(), translation.override("en"):
        yield


@pytest.fixture
def actor() -> Actor:
    return builders.staff_actor("merchandiser", "head_office_admin")


def finished(actor: Actor, data: bytes, policy: str, name: str = "c.csv") -> Job:
    job = sheets.checked(actor, data, name)
    assert job.status == "checked"
    services.start(actor, job, policy=policy)
    services.run_due()
    job.refresh_from_db()
    return job


def codes() -> dict[str, str]:
    return dict(Category.objects.values_list("code", "name"))


def file_of(actor: Actor, job: Job, role: str) -> bytes:
    return b"".join(services.open_file(actor, job, role))


def test_a_check_tells_the_difference_and_writes_nothing(actor: Actor) -> None:
    Category.objects.create(code="C", name="three")
    job = sheets.checked(actor, sheets.csv_of(GOOD_AND_BAD))
    assert (job.total, job.done) == (5, 5)
    assert job.counts == {"new": 1, "same": 1, "error": 3}
    assert job.options["preview"][0] == {
        "row": 2, "outcome": "new", "key": {"code": "A"}, "changes": {"name": ["", "one"]},
    }  # fmt: skip
    found = RowRefusal.objects.order_by("row").values_list("row", "column", "code")
    assert list(found) == [
        (3, "name", "name_bad"), (4, "code", "duplicate_row"), (5, "code", "cell_required"),
    ]  # fmt: skip
    assert codes() == {"C": "three"}
    assert sheets.CALLS == []


def test_good_rows_are_written_and_the_others_come_back(actor: Actor) -> None:
    job = finished(actor, sheets.csv_of(GOOD_AND_BAD), "reject_rows")
    assert (job.status, job.counts) == ("done", {"new": 2, "error": 3})
    assert codes() == {"A": "one", "C": "three"}
    assert file_of(actor, job, "errors").decode("utf-8-sig").splitlines() == [
        "Category code,Category name,Reason for refusal",
        "B,bad,Category name: Not this name.",
        "A,again,Category code: An earlier row of the file has the same key.",
        ",none,Category code: This cell must not be empty.",
    ]
    line = AuditLine.objects.get(action="jobs.download")
    assert (line.object_key, line.changes) == (job.number, {"file": "errors"})


def test_all_or_none_writes_none(actor: Actor) -> None:
    job = finished(actor, sheets.csv_of(GOOD_AND_BAD), "reject_all")
    assert (job.status, job.code) == ("failed", "rows_refused")
    assert codes() == {}
    assert sheets.CALLS == []
    assert JobFile.objects.filter(job=job, role="errors").exists()


def test_all_or_none_writes_all(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.jobs.services.reading.PAGE", 2)
    rows = [(f"K{n}", "x") for n in range(5)]
    job = finished(actor, sheets.csv_of(rows), "reject_all")
    assert (job.status, job.counts, job.done) == ("done", {"new": 5}, 5)
    assert len(codes()) == 5


def test_a_row_refused_while_writing_takes_all_rows_back(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check found nothing; the second page refuses when it is written."""
    monkeypatch.setattr("apps.jobs.services.reading.PAGE", 2)
    strict = sheets.apply

    def refuses_late(actor: Actor, rows: list) -> list:
        verdicts = strict(actor, rows)
        last = rows[-1].values["code"] == "K3"
        return [*verdicts[:-1], sheets._verdict(_bad(rows[-1]), None)] if last else verdicts

    one = registry.IMPORTS[sheets.SUBJECT]
    registry.IMPORTS[sheets.SUBJECT] = _with_apply(one, refuses_late)
    job = finished(actor, sheets.csv_of([(f"K{n}", "x") for n in range(5)]), "reject_all")
    assert (job.status, job.code) == ("failed", "rows_refused")
    assert codes() == {}
    assert RowRefusal.objects.get(job=job).row == 5


def _bad(row: Any) -> Any:
    return SimpleNamespace(values={"code": row.values["code"], "name": "bad"})


def _with_apply(one: registry.Import, apply: Any) -> registry.Import:
    words = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return registry.Import(**(words | {"apply": apply}))


def test_a_dry_run_writes_nothing(actor: Actor) -> None:
    job = finished(actor, sheets.csv_of(GOOD_AND_BAD), "dry_run")
    assert (job.status, job.counts) == ("done", {"new": 2, "error": 3})
    assert codes() == {}
    assert sheets.CALLS == []


def test_the_same_file_again_changes_nothing(actor: Actor) -> None:
    finished(actor, sheets.csv_of([("A", "one")]), "reject_rows")
    job = finished(actor, sheets.csv_of([("A", "one")]), "reject_rows")
    assert job.counts == {"same": 1}


def test_an_unexpected_fault_keeps_nothing_of_its_page(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("apps.jobs.services.reading.PAGE", 2)
    rows = [("A", "one"), ("B", "two"), ("C", "three"), ("D", "explode")]
    job = finished(actor, sheets.csv_of(rows), "reject_rows")
    assert (job.status, job.code, job.done) == ("failed", "internal_error", 2)
    assert codes() == {"A": "one", "B": "two"}
    assert caplog.records[-1].__dict__["number"] == job.number


def test_a_right_that_was_lost_ends_the_job(actor: Actor) -> None:
    job = sheets.checked(actor, sheets.csv_of([("A", "one")]))
    services.start(actor, job, policy="reject_rows")
    RoleAssignment.objects.filter(user_id=actor.id).update(ends_at=clock.now())
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.code) == ("failed", "not_permitted")
    assert codes() == {}


def test_cancel_stops_at_the_next_page(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.jobs.services.reading.PAGE", 2)
    job = sheets.checked(actor, sheets.csv_of([(f"K{n}", "x") for n in range(6)]))
    services.start(actor, job, policy="reject_rows")
    noted = running._note

    def ask(*given: Any) -> None:
        noted(*given)
        services.ask_cancel(actor, job)

    monkeypatch.setattr(running, "_note", ask)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.done, job.counts) == ("cancelled", 2, {"new": 2})
    assert len(codes()) == 2


def test_a_waiting_job_is_cancelled_at_once(actor: Actor) -> None:
    job = sheets.checked(actor, sheets.csv_of([("A", "one")]))
    services.ask_cancel(actor, job)
    job.refresh_from_db()
    assert job.status == "cancelled"
    with pytest.raises(services.JobNotReady):
        services.start(actor, job, policy="reject_rows")


def test_a_slice_ends_and_the_next_goes_on(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.jobs.services.reading.PAGE", 2)
    job = sheets.checked(actor, sheets.csv_of([*[(f"K{n}", "x") for n in range(4)], ("K0", "y")]))
    services.start(actor, job, policy="reject_rows")
    pages: list[int] = []
    noted = running._note

    def note(*given: Any) -> None:
        noted(*given)
        pages.append(1)

    monkeypatch.setattr(running, "_note", note)
    monkeypatch.setattr(running, "time", SimpleNamespace(monotonic=lambda: len(pages)))
    held = services.claim()
    assert held is not None
    services.run(held, until=1)
    job.refresh_from_db()
    assert (job.status, job.lease) == ("running", None)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.counts) == ("done", {"new": 4, "error": 1})
    assert sum(sheets.CALLS) == 4


def test_only_the_owner_has_the_job_and_its_files(actor: Actor) -> None:
    job = sheets.upload(actor, sheets.csv_of([("A", "one")]))
    other = builders.staff_actor("other", "head_office_admin")
    assert list(selectors.jobs_visible_to(actor)) == [job]
    assert list(selectors.jobs_visible_to(other)) == []
    for act in (
        lambda: services.open_file(other, job, "source"),
        lambda: services.ask_cancel(other, job),
        lambda: services.check_import(other, job, mapping={"Category code": "code", "Category name": "name"}),
    ):  # fmt: skip
        with pytest.raises((services.JobFileNotFound, selectors.JobNotFound)):
            act()
    job.refresh_from_db()
    assert (job.status, job.cancel_asked) == ("draft", False)


def test_who_may_not_import_keeps_no_file(brand_clerk: Actor) -> None:
    with pytest.raises(ActionNotPermitted):
        sheets.upload(brand_clerk, sheets.csv_of([("A", "one")]))
    assert not Job.objects.exists()


@pytest.fixture
def brand_clerk() -> Actor:
    return builders.clerk_at(builders.build_brand().a1)


def test_files_are_ciphertext_and_expire(actor: Actor) -> None:
    data = sheets.csv_of([("A", "one")])
    job = sheets.upload(actor, data, "../../价格 \x00表.csv")
    assert file_of(actor, job, "source") == data
    assert JobFile.objects.get().name == "价格 _表.csv"
    assert b"Category" not in bytes(FilePart.objects.get().data_cipher)
    Job.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    job.refresh_from_db()
    with pytest.raises(services.JobFileExpired):
        services.open_file(actor, job, "source")
    assert services.sweep_expired() == 1
    assert not FilePart.objects.exists()
    job.refresh_from_db()
    assert (job.status, job.code) == ("cancelled", "job_expired")


def test_a_job_that_waits_or_runs_is_not_swept_away(actor: Actor) -> None:
    job = sheets.upload(actor, b"code,name\r\nA,one")
    services.check_import(actor, job, mapping={"code": "code", "name": "name"})
    Job.objects.update(expires_at=clock.now() - timedelta(minutes=1))

    assert services.sweep_expired() == 0

    job.refresh_from_db()
    assert (job.status, FilePart.objects.count()) == ("checking", 1)


def test_a_mapping_is_checked_and_remembered(actor: Actor) -> None:
    data = b"Nr,Category name\r\nA,one"
    job = sheets.upload(actor, data)
    assert services.headings_of(job).proposed == {"Category name": "name"}
    with pytest.raises(services.MappingIncomplete):
        services.check_import(actor, job, mapping={"Category name": "name"})
    with pytest.raises(services.MappingWrong):
        services.check_import(actor, job, mapping={"Nr": "name", "Category name": "name"})
    assert not ColumnMapping.objects.exists()
    services.check_import(actor, job, mapping={"Nr": "code", "Category name": "name"})
    again = sheets.upload(actor, data)
    assert services.headings_of(again).proposed == {"Nr": "code", "Category name": "name"}


def test_a_workbook_goes_in_and_its_refused_rows_come_out(actor: Actor, tmp_path: Path) -> None:
    data = sheets.xlsx_of([("Category code", "Category name"), ("A", "one"), (7.0, "bad")])
    job = finished(actor, data, "reject_rows", "c.xlsx")
    path = sheets.stored(file_of(actor, job, "errors"), tmp_path, "e.xlsx")
    rows = list(sheets.rows_of(path))
    assert rows[1] == (2, [7.0, "bad", "Category name: Not this name."])
    assert codes() == {"A": "one"}


def test_a_template_is_an_import_of_its_sample(actor: Actor) -> None:
    one = registry.import_of(sheets.SUBJECT)
    job = finished(actor, services.template(one), "reject_rows", "t.xlsx")
    assert (job.counts, codes()) == ({"new": 1}, {"TOYS": "Toys"})


def test_progress(actor: Actor) -> None:
    job = sheets.upload(actor, sheets.csv_of([("A", "one")]))
    assert selectors.progress_of(job) == selectors.Progress(0, None, 0.0, None)
    now = clock.now()
    job.total, job.done = 100, 25
    job.started_at, job.ended_at = now - timedelta(seconds=5), now
    assert selectors.progress_of(job) == selectors.Progress(25, 100, 5.0, 15)
