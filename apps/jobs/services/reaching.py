"""The reach in which a job's file was made, and whether its owner still has it.

A file outlives the role under which it was made. Its rows are those of that day; who reaches other
rows today takes them out anew.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Grant, Scope
from apps.common.errors import NotPermitted
from apps.jobs.models import Job
from apps.jobs.services.held import renew

ROWS = "reach"
CLEAR = "clear_reach"
"""Where the options of a job keep the reach of its rows, and that of its values in clear."""

Kept = list[list[Any]]
"""Scope and ids, ascending."""
UNKNOWN: Kept = [[Scope.ALL.value, []]]
"""Of a file that does not say: who reaches everything may have it."""


class JobFileOutOfReach(NotPermitted):
    code = "job_file_out_of_reach"
    message = _(
        "The file holds rows that your roles do not reach any more. Start it again: you get the rows that you reach now."
    )


def of_grants(grants: Iterable[Grant], known: Sequence[Sequence[Any]] = ()) -> Kept:
    """The scopes of ``grants`` and those ``known`` already, as a job keeps them."""
    found = {Scope(scope): frozenset(ids) for scope, ids in known}
    for grant in grants:
        found[grant.scope] = found.get(grant.scope, frozenset()) | grant.ids
    return [[scope.value, sorted(ids)] for scope, ids in sorted(found.items())]


def add(locked: Job, grants: Iterable[Grant]) -> None:
    """The job goes on within these grants; what an earlier worker found in others stays counted."""
    locked.options[ROWS] = of_grants(grants, locked.options.get(ROWS, []))
    renew(locked)
    locked.save(update_fields=["options", "leased_until"])


def require(job: Job, name: str, grants: Sequence[Grant]) -> None:
    """Raises JobFileOutOfReach unless ``grants`` cover what the job keeps under ``name``."""
    today = {Scope(scope): set(ids) for scope, ids in of_grants(grants)}
    kept: Kept = job.options.get(name, UNKNOWN)
    covered = all(scope in today and today[Scope(scope)].issuperset(ids) for scope, ids in kept)
    if Scope.ALL not in today and not covered:
        raise JobFileOutOfReach
