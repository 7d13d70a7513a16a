"""What files of prices and of SKUs have in common."""

from collections.abc import Iterable, Sequence
from typing import Any

from apps.common.money import MAX_AMOUNT, format_money
from apps.jobs.rules import CellKind, Column, Outcome, Refusal, Row, Verdict
from apps.products import services

Changes = dict[str, tuple[str, str]]
CODE_LENGTH = 32


def refused(*refusals: Refusal) -> Verdict:
    return Verdict(Outcome.ERROR, refusals=refusals)


def faults_of(row: Row) -> list[Refusal]:
    return [Refusal(column, code, detail) for column, (code, detail) in row.faults.items()]


def text_of(row: Row, column: str) -> str:
    return str(row.values.get(column) or "")


def codes_of(rows: Sequence[Row], column: str) -> list[str]:
    return sorted({text for row in rows if (text := text_of(row, column))})


def judged(changes: Changes, *, known: object) -> Verdict:
    """``known`` is what there is already, if anything."""
    if known is None:
        return Verdict(Outcome.NEW, changes)
    return Verdict(Outcome.CHANGED if changes else Outcome.SAME, changes)


def differing(pairs: Iterable[tuple[str, str, str]]) -> Changes:
    """Column, before, after."""
    return {column: (before, after) for column, before, after in pairs if before != after}


def money(amount: int | None) -> str:
    return "" if amount is None else format_money(amount)


def out_of_range(column: str, amount: int | None) -> list[Refusal]:
    if amount is None or 0 <= amount <= MAX_AMOUNT:
        return []
    detail = services.PriceOutOfRange().detail
    return [Refusal(column, services.PriceOutOfRange.code, detail)]


def to_write(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Row]:
    wanted = (Outcome.NEW, Outcome.CHANGED)
    return [row for row, one in zip(rows, verdicts, strict=True) if one.outcome in wanted]


def code_column(name: str, label: Any, **more: Any) -> Column:
    return Column(name, label, CellKind.CODE, max_length=CODE_LENGTH, **more)
