"""A member is found by who knows one of their identities, not by who tries all of them."""

from apps.accounts.actor import Actor, ActorKind
from apps.common import limits
from apps.members import selectors
from apps.members.models import Member

MISSES = limits.Limit(burst=60, seconds=60)
"""Per person. A masked phone leaves 10,000 to try; at this pace half of them take three days."""


def look_up(actor: Actor, kind: str, text: str) -> Member:
    """The member behind an identity, by exact value. Raises MemberNotFound, TooManyRequests.

    Only misses count, and they are counted before the answer is known: a full bucket that still told
    hits apart would be the oracle it is there to stop. Applications have limits of their own; they
    speak for a whole chain of tills.
    """
    if actor.kind is not ActorKind.STAFF:
        return selectors.require_by_identity(kind, text)
    bucket = f"lookup:{actor.caller}"
    limits.take(bucket, MISSES)
    member = selectors.require_by_identity(kind, text)
    limits.give_back(bucket)
    return member
