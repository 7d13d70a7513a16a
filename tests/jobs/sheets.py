"""A small import of categories, registered for tests, and files for it."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.actor import Actor
from apps.jobs import formats, registry, services
from apps.jobs.models import Job
from apps.jobs.registry import Import
from apps.jobs.rules import CellKind, Column, Outcome, Refusal, Row, Verdict
from apps.products.models import Category

SUBJECT = "tests.categories"
CALLS: list[int] = []
"""How many rows each call of ``apply`` was given."""


def judge(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    codes = [row.values["code"] for row in rows]
    known = dict(Category.objects.filter(code__in=codes).values_list("code", "name"))
    return [_verdict(row, known.get(row.values["code"])) for row in rows]


def _verdict(row: Row, before: str | None) -> Verdict:
    name = row.values["name"]
    if name == "bad":
        return Verdict(Outcome.ERROR, refusals=[Refusal("name", "name_bad", "Not this name.")])
    if before is None:
        return Verdict(Outcome.NEW, {"name": ("", name)})
    return Verdict(Outcome.SAME if before == name else Outcome.CHANGED, {"name": (before, name)})


def apply(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    CALLS.append(len(rows))
    verdicts = judge(actor, rows)
    if any(row.values["name"] == "explode" for row in rows):
        raise RuntimeError("a fault of ours")
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.outcome == Outcome.NEW:
            Category.objects.create(code=row.values["code"], name=row.values["name"])
        elif verdict.outcome == Outcome.CHANGED:
            Category.objects.filter(code=row.values["code"]).update(name=row.values["name"])
    return verdicts


CATEGORIES = Import(
    subject=SUBJECT,
    title="Categories",
    action="products.manage",
    columns=(
        Column("code", "Category code", CellKind.CODE, required=True, sample="TOYS"),
        Column("name", "Category name", required=True, sample="Toys"),
    ),
    key=("code",),
    check=judge,
    apply=apply,
)


@contextmanager
def registered() -> Iterator[None]:
    registry.register_import(CATEGORIES)
    CALLS.clear()
    try:
        yield
    finally:
        del registry.IMPORTS[SUBJECT]


def csv_of(rows: Sequence[Sequence[str]]) -> bytes:
    lines = [("Category code", "Category name"), *rows]
    return "\r\n".join(",".join(line) for line in lines).encode()


def xlsx_of(rows: Sequence[Sequence[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def upload(actor: Actor, data: bytes, name: str = "c.csv") -> Job:
    given = SimpleUploadedFile(name, data)
    return services.create_import(actor, subject=SUBJECT, office="admin", name=name, upload=given)


def checked(actor: Actor, data: bytes, name: str = "c.csv") -> Job:
    """A job whose check has run."""
    job = upload(actor, data, name)
    services.check_import(actor, job, mapping=services.headings_of(job).proposed)
    services.run_due()
    job.refresh_from_db()
    return job


def stored(data: bytes, folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def rows_of(path: Path) -> list[tuple[int, list[object]]]:
    return list(formats.read_rows(path, "xlsx", ""))
