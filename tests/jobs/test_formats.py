"""Cells as people type them, and files that are read back as they were written."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.jobs import formats
from apps.jobs.formats import CellFault, read_cell, sheets
from apps.jobs.rules import CellKind, Column

CHOICES = (("retail", "Retail"), ("member", "Member"))
READ = [
    ("code", 6901234567892.0, "6901234567892"),
    ("code", "0012", "0012"),
    ("code", " ＳＫＵ－１\u3000", "SKU-1"),
    ("code", "'-7", "-7"),
    ("text", "'\n=1", "=1"),
    ("text", "'＝1", "＝1"),
    ("text", "' =1", "=1"),
    ("text", "'t was", "'t was"),
    ("text", "\u3000 红茶（大） ", "红茶（大）"),
    ("amount", "１，２３４.５０", 123450),
    ("amount", "¥1,234.50", 123450),
    ("amount", "￥ 19.9 元", 1990),
    ("amount", 19.900000000000002, 1990),
    ("amount", "-5", -500),
    ("quantity", "1.125", Decimal("1.125")),
    ("integer", "1,000", 1000),
    ("integer", 12.0, 12),
    ("date", "2026-11-24", date(2026, 11, 24)),
    ("date", "2026/11/4", date(2026, 11, 4)),
    ("date", "24.11.2026", date(2026, 11, 24)),
    ("date", "20261124", date(2026, 11, 24)),
    ("date", "２０２６年１１月２４日", date(2026, 11, 24)),
    ("date", "2026-11-24 00:00:00", date(2026, 11, 24)),
    ("date", 46350.0, date(2026, 11, 24)),
    ("date", datetime(2026, 11, 24, 8, 30), date(2026, 11, 24)),  # noqa: DTZ001 - as calamine reads
    ("choice", "MEMBER", "member"),
    ("flag", "是", True),
    ("flag", "No", False),
    ("flag", True, True),
    ("text", "  ", None),
]
REFUSED = [
    ("code", "6.90123E+12", "cell_code_rounded"),
    ("code", 1234567890123456.0, "cell_code_rounded"),
    ("amount", "1.234,50", "cell_not_a_number"),
    ("amount", "1,5", "cell_not_a_number"),
    ("amount", "1.999", "cell_too_precise"),
    ("amount", "1" * 15, "cell_too_large"),
    ("integer", "1.5", "cell_not_whole"),
    ("date", "2026-02-30", "cell_not_a_date"),
    ("date", "11/24/2026", "cell_not_a_date"),
    ("choice", "other", "cell_not_a_choice"),
    ("flag", "maybe", "cell_not_a_flag"),
    ("text", "x" * 256, "cell_too_long"),
    ("text", "a\x00b", "cell_control"),
]


@pytest.mark.parametrize(("kind", "raw", "value"), READ)
def test_a_cell_is_read(kind: str, raw: object, value: object) -> None:
    column = Column("c", "C", CellKind(kind), choices=CHOICES if kind == "choice" else ())
    assert read_cell(column, raw) == value


@pytest.mark.parametrize(("kind", "raw", "code"), REFUSED)
def test_a_cell_is_refused_without_its_value(kind: str, raw: object, code: str) -> None:
    column = Column("c", "C", CellKind(kind), choices=CHOICES if kind == "choice" else ())
    with translation.override("en"), pytest.raises(CellFault) as fault:
        read_cell(column, raw)
    assert fault.value.code == code
    assert str(raw) not in fault.value.detail


def test_a_required_cell_may_not_be_empty() -> None:
    with pytest.raises(CellFault) as fault:
        read_cell(Column("c", "C", required=True), "\u3000")
    assert fault.value.code == "cell_required"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "f.csv"
    text = delimiter.join(["编码", '"名称,;"']) + "\r\n\r\n" + delimiter.join(["001", "红茶"])
    path.write_bytes(text.encode(encoding))
    sheet = formats.inspect(path, "f.csv")
    assert sheet.headings == ["编码", "名称,;"]
    rows = list(formats.read_rows(path, "csv", sheet.encoding))
    assert rows[1] == (3, ["001", "红茶"])


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Cf"]), max_size=30
)
STARTS = st.sampled_from(["", "=", "+", "-", "@"])
CELLS = st.builds(
    lambda start, text: start + text, STARTS, TEXT.filter(lambda t: not t.startswith("'"))
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5))
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_back(tmp_path: Path, kind: str, rows: list[list[str]]) -> None:
    path = tmp_path / f"f.{kind}"
    with formats.writing(path, kind, ["a", "b"]) as writer:
        for row in rows:
            writer.write(row)
    raw = list(formats.read_rows(path, kind, "utf-8-sig"))[1:]
    for _number, cells in raw:
        assert not any(str(cell).startswith(("=", "+", "-", "@")) for cell in cells)
    found = [[formats.tidy(cell) for cell in [*cells, "", ""][:2]] for _n, cells in raw]
    assert found == [[formats.tidy(cell) for cell in row] for row in rows if any(row)]


LEADS = ["", " ", "\t", "\r", "\n", "\r\n", "\u3000", "\u00a0", "\u200b", "\ufeff", " \t "]
SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_text_is_written_as_a_formula(tmp_path: Path, kind: str) -> None:
    """Whatever stands before the sign, and in whatever width it is typed."""
    texts = [f"{lead}{sign}HYPERLINK(1)" for lead in LEADS for sign in SIGNS]
    texts += ["\tx", "\rx", "\nx"]
    path = tmp_path / f"f.{kind}"
    with formats.writing(path, kind, ["a"]) as writer:
        for text in texts:
            writer.write([text])

    found = [str(cells[0]) for _number, cells in formats.read_rows(path, kind, "utf-8-sig")][1:]

    assert [text for text, cell in zip(texts, found, strict=True) if cell[:1] != "'"] == []
    assert [formats.tidy(cell) for cell in found] == [formats.tidy(text) for text in texts]


@pytest.mark.parametrize("text", ["Tea", " Tea", "3-in-1", "a=b", "Ａ＝", "茶＋糖", ""])
def test_other_texts_stand_as_they_are(tmp_path: Path, text: str) -> None:
    assert sheets.disarmed(text) == text


def test_a_text_that_no_cell_holds_is_cut_where_one_sees_it(tmp_path: Path) -> None:
    """A workbook's cell holds 32,767 units of UTF-16; a .csv holds everything."""
    long, wide, fits = "x" * 40_000, "=" + "𠮷" * 20_000, "y" * 32_767
    for kind in ("xlsx", "csv"):
        with formats.writing(tmp_path / f"f.{kind}", kind, ["a", "b", "c"]) as writer:
            writer.write([long, wide, fits])

    cut = list(sheets.read_rows(tmp_path / "f.xlsx", "xlsx", ""))[1][1]
    assert cut == ["x" * 32_766 + "…", "'=" + "𠮷" * 16_382 + "…", fits]
    written = (tmp_path / "f.csv").read_text("utf-8-sig").splitlines()[1]
    assert written == f"{long},'{wide},{fits}"


def test_amounts_and_days_are_numbers_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with formats.writing(path, "xlsx", ["a", "b", "c"]) as writer:
        writer.write([Decimal("1234.50"), date(2026, 11, 24), True])
    assert list(sheets.read_rows(path, "xlsx", ""))[1] == (2, [1234.5, date(2026, 11, 24), True])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_moment_is_written_on_the_clocks_of_the_deployment(tmp_path: Path, kind: str) -> None:
    """A file has no time zones: 16:30 UTC is 00:30 of the next day in Shanghai."""
    path = tmp_path / f"f.{kind}"
    with formats.writing(path, kind, ["a"]) as writer:
        writer.write([datetime.fromisoformat("2026-11-24T16:30:00Z")])
    rows = list(formats.read_rows(path, kind, "utf-8-sig"))
    moment = datetime.fromisoformat("2026-11-25T00:30")
    assert rows[1][1] == [moment if kind == "xlsx" else "2026-11-25 00:30"]
