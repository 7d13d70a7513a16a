"""What the job center can do. ``config/jobs.py`` fills these tables; nothing else does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor, Grant
from apps.common.errors import DomainError, Missing
from apps.jobs.models import Job
from apps.jobs.rules import Asked, Column, Listed, Row, Step, Verdict

Judge = Callable[[Actor, Sequence[Row]], Sequence[Verdict]]
Options = Mapping[str, Any]


class SubjectUnknown(Missing):
    code = "job_subject_not_found"
    message = gettext_lazy("There is no such import or export.")


class Pass:
    """One way through a file, from its first row to its last; a page of rows at a time.

    A center whose rows depend on earlier ones (what they took, what they promised) keeps here what
    it has to know of them, on whatever page they stand, compactly: a file has up to 200,000 rows.
    """

    def __init__(self, one: "Import") -> None:
        self.one = one

    def key_of(self, row: Row) -> Sequence[Any]:
        """The business key, in one spelling: two rows with the same key are the same row."""
        return [row.values.get(name) for name in self.one.key]

    def check(self, actor: Actor, rows: Sequence[Row]) -> Sequence[Verdict]:
        """Judge the next page; what it promises counts only once it is remembered."""
        return self.one.check(actor, rows)

    def apply(self, actor: Actor, rows: Sequence[Row]) -> Sequence[Verdict]:
        """The same, and write it; called again for the same rows if the database gave them up."""
        return self.one.apply(actor, rows)

    def remember(self) -> None:
        """The page that was judged last is settled: it counts for the rows after it."""

    def recall(self, actor: Actor, rows: Sequence[Row]) -> None:
        """Rows that an earlier worker settled and did not refuse count for the rows after them."""


@dataclass(frozen=True, slots=True)
class Import:
    """One kind of file that a center takes in.

    ``check`` judges a page of rows without writing; ``apply`` writes those that it judges new or
    changed, through the center's services, inside the caller's transaction, and says what became of
    each. Both answer one verdict per row, in order, in a number of statements that does not grow
    with the rows. Rows with faults and rows given twice are refused before and never handed over.
    ``key`` names the columns of the business key: a row given twice is the same row. ``through`` is
    the way through a file, where a row depends on those before it.
    """

    subject: str
    title: Any
    action: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    check: Judge
    apply: Judge
    through: Callable[["Import"], Pass] = Pass

    @property
    def personal(self) -> bool:
        """Whether its files hold personal values."""
        return any(column.personal for column in self.columns)


class Found(Protocol):
    """The rows of a list as its owner may take them now, in the list's own order."""

    @property
    def grants(self) -> Sequence[Grant]:
        """The grants by which the rows are seen: those that hold the right to take them, too."""

    @property
    def clear_grants(self) -> Sequence[Grant]:
        """Those of the person's that show personal values in clear."""

    @property
    def headings(self) -> Sequence[str]:
        """The names of the columns, as the list calls them."""

    def keys(self, at_most: int) -> list[int]:
        """The ids of the rows, ``at_most`` + 1 at most. One statement."""

    def rows(self, keys: Sequence[int]) -> list[Any]:
        """The rows of these ids that are still found, in this order."""

    def cells(self, rows: Sequence[Any]) -> Iterator[list[Any]]:
        """Plain values of the columns, row by row."""


@dataclass(frozen=True, slots=True)
class Export:
    """A list that people take out as a file.

    ``found`` builds the list of a person anew; it raises ActionNotPermitted where they may not take
    it out, and a refusal for columns or a query that the list does not know.
    """

    subject: str
    title: Any
    found: Callable[[Actor, Listed, Asked], Found]


Apply = Callable[[Actor, Sequence[Any], Options], Sequence[Step]]


def _nowhere(actor: Actor, listed: Listed) -> Found:
    raise SubjectUnknown


