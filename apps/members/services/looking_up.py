"""A member is found by who knows one of their identities, not by who tries all of them."""

from django.db.models import QuerySet

from apps.accounts.actor import Actor, ActorKind
from apps.common import limits
from apps.members import rules, selectors
from apps.members.models import Member
from apps.members.selectors import MemberNotFound

MISSES = limits.Limit(burst=60, seconds=60)
"""Per person. A masked phone leaves 10,000 to try; at this pace half of them take three days."""

SEARCH_MISSES = limits.Limit(burst=300, seconds=12)
"""Per person, of what a search box is given besides phones: most of it is no key of a member at all,
such as an order number, yet a name or a card could be tried there too."""


def look_up(actor: Actor, kind: str, text: str, *, number: str = "") -> Member:
    """The member behind an identity, by exact value. Raises MemberNotFound, TooManyRequests.

    With ``number``, another member's identity is a miss like any other. Only misses count, and they are
    counted before the answer is known: a full bucket that still told hits apart would be the oracle it
    is there to stop. Applications have limits of their own; they speak for a whole chain of tills.
    """
    if actor.kind is not ActorKind.STAFF:
        return _found(kind, text, number)
    bucket = f"lookup:{actor.caller}"
    limits.take(bucket, MISSES)
    member = _found(kind, text, number)
    limits.give_back(bucket)
    return member


def search(actor: Actor, rows: QuerySet[Member], text: str) -> QuerySet[Member]:
    """Those of ``rows`` that ``text`` names, as somebody types it into a box. Raises TooManyRequests.

    Only misses count: of a phone like those of a look-up, of anything else in a bucket of their own.
    Only four digits are free: the end of a phone is shown to whoever sees the member.
    """
    found = selectors.find(rows, text)
    if rules.tail_asked_for(text) is not None:
        return found
    of_phone = rules.normal_phone(text) is not None
    kind, limit = ("lookup", MISSES) if of_phone else ("search", SEARCH_MISSES)
    bucket = f"{kind}:{actor.caller}"
    limits.take(bucket, limit)
    if found.exists():
        limits.give_back(bucket)
    return found


def _found(kind: str, text: str, number: str) -> Member:
    member = selectors.require_by_identity(kind, text)
    if number and member.number != number:
        raise MemberNotFound(fields={kind: None})
    return member
