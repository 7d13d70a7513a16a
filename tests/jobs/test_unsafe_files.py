"""Files that are refused: by code, and nothing of them is kept."""

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.utils import translation

from apps.accounts.actor import Actor
from apps.common.errors import Unprocessable
from apps.jobs import services
from apps.jobs.formats import limits
from apps.jobs.formats import sheets as formats_sheets
from apps.jobs.models import FilePart, Job
from tests import builders
from tests.jobs import sheets

pytestmark = pytest.mark.django_db
HEAD = ("Category code", "Category name")
GOOD = [HEAD, ("A", "one")]


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with sheets.registered(), translation.override("en"):
        yield


@pytest.fixture
def actor() -> Actor:
    return builders.staff_actor("merchandiser", "head_office_admin")


def repacked(change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """A good workbook with its entries changed and others added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheets.xlsx_of(GOOD))) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in package.namelist():
            target.writestr(entry, change(entry, package.read(entry)))
        for name, data in added.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def same(_name: str, data: bytes) -> bytes:
    return data


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    def change(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        assert old in data
        return data.replace(old, new)

    return change


def liar() -> bytes:
    """A zip whose directory promises less than its entry inflates to."""
    data = bytearray(repacked(same, xl__big_dot_xml=b"<a>" + b" " * 3_000_000 + b"</a>"))
    real = (3_000_007).to_bytes(4, "little")
    assert data.count(real) == 2
    return bytes(data.replace(real, (100).to_bytes(4, "little")))


def torn() -> bytes:
    """A workbook with a sheet that cannot be inflated."""
    data = bytearray(sheets.xlsx_of(GOOD))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    data[start : start + 40] = b"\xff" * 40
    return bytes(data)


ATTACKS = {
    "ole": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "c.xls", "file_format_unknown"),
    "password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "c.xlsx", "file_protected",
    ),
    "macro by name": (sheets.xlsx_of(GOOD), "c.xlsm", "file_has_macros"),
    "macro inside": (repacked(same, xl__vbaProject_dot_bin=b"x"), "c.xlsx", "file_has_macros"),
    "other zip": (sheets.xlsx_of(GOOD), "c.ods", "file_format_unknown"),
    "text called xlsx": (b"a,b", "c.xlsx", "file_damaged"),
    "cut off": (sheets.xlsx_of(GOOD)[:2000], "c.xlsx", "file_damaged"),
    "bomb": (repacked(same, xl__b_dot_xml=b"<a>" + b" " * 60_000_000 + b"</a>"), "c.xlsx", "file_inflates"),
    "lying bomb": (liar(), "c.xlsx", "file_damaged"),
    "many entries": (
        repacked(same, **{f"xl__e{n}_dot_xml": b"<a/>" for n in range(600)}), "c.xlsx", "file_inflates",
    ),
    "entities": (
        repacked(in_sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet')),
        "c.xlsx", "file_damaged",
    ),
    "far row": (repacked(in_sheet(b'r="A2"', b'r="A1048576"')), "c.xlsx", "file_too_many_rows"),
    "far column": (repacked(in_sheet(b'r="B2"', b'r="XFD2"')), "c.xlsx", "file_too_many_columns"),
    "row without number": (repacked(in_sheet(b'<row r="2"', b'<row r="x"')), "c.xlsx", "file_damaged"),
    "encoding": (repacked(in_sheet(b'encoding="UTF-8"', b'encoding="big5"')), "c.xlsx", "file_damaged"),
    "torn inside": (torn(), "c.xlsx", "file_damaged"),
    "wide csv": (b",".join(b"%d" % n for n in range(10_000)) + b"\n1", "c.csv", "file_too_many_columns"),
    "long csv": (b"a\n" + b"1\n" * 200_002, "c.csv", "file_too_many_rows"),
    "long cell": (b"a\n" + b"x" * 40_000, "c.csv", "file_cell_too_long"),
    "open quote": (b'a\n"' + b"x,y\n" * 20_000, "c.csv", "file_cell_too_long"),
    "binary": (b"a,b\n\x00\x01,2", "c.csv", "file_encoding_unknown"),
    "latin": ("a\nüü ".encode("latin-1") + b"\xff\xff", "c.csv", "file_encoding_unknown"),
    "utf-16": ("a\nb".encode("utf-16"), "c.csv", "file_encoding_unknown"),
    "empty": (b"", "c.csv", "file_empty"),
    "headings only": (b"a,b\r\n , \r\n"[:5], "c.csv", "file_empty"),
    "no rows": (sheets.xlsx_of([HEAD]), "c.xlsx", "file_empty"),
    "heading twice": ("code,ＣＯＤＥ\n1,2".encode(), "c.csv", "file_heading_twice"),
    "program": (b"MZ\x90", "c.exe", "file_format_unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_refused_and_nothing_is_kept(actor: Actor, name: str) -> None:
    data, given, code = ATTACKS[name]
    with pytest.raises(Unprocessable) as refused:
        sheets.upload(actor, data, given)
    assert refused.value.code == code
    assert not Job.objects.exists()
    assert not FilePart.objects.exists()


def test_a_shared_text_counts_for_every_cell(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.jobs.formats.packages.MAX_TEXT", 100_000)
    rows = [HEAD, *[("A", "x" * 1000)] * 200]
    with pytest.raises(Unprocessable) as refused:
        sheets.upload(actor, sheets.xlsx_of(rows), "c.xlsx")
    assert refused.value.code == "file_inflates"


def test_too_many_bytes_are_not_read_to_the_end(actor: Actor) -> None:
    class Endless:
        read = 0

        def chunks(self) -> Iterator[bytes]:
            while True:
                self.read += 1
                yield b"x" * 1024 * 1024

    upload = Endless()
    with pytest.raises(Unprocessable) as refused:
        services.create_import(
            actor, subject=sheets.SUBJECT, office="admin", name="c.csv", upload=upload
        )
    assert refused.value.code == "file_too_large"
    assert upload.read == limits.MAX_BYTES // 1024**2 + 1
    assert not Job.objects.exists()


def test_headings_compare_folded() -> None:
    assert formats_sheets.heading_key(" ＳＫＵ code *") == formats_sheets.heading_key("skucode")