@dataclass(frozen=True, slots=True)
class Change:
    """A change of many rows of a list at once.

    ``judge`` says what would become of a page of rows, without writing, in a number of statements
    that does not grow with them. Of the other two one is given: ``apply`` writes a page inside the
    caller's transaction; ``each`` runs one row in a transaction of its own and raises a DomainError
    to refuse it: it must change a row once, however often it is called for the same job.
    ``labels`` says what people call the columns that steps name, ``values`` what they call the values
    of a column of choices: both are translated when they are shown.
    ``found`` builds the rows on which the person may do it.
    """

    subject: str
    title: Any
    listing: str
    offices: tuple[str, ...]
    action: str
    labels: Mapping[str, Any]
    judge: Apply
    apply: Apply | None = None
    each: Callable[[Actor, Any, Options, str], None] | None = None
    values: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    found: Callable[[Actor, Listed], Found] = _nowhere

    def on(self, found: Callable[[Actor, Listed], Found]) -> "Change":
        """The same change of the rows that ``found`` builds."""
        return replace(self, found=found)


IMPORTS: dict[str, Import] = {}
EXPORTS: dict[str, Export] = {}
CHANGES: dict[str, Change] = {}


def register_import(one: Import) -> None:
    """Make an import known. Raises ValueError for a subject that is taken."""
    _register(IMPORTS, one.subject, one)


def register_export(one: Export) -> None:
    """Make an export known. Raises ValueError for a subject that is taken."""
    _register(EXPORTS, one.subject, one)


def register_change(one: Change) -> None:
    """Make a bulk change known. Raises ValueError for a subject that is taken."""
    _register(CHANGES, one.subject, one)


def _register(table: dict[str, Any], subject: str, one: Any) -> None:
    if subject in table:
        raise ValueError(f"{subject} is registered twice")
    table[subject] = one


def import_of(subject: str) -> Import:
    """The import of that subject. Raises SubjectUnknown."""
    found: Import = _of(IMPORTS, subject)
    return found


def export_of(subject: str) -> Export:
    """The export of that subject. Raises SubjectUnknown."""
    found: Export = _of(EXPORTS, subject)
    return found


def change_of(subject: str) -> Change:
    """The bulk change of that subject. Raises SubjectUnknown."""
    found: Change = _of(CHANGES, subject)
    return found


def _of(table: Mapping[str, Any], subject: str) -> Any:
    try:
        return table[subject]
    except KeyError:
        raise SubjectUnknown(fields={"subject": subject}) from None


def title_of(job: Job) -> str:
    """What the job is called; the bare subject of one that is no longer registered."""
    tables: dict[str, Mapping[str, Any]] = {
        Job.Kind.IMPORT: IMPORTS,
        Job.Kind.EXPORT: EXPORTS,
        Job.Kind.CHANGE: CHANGES,
    }
    known = tables[job.kind].get(job.subject)
    if known is None:
        return job.subject
    title = capfirst(str(known.title))
    return _("%(things)s: list") % {"things": title} if job.kind == Job.Kind.EXPORT else title


ENDINGS: dict[str, Any] = {
    "internal_error": gettext_lazy(
        "Something went wrong on our side. Start it again; if it fails again, tell us the job number."
    ),
    "rows_refused": gettext_lazy(
        "Rows were refused, so none was written. Correct them in your own file and bring the whole file in again."
    ),
    "rows_locked": gettext_lazy(
        "Other work held the same rows for too long. Start it again in a few minutes."
    ),
    "export_unfinished": gettext_lazy(
        "The file could not be finished in time. Narrow the list by its filters and export it again."
    ),
}


def said(job: Job) -> str:
    """Why a job ended as it did, for its owner; empty where there is nothing to say."""
    if not job.code:
        return ""
    if job.code in ENDINGS:
        return str(ENDINGS[job.code])
    refusal = _refusals().get(job.code)
    if refusal is None:
        return str(ENDINGS["internal_error"])
    try:
        text: str = str(refusal.message) % job.options.get("refused", {})
    except (KeyError, TypeError, ValueError):  # what filled the message was not kept
        return str(refusal.message)
    return text


def _refusals() -> dict[str, type[DomainError]]:
    found: dict[str, type[DomainError]] = {}
    open_ones: list[type[DomainError]] = [DomainError]
    while open_ones:
        for one in open_ones.pop().__subclasses__():
            open_ones.append(one)
            if isinstance(getattr(one, "code", None), str):
                found[one.code] = one
    return found
