"""Spreadsheets: read tolerantly and within limits, written safely."""

from apps.jobs.formats.cells import LANGUAGES, NO, YES, CellFault, read_cell, tidy
from apps.jobs.formats.errors import FileTooLarge
from apps.jobs.formats.limits import MAX_BYTES
from apps.jobs.formats.sheets import CSV, XLSX, Sheet, heading_key, inspect, read_rows
from apps.jobs.formats.writing import Writer, writing

__all__ = [
    "CSV", "LANGUAGES", "MAX_BYTES", "NO", "XLSX", "YES", "CellFault", "FileTooLarge", "Sheet", "Writer",
    "heading_key", "inspect", "read_cell", "read_rows", "tidy", "writing",
]  # fmt: skip
