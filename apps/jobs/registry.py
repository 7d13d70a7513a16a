"""What the job center can do. ``config/jobs.py`` fills this table; nothing else does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common.errors import Missing
from apps.jobs.rules import Column, Row, Verdict

Judge = Callable[[Actor, Sequence[Row]], Sequence[Verdict]]


class SubjectUnknown(Missing):
    code = "job_subject_not_found"
    message = _("There is no such import or export.")


@dataclass(frozen=True, slots=True)
class Import:
    """One kind of file that a center takes in.

    ``check`` judges a page of rows without writing; ``apply`` writes those that it judges new or
    changed, through the center's services, inside the caller's transaction, and says what became of
    each. Both answer one verdict per row, in order, in a number of statements that does not grow
    with the rows. Rows with faults and rows given twice are refused before and never handed over.
    ``key`` names the columns of the business key: a row given twice is the same row.
    """

    subject: str
    title: Any
    center: str
    action: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    check: Judge
    apply: Judge

    @property
    def personal(self) -> bool:
        """Whether its files hold personal values."""
        return any(column.personal for column in self.columns)


IMPORTS: dict[str, Import] = {}


def register_import(one: Import) -> None:
    """Make an import known. Raises ValueError for a subject that is taken."""
    if one.subject in IMPORTS:
        raise ValueError(f"{one.subject} is registered twice")
    IMPORTS[one.subject] = one


def import_of(subject: str) -> Import:
    """The import of that subject. Raises SubjectUnknown."""
    try:
        return IMPORTS[subject]
    except KeyError:
        raise SubjectUnknown(fields={"subject": subject}) from None
