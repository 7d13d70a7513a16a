"""Recompute every balance from its ledger and every order from its lines; change nothing."""

from collections.abc import Iterator

from apps.accounts import invariants as audit
from apps.common import invariants as common
from apps.common.invariants import Finding, Invariant, Notice, Walk
from apps.insights import invariants as insights
from apps.inventory import invariants as inventory
from apps.jobs import invariants as jobs
from apps.loyalty import invariants as loyalty
from apps.members import invariants as members
from apps.orders import invariants as orders
from apps.org import invariants as org
from apps.payments import invariants as payments
from apps.products import invariants as products

INVARIANTS: tuple[Invariant | Walk, ...] = (
    *common.INVARIANTS,
    *audit.INVARIANTS,
    *org.INVARIANTS,
    *jobs.INVARIANTS,
    *members.INVARIANTS,
    *products.INVARIANTS,
    *orders.INVARIANTS,
    *inventory.INVARIANTS,
    *payments.INVARIANTS,
    *loyalty.INVARIANTS,
    *insights.INVARIANTS,
)
NOTICES: tuple[Notice, ...] = (*payments.NOTICES,)


def prove() -> Iterator[Finding]:
    """Each line's finding as soon as it is known, all from one snapshot of the database.

    It takes no locks that a writer would wait for, and is right while trading goes on.
    """
    with common.snapshot():
        for invariant in INVARIANTS:
            yield common.check(invariant)
        for notice in NOTICES:
            yield common.look(notice)
