"""Convert a store between direct and franchise, change its owner, or move it to another region."""

from dataclasses import replace
from datetime import date

from apps.accounts.actor import Actor
from apps.flows.hand_over import decide
from apps.flows.store_plan import StorePlan
from apps.org import selectors as org
from apps.org.services import Terms


def change_owner(
    actor: Actor,
    store: str,
    *,
    to: str | None,
    contract: str = "",
    on: date | None = None,
    reason: str,
) -> StorePlan:
    """The store trades under the franchisee ``to``, or under the brand itself (None), from ``on`` on.

    The same owner under another contract is a renewal, and nobody's role ends. Raises
    FranchiseeNotFound and the refusals of ``hand_over.decide``; then nothing was written.
    """

    def change(terms: Terms) -> Terms:
        owner = org.require_franchisee(actor, "org.manage", to) if to else None
        return replace(terms, franchisee=owner, contract=contract)

    return decide(actor, store, change, action="org.change_owner", on=on, reason=reason)


def move_store(
    actor: Actor, store: str, *, region: str, on: date | None = None, reason: str
) -> StorePlan:
    """The store belongs to another region from ``on`` on; owner, contract and staff stay.

    Raises RegionNotFound and the refusals of ``hand_over.decide``; then nothing was written.
    """

    def change(terms: Terms) -> Terms:
        target = org.require_region(actor, "org.manage", region)
        return replace(terms, region=target)

    return decide(actor, store, change, action="org.move_store", on=on, reason=reason)
