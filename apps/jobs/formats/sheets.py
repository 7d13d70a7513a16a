"""Files as rows: .xlsx and .csv, refused before they are parsed if they are not what they say."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from python_calamine import CalamineError, CalamineWorkbook

from apps.jobs.formats.cells import fold, may_be_formula, tidy
from apps.jobs.formats.errors import (
    CellTooLong,
    FileDamaged,
    FileEmpty,
    FileEncodingUnknown,
    FileFormatUnknown,
    FileHasMacros,
    FileProtected,
    HeadingTwice,
    TooManyColumns,
    TooManyRows,
)
from apps.jobs.formats.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from apps.jobs.formats.packages import check_package

XLSX = "xlsx"
CSV = "csv"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
PIECE = 1024 * 1024
MAX_LINE = 4 * PIECE
DELIMITERS = ",;\t"
_BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

csv.field_size_limit(MAX_CELL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that has been found safe: its format, its encoding and its headings in order."""

    format: str
    encoding: str
    headings: list[str]


RawRow = tuple[int, list[Any]]
"""The row's number in the file and its cells."""


def inspect(path: Path, name: str) -> Sheet:
    """The format and headings of a file. Raises a refusal of ``errors``; see ``limits``."""
    kind = _format(path, name)
    encoding = ""
    if kind == XLSX:
        check_package(path)
    else:
        encoding = _encoding(path)
    rows = read_rows(path, kind, encoding)
    _number, first = next(rows, (0, []))
    headings = _headings(first)
    if next(rows, None) is None:
        raise FileEmpty
    for _row in rows if kind == CSV else ():
        continue  # its limits are only known at its end; a workbook's were counted before
    return Sheet(kind, encoding, headings)


def read_rows(path: Path, kind: str, encoding: str) -> Iterator[RawRow]:
    """Every row that is not empty, the headings first. Raises a refusal of ``errors``."""
    rows = _xlsx_rows(path) if kind == XLSX else _csv_rows(path, encoding)
    found = 0
    for number, cells in rows:
        if all(cell in ("", None) for cell in cells):
            continue
        found += 1
        if found > MAX_ROWS + 1:
            raise TooManyRows(rows=f"{MAX_ROWS:,}")
        if len(cells) > MAX_COLUMNS:
            raise TooManyColumns(columns=MAX_COLUMNS)
        yield number, cells


def _format(path: Path, name: str) -> str:
    with path.open("rb") as stream:
        start = stream.read(8)
        if start == OLE:
            raise FileProtected if _holds(stream, ENCRYPTED) else FileFormatUnknown
    ending = name.lower().rpartition(".")[2]
    if ending in ("xlsm", "xltm", "xlsb", "xlam"):
        raise FileHasMacros
    if start.startswith(ZIP) and ending == XLSX:
        return XLSX
    if ending == CSV and not start.startswith(ZIP):
        return CSV
    if ending == XLSX:
        raise FileDamaged
    raise FileFormatUnknown


def _holds(stream: Any, wanted: bytes) -> bool:
    tail = b""
    while piece := stream.read(PIECE):
        if wanted in tail + piece:
            return True
        tail = piece[-len(wanted) :]
    return False


def _encoding(path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            _check_text(path, encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileEncodingUnknown


def _check_text(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            if _BINARY.search(decoder.decode(piece)):
                raise FileEncodingUnknown
        decoder.decode(b"", final=True)


def _xlsx_rows(path: Path) -> Iterator[RawRow]:
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = book.get_sheet_by_index(0)
            first = sheet.start[0] + 1 if sheet.start else 1
            yield from enumerate(sheet.iter_rows(), first)
    except (CalamineError, IndexError):
        raise FileDamaged from None


def _csv_rows(path: Path, encoding: str) -> Iterator[RawRow]:
    with path.open(encoding=encoding, newline="") as stream:
        heading = stream.readline(MAX_LINE)
        delimiter = max(DELIMITERS, key=lambda sign: _outside_quotes(heading).count(sign))
        stream.seek(0)
        try:
            yield from enumerate(csv.reader(_lines(stream), delimiter=delimiter), 1)
        except csv.Error as error:
            if "field larger" in str(error):
                raise CellTooLong(length=f"{MAX_CELL:,}") from None
            raise FileDamaged from None


def _lines(stream: TextIO) -> Iterator[str]:
    while line := stream.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise CellTooLong(length=f"{MAX_CELL:,}")
        yield line


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _headings(cells: list[Any]) -> list[str]:
    headings = [tidy(cell)[:128] for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    seen: set[str] = set()
    for heading in headings:
        if heading and heading_key(heading) in seen:
            raise HeadingTwice(heading=heading)
        seen.add(heading_key(heading))
    return headings


def heading_key(heading: str) -> str:
    """By what headings are compared: folded, without case, spaces and the mark of a required one."""
    return re.sub(r"[\s*_]", "", fold(heading)).casefold()


def disarmed(text: str) -> str:
    """``text`` such that no spreadsheet program takes it for a formula."""
    return f"'{text}" if may_be_formula(text) else text
