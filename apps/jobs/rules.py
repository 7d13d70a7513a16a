"""What a file brings in: columns, parsed rows, and the verdict on each. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CellKind(StrEnum):
    """How a cell is read; see ``formats.cells``."""

    TEXT = "text"
    CODE = "code"
    """A key: spaces and full-width forms are folded, leading zeros kept."""
    AMOUNT = "amount"
    """Major units in the file (19.90), minor units for us (1990)."""
    QUANTITY = "quantity"
    INTEGER = "integer"
    DATE = "date"
    CHOICE = "choice"
    """One of ``choices``: by value or by label, in either language."""
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template; ``label`` and ``note`` are lazy translations."""

    name: str
    label: Any
    kind: CellKind = CellKind.TEXT
    required: bool = False
    note: Any = ""
    sample: str = ""
    choices: Sequence[tuple[str, Any]] = ()
    max_length: int = 255
    personal: bool = False
    """Its values never appear in a preview, and files that hold it expire after a day."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: its number there (the heading is 1) and its values by column name.

    Texts and codes are str, amounts int (minor units), quantities Decimal, integers int, dates date,
    choices their value, flags bool.
    An empty cell is None; a column that the file does not have is absent. A value that could not be
    read is absent too, and named in ``faults`` as column → (code, detail).
    """

    number: int
    values: Mapping[str, Any]
    faults: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class Outcome(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is refused: the column (or none), a stable code, and a text for the person."""

    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done with a row; ``changes`` maps a column to (before, after), as people read it."""

    outcome: Outcome
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export is to hold: its format, columns by name in order, and which of them in clear.

    ``clear`` names columns of personal data that are wanted unmasked; that takes a reason.
    """

    format: str
    columns: tuple[str, ...]
    clear: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as a person sees it: the office, the list's query string, and the ids of chosen rows.

    None for ``chosen`` is everything that the query finds.
    """

    office: str
    query: str
    chosen: tuple[int, ...] | None = None


CHANGED = "changed"
SKIPPED = "skipped"
"""What becomes of a row of a bulk change."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a bulk change leaves a row as it is: a stable code, and a text for the person."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a bulk change does with one row; ``changes`` maps a column to its values before and after,
    as the database holds them.

    ``key`` is the row's business key. A row with ``skip`` stays as it is.
    """

    key: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    skip: Skip | None = None
