"""Which stores the figures and lists of a page cover; the portal says so on every page."""

from dataclasses import dataclass

from django.db.models import Count, Q, Window
from django.http import HttpRequest

from apps.org import selectors as org
from apps.org.offices.access import actor_of

NAMED_STORES = 8
_KEPT = "_office_coverage"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many stores, and the names of the first of them by code.

    ``former``: how many more whose documents are seen up to their hand-over.
    """

    count: int = 0
    names: tuple[str, ...] = ()
    former: int = 0

    @property
    def unnamed(self) -> int:
        """How many more there are than are named."""
        return self.count - len(self.names)


def coverage_of(request: HttpRequest) -> Coverage:
    """The stores of the person who asks; one statement per request, however many they are."""
    kept = request.__dict__.get(_KEPT)
    if not isinstance(kept, Coverage):
        once_own = org.stores_once_of(actor_of(request)).annotate(
            now=Window(Count("pk", filter=Q(former=False))),
            before=Window(Count("pk", filter=Q(former=True))),
        )
        found = list(once_own.order_by("former", "code")[:NAMED_STORES])
        names = tuple(store.display_name for store in found if not store.former)
        kept = Coverage(found[0].now, names, found[0].before) if found else Coverage()
        request.__dict__[_KEPT] = kept
    return kept
