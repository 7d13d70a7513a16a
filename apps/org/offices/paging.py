"""How lists are paged: by key, with a count that is taken once and stops at a bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.common import keyset
from apps.common.keyset import CursorInvalid, Order

COUNT_LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts at most COUNT_LIMIT rows; beyond that the list says "more than"."""

    template_name = "offices/pagination.html"

    @cached_property
    def found(self) -> int:
        """The number of rows, one more than COUNT_LIMIT at most; a page sets what it knows."""
        rows: Any = self.object_list
        return count_up_to(rows) if isinstance(rows, QuerySet) else len(rows)

    @cached_property
    def count(self) -> int:
        """The number of rows, COUNT_LIMIT at most."""
        return min(self.found, COUNT_LIMIT)

    @property
    def more(self) -> bool:
        """Whether there are rows beyond the bound."""
        return self.found > COUNT_LIMIT


def count_up_to(rows: QuerySet[Any]) -> int:
    """How many rows, one more than COUNT_LIMIT at most. One statement that stops there."""
    return int(rows.order_by()[: COUNT_LIMIT + 1].count())


def bounded_count(rows: QuerySet[Any]) -> str:
    """The count for people: ``1,234``, or "more than 10,000"."""
    return count_text(count_up_to(rows))


def count_text(found: int) -> str:
    """A count that was taken up to the bound, for people."""
    if found > COUNT_LIMIT:
        return _("more than %(limit)s") % {"limit": f"{COUNT_LIMIT:,}"}
    return f"{found:,}"


class Turn(msgspec.Struct):
    """What a link to another page holds: of which list, from which row on, and what is known.

    ``place`` is the last row before the page, or the first one behind it where ``back``; ``start``
    rows stood before that page.
    """

    of: str
    place: list[Any]
    back: bool
    start: int
    found: int


@dataclass(frozen=True)
class Page:
    """Rows of one page, ``start`` rows into the list; cursors of its neighbours, "" where none is."""

    rows: list[Any]
    start: int
    found: int
    before: str = ""
    after: str = ""

    @property
    def first_text(self) -> str:
        """The number of the first row, for people."""
        return f"{self.start + 1:,}"

    @property
    def last_text(self) -> str:
        return f"{self.start + len(self.rows):,}"

    @property
    def found_text(self) -> str:
        return count_text(self.found)


@dataclass(frozen=True)
class Pager:
    """Turns the pages of ``rows`` in ``order``. ``of`` names the list, its filters and the reader:
    a cursor that was given out for another one is none."""

    rows: QuerySet[Any]
    order: Order
    size: int
    of: str

    def page(self, cursor: str = "") -> Page:
        """The page of ``cursor``, the first without one. Raises CursorInvalid.

        One statement; a first page that is not the last one counts as well.
        """
        if not cursor:
            return self._first()
        turn = keyset.unseal(cursor, Turn)
        if turn.of != self.of:
            raise CursorInvalid
        return self._page_before(turn) if turn.back else self._page_after(turn)

    def _first(self, found: int | None = None) -> Page:
        rows = list(self.rows.order_by(*keyset.expressions(self.order))[: self.size + 1])
        if len(rows) <= self.size:
            return Page(rows, 0, len(rows))
        known = count_up_to(self.rows) if found is None else found
        return self._linked(rows[: self.size], 0, known, ends=(True, False))

    def _page_after(self, turn: Turn) -> Page:
        rows = list(keyset.behind(self.rows, self.order, turn.place)[: self.size + 1])
        if not rows:  # they are gone
            return self._first()
        ends = (False, len(rows) <= self.size)
        return self._linked(rows[: self.size], turn.start, turn.found, ends=ends)

    def _page_before(self, turn: Turn) -> Page:
        """Read from the other end. Where the beginning is nearer than a page, the first page."""
        order = keyset.turned(self.order)
        rows = list(keyset.behind(self.rows, order, turn.place)[: self.size + 1])
        if len(rows) <= self.size:
            return self._first(turn.found)
        start = max(turn.start, 1)  # rows may have come since
        return self._linked(rows[: self.size][::-1], start, turn.found, ends=(False, False))

    def _linked(self, rows: list[Any], start: int, found: int, *, ends: tuple[bool, bool]) -> Page:
        """``ends``: whether the list begins, and ends, with this page."""
        size = len(rows)
        before = self._cursor(rows[0], start - self.size, found, back=True)
        after = self._cursor(rows[-1], start + size, found, back=False)
        return Page(rows, start, found, "" if ends[0] else before, "" if ends[1] else after)

    def _cursor(self, row: Any, start: int, found: int, *, back: bool) -> str:
        place: Sequence[Any] = keyset.place_of(self.order, row)
        return keyset.seal(Turn(self.of, list(place), back, start, found))
