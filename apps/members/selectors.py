"""Reads of the member center."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.services import hash_token
from apps.common import crypto, sql
from apps.common.errors import Conflict, Missing
from apps.members import rules
from apps.members.models import Identity, Member
from apps.org import selectors as org
from apps.org.rules import MEMBER_ACTIONS


class MemberNotFound(Missing):
    code = "member_not_found"
    message = _("There is no such member.")


class MemberClosed(Conflict):
    code = "member_closed"
    message = _("This membership is closed.")


@dataclass(frozen=True, slots=True)
class MemberRef:
    """A member as one sale needs them."""

    id: int
    number: str


def members_visible_to(actor: Actor) -> QuerySet[Member]:
    """Head office sees all; a region, an owner or a store the members that their stores acquired.

    A member sees themselves.
    """
    if actor.kind is ActorKind.MEMBER:
        return Member.objects.filter(pk=actor.id)
    reach = org.reach_of(actor, "members.see")
    return Member.objects.filter(
        reach.where(
            store="home_store", franchisee="home_store__franchisee", region="home_store__region"
        )
    )


def identities_visible_to(actor: Actor) -> QuerySet[Identity]:
    """The identities of the members that ``actor`` sees."""
    return Identity.objects.filter(member__in=members_visible_to(actor))


def require_member(number: str) -> MemberRef:
    """The active member of that number. One statement.

    The number is random, so knowing it is the proof of having met the member; a store serves every
    member of the brand. Raises MemberNotFound, MemberClosed.
    """
    found = sql.row(
        "SELECT id, number, status FROM members_member WHERE number = %(number)s",
        {"number": number},
    )
    if found is None:
        raise MemberNotFound(fields={"member": number})
    if found[2] != Member.Status.ACTIVE:
        raise MemberClosed(fields={"member": number})
    return MemberRef(found[0], found[1])


def require_by_identity(kind: str, text: str) -> Member:
    """The member behind an identity, by exact value. Raises MemberNotFound."""
    value = rules.normal_identity(kind, text)
    if value is None:
        raise MemberNotFound(fields={kind: None})
    index = crypto.blind_index(kind, value)
    member = Member.objects.filter(
        identities__kind=kind, identities__value_index=index
    ).first()
    if member is None:
        raise MemberNotFound(fields={kind: None})
    return member


def by_exact_name(name: str) -> QuerySet[Member]:
    """The members of exactly that name."""
    return Member.objects.filter(name_index=crypto.blind_index("name", name.strip()))


MEMBER_BY_TOKEN = """
SELECT member.id, member.number
FROM members_membertoken token
JOIN members_member member ON member.id = token.member_id AND member.status = 'active'
WHERE token.token_hash = %(hash)s AND token.revoked_at IS NULL AND token.expires_at > now()
"""


def member_by_token(token: str) -> Actor | None:
    """The member behind a live token. One statement."""
    found = sql.row(MEMBER_BY_TOKEN, {"hash": hash_token(token)})
    if found is None:
        return None
    grant = Grant("member", MEMBER_ACTIONS, Scope.ALL)
    return Actor(ActorKind.MEMBER, found[0], found[1], (grant,))
