"""The rows of a job's source file, page by page from its cursor on."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from apps.jobs import registry
from apps.jobs.formats import CellFault, read_cell, read_rows
from apps.jobs.models import Job
from apps.jobs.registry import Pass
from apps.jobs.rules import Column, Refusal, Row
from apps.jobs.services.importing import columns_of

PAGE = 1_000


@dataclass(slots=True)
class Source:
    """A source file under its job's mapping, and the business keys met so far."""

    job: Job
    path: Path
    columns: dict[int, Column] = field(init=False)
    key: tuple[str, ...] = field(init=False)
    through: Pass = field(init=False)
    seen: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.columns = columns_of(self.job)
        one = registry.import_of(self.job.subject)
        self.key, self.through = one.key, one.through(one)

    def pages(
        self, after: int, recall: Callable[[Sequence[Row]], None]
    ) -> Iterator[list[tuple[Row, list[Refusal]]]]:
        """Rows below number ``after`` with what is already wrong with them.

        The rows before are read too: a key that was given there is given twice here. ``recall`` is
        handed them page by page.
        """
        rows = self.judged()
        while page := list(islice(rows, PAGE)):
            if before := [row for row, _refusals in page if row.number <= after]:
                recall(before)
            if rest := [judged for judged in page if judged[0].number > after]:
                yield rest

    def judged(self) -> Iterator[tuple[Row, list[Refusal]]]:
        raw = self.raw()
        next(raw, None)
        for number, cells in raw:
            row = self._row(number, cells)
            refusals = [Refusal(name, *fault) for name, fault in row.faults.items()]
            if self._twice(row):
                detail = _("An earlier row of the file has the same key.")
                refusals.append(Refusal(self.key[0], "duplicate_row", detail))
            yield row, refusals

    def raw(self) -> Iterator[tuple[int, list[Any]]]:
        """The cells as they are in the file, the headings first."""
        options = self.job.options
        return read_rows(self.path, options["format"], options["encoding"])

    def _row(self, number: int, cells: Sequence[Any]) -> Row:
        values: dict[str, Any] = {}
        faults: dict[str, tuple[str, str]] = {}
        for place, column in self.columns.items():
            try:
                cell = cells[place] if place < len(cells) else None
                values[column.name] = read_cell(column, cell)
            except CellFault as fault:
                faults[column.name] = (fault.code, fault.detail)
        return Row(number, values, faults)

    def _twice(self, row: Row) -> bool:
        if any(name in row.faults for name in self.key):
            return False
        key = repr(list(self.through.key_of(row))).encode()
        digest = hashlib.blake2b(key, digest_size=16).digest()
        if digest in self.seen:
            return True
        self.seen.add(digest)
        return False
