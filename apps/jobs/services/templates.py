"""The empty file that a center takes in, to be filled by a person."""

import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from apps.jobs.formats import NO, YES
from apps.jobs.registry import Import
from apps.jobs.rules import CellKind, Column

ROWS = 10_000
"""As far down as the drop-downs reach."""
WIDTH = 20


def template(one: Import) -> bytes:
    """An .xlsx in the active language: headings (required ones marked *) with notes, drop-downs for
    choices and flags, and a sample row."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_("Import"))
        lists = book.add_worksheet(_("Choices"))
        lists.hide()
        bold = book.add_format({"bold": True, "bg_color": "#E8F0F2", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(one.columns):
            kind = text if column.kind in (CellKind.CODE, CellKind.TEXT) else None
            sheet.set_column(place, place, WIDTH, kind)
            mark = " *" if column.required else ""
            sheet.write_string(0, place, f"{column.label}{mark}", bold)
            sheet.write_comment(0, place, _note(column))
            sheet.write_string(1, place, _sample(column), kind)
            _drop_down(sheet, lists, place, _words(column))
    return buffer.getvalue()


def _note(column: Column) -> str:
    wanted = _("Required.") if column.required else _("May stay empty.")
    return f"{wanted} {column.note}".strip()


def _words(column: Column) -> list[str]:
    if column.kind is CellKind.FLAG:
        return [str(YES), str(NO)]
    return [str(label) for _value, label in column.choices]


def _sample(column: Column) -> str:
    if column.kind is CellKind.FLAG:
        return str(YES if column.sample == "yes" else NO)
    labels = {value: str(label) for value, label in column.choices}
    return labels.get(column.sample, column.sample)


def _drop_down(sheet: Any, lists: Any, place: int, words: list[str]) -> None:
    if not words:
        return
    lists.write_column(0, place, words)
    letter = xlsxwriter.utility.xl_col_to_name(place)
    source = f"='{lists.get_name()}'!${letter}$1:${letter}${len(words)}"
    sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": source})
