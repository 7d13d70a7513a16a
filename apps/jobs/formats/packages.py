"""A workbook is a zip of XML: what is in it is measured before a spreadsheet library unpacks it.

The library holds a dense table of the whole sheet and a copy of each text per cell, so the corner of
the sheet and the texts are counted first, piece by piece, in memory that does not grow.
"""

import re
import zipfile
import zlib
from array import array
from pathlib import Path
from typing import Any
from xml.parsers import expat

from apps.jobs.formats.errors import (
    CellTooLong,
    FileDamaged,
    FileFormatUnknown,
    FileHasMacros,
    FileInflates,
    TooManyColumns,
    TooManyRows,
)
from apps.jobs.formats.limits import (
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_INFLATED,
    MAX_RATIO,
    MAX_ROWS,
    MAX_TEXT,
)

PIECE = 64 * 1024
RATIO_FROM = 10 * 1024 * 1024
"""Small files may repeat themselves as much as they like."""
PICTURES = ("xl/media/", "xl/printersettings/", "docprops/")
"""Entries that need not be XML; the workbook may not name one of them as a sheet."""
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    RuntimeError,  # a method of packing that zipfile does not know
    ValueError,  # a row number that is none, an encoding that expat cannot read
    LookupError,
)
"""What a package raises that no spreadsheet program has written."""
_REFERENCE = re.compile(r"([A-Z]{1,4})(\d{1,8})")


def check_package(path: Path) -> None:
    """Raises a refusal of ``errors`` unless the zip at ``path`` is a workbook of bounded size."""
    try:
        with zipfile.ZipFile(path) as package:
            _check_directory(package, path.stat().st_size)
            texts = _Measure(array("L"))
            if "xl/sharedStrings.xml" in package.namelist():
                texts.take(package, package.getinfo("xl/sharedStrings.xml"))
            for entry in package.infolist():
                if entry.filename != "xl/sharedStrings.xml":
                    _Measure(texts.lengths).take(package, entry)
    except DAMAGE:
        raise FileDamaged from None


def _check_directory(package: zipfile.ZipFile, size: int) -> None:
    entries = package.infolist()
    names = [entry.filename.lower() for entry in entries]
    if "xl/workbook.xml" not in names:
        raise FileFormatUnknown
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileHasMacros
    if len(set(names)) < len(names) or any(entry.flag_bits & 1 for entry in entries):
        raise FileDamaged
    inflated = sum(entry.file_size for entry in entries)
    bomb = inflated > RATIO_FROM and inflated > size * MAX_RATIO
    if len(entries) > MAX_ENTRIES or inflated > MAX_INFLATED or bomb:
        raise FileInflates


class _Measure:
    """What one entry of the package holds, told by the parser element by element."""

    def __init__(self, lengths: "array[int]") -> None:
        self.lengths = lengths
        self.sheet = False
        self.row = self.column = self.widest = self.text = 0
        self.shared = False
        self.collecting: list[str] | None = None
        self.length = 0

    def take(self, package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        """Inflate and parse ``entry``; no more than its directory line promises is read."""
        if entry.is_dir() or entry.filename.lower().startswith(PICTURES):
            return
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        left = min(entry.file_size, MAX_INFLATED)
        with package.open(entry) as stream:
            if entry.filename.lower().endswith(".bin"):
                return
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise FileInflates
                parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _doctype(self, *_declared: Any) -> None:
        raise FileDamaged

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.column = 0
            case "c":
                self._cell(attributes)
            case "v":
                self.collecting = []
            case "si":
                self.length = 0
            case "Relationship":
                self._relationship(attributes)
            case "Override" if "macroenabled" in attributes.get("ContentType", "").lower():
                raise FileHasMacros

    def _relationship(self, attributes: dict[str, str]) -> None:
        kind, target = attributes.get("Type", ""), attributes.get("Target", "").lower()
        inside = any(name.removeprefix("xl/") in target for name in PICTURES)
        if kind.endswith(("/worksheet", "/sharedStrings")) and (inside or target.endswith(".bin")):
            raise FileDamaged
        if kind.endswith("/sharedStrings") and not target.endswith("sharedstrings.xml"):
            raise FileDamaged

    def _cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        if found:
            self.column, self.row = _column(found[1]), int(found[2])
        else:
            self.column += 1
        self.shared = attributes.get("t") == "s"
        self.length = 0
        self.widest = max(self.widest, self.column)
        if self.widest > MAX_COLUMNS:
            raise TooManyColumns(columns=MAX_COLUMNS)
        if self.row > MAX_ROWS + 1:
            raise TooManyRows(rows=f"{MAX_ROWS:,}")
        if self.row * self.widest > MAX_CELLS:
            raise FileInflates

    def _characters(self, text: str) -> None:
        self.length += len(text)
        self.text += len(text)
        if self.length > MAX_CELL:
            raise CellTooLong(length=f"{MAX_CELL:,}")
        if self.collecting is not None:
            self.collecting.append(text)

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "si":
                self.lengths.append(self.length)
            case "v":
                self._value("".join(self.collecting or ()))
                self.collecting = None
            case "sst" | "c":
                self.length = 0
            case "t" | "f":
                pass
            case _:
                self.length = 0
        if self.text > MAX_TEXT:
            raise FileInflates

    def _value(self, digits: str) -> None:
        if self.shared and digits.strip().isdecimal():
            place = int(digits)
            self.text += self.lengths[place] if place < len(self.lengths) else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
