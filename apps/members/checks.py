"""Refusal to serve with keys under which members could not be found, and would be enrolled twice."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError

from apps.members import selectors as members

TEXT = (
    "Identities are indexed under a key that is not in BLIND_INDEX_KEYS. Put the key back, and run "
    "'manage.py rotate_identity_keys --finish' before it is taken away."
)


@checks.register(checks.Tags.database)
def every_identity_is_found(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A key may leave the settings when its index rows are dropped, or few and needed by nobody."""
    if not databases:
        return []
    try:
        foreign, needed = members.indexes_of_missing_keys()
    except DatabaseError:  # no tables yet
        return []
    unsafe = needed or foreign > members.COUNTED_AT_MOST
    return [checks.Error(TEXT, id="quanyu.E020")] if unsafe else []
