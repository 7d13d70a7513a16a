"""Rows as files: .xlsx row by row in constant memory, .csv in UTF-8 with a byte-order mark."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter
from django.conf import settings

from apps.common import clock
from apps.common.money import exponent
from apps.jobs.formats.cells import EXACT
from apps.jobs.formats.limits import MAX_CELL
from apps.jobs.formats.sheets import XLSX, disarmed

DAY_FORMAT = "yyyy-mm-dd"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm"
WIDTH = 18


def _amount_format() -> str:
    places = exponent()
    return "#,##0" + (f".{'0' * places}" if places else "")


class Writer(Protocol):
    """Takes rows; texts are disarmed, Decimals are amounts in major units, moments are written in the
    deployment's time zone: neither format has one of its own."""

    def write(self, cells: Iterable[Any]) -> None: ...


class _Csv:
    def __init__(self, stream: Any) -> None:
        self._rows = csv.writer(stream)

    def write(self, cells: Iterable[Any]) -> None:
        self._rows.writerow([_plain(cell) for cell in cells])


class _Xlsx:
    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet()
        self._amount = book.add_format({"num_format": _amount_format()})
        self._day = book.add_format({"num_format": DAY_FORMAT})
        self._moment = book.add_format({"num_format": MOMENT_FORMAT})
        self._row = 0

    def write(self, cells: Iterable[Any]) -> None:
        for place, cell in enumerate(cells):
            self._write(place, cell)
        self._row += 1

    def _write(self, place: int, cell: Any) -> None:
        sheet, row = self._sheet, self._row
        match cell:
            case None | "":
                return
            case bool():
                sheet.write_boolean(row, place, cell)
            case Decimal():
                sheet.write_number(row, place, cell, self._amount)
            case int() if abs(cell) >= EXACT:
                sheet.write_string(row, place, str(cell))
            case int() | float():
                sheet.write_number(row, place, cell)
            case datetime():
                sheet.write_datetime(row, place, _ours(cell), self._moment)
            case date():
                sheet.write_datetime(row, place, cell, self._day)
            case _:
                sheet.write_string(row, place, _fitting(disarmed(str(cell))))


def _fitting(text: str) -> str:
    """``text`` as far as a cell holds it, counted as spreadsheet programs do; an ellipsis says that
    there was more."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * (MAX_CELL - 1)].decode("utf-16-le", "ignore") + "…"


@contextmanager
def writing(path: Path, kind: str, headings: Sequence[str]) -> Iterator[Writer]:
    """A file of that kind at ``path`` with its headings written, open for rows."""
    writer: Writer
    if kind == XLSX:
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        with xlsxwriter.Workbook(str(path), options) as book:
            writer = _Xlsx(book)
            writer.write(headings)
            yield writer
        return
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = _Csv(stream)
        writer.write(headings)
        yield writer


def _ours(at: datetime) -> datetime:
    """The moment on the deployment's clocks; one without a time zone is there already."""
    if at.tzinfo is None:
        return at
    return at.astimezone(clock.zone(settings.TIME_ZONE)).replace(tzinfo=None)


def _plain(cell: Any) -> Any:
    match cell:
        case None:
            return ""
        case bool():
            return int(cell)
        case float():
            return int(cell) if cell.is_integer() else cell
        case int() | Decimal():
            return cell
        case datetime():
            return f"{_ours(cell):%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
        case _:
            return disarmed(str(cell))
