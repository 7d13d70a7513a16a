"""Lists whose length is counted up to a bound, never to the end of a big table."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

COUNT_LIMIT = 10_000


class BoundedPaginator(Paginator):
    """Counts at most COUNT_LIMIT rows; beyond that the list says "more than" and pages end there."""

    template_name = "offices/pagination.html"

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return count_up_to(rows) if isinstance(rows, QuerySet) else len(rows)

    @cached_property
    def count(self) -> int:
        """The number of rows, COUNT_LIMIT at most."""
        return min(self._found, COUNT_LIMIT)

    @property
    def more(self) -> bool:
        """Whether there are rows beyond the bound."""
        return self._found > COUNT_LIMIT


def count_up_to(rows: QuerySet[Any]) -> int:
    """How many rows, one more than COUNT_LIMIT at most. One statement that stops there."""
    return int(rows.order_by()[: COUNT_LIMIT + 1].count())


def bounded_count(rows: QuerySet[Any]) -> str:
    """The count for people: ``1,234``, or "more than 10,000"."""
    found = count_up_to(rows)
    if found > COUNT_LIMIT:
        return _("more than %(limit)s") % {"limit": f"{COUNT_LIMIT:,}"}
    return f"{found:,}"
