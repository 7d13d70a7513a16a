"""Reads of the member center."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.services import hash_token
from apps.common import crypto, sql
from apps.common.errors import Conflict, Missing
from apps.members import rules
from apps.members.models import Identity, Member, MemberToken
from apps.org import selectors as org
from apps.org.rules import MEMBER_ACTIONS

FOUND_AT_MOST = 20
"""One text is at most one phone, one card and one openid; the bound is for the planner."""
ME = "me"
"""How a member addresses themselves."""


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


def tokens_visible_to(actor: Actor) -> QuerySet[MemberToken]:
    """The device tokens of the members that ``actor`` sees; never their values."""
    return MemberToken.objects.filter(member__in=members_visible_to(actor))


def find(members: QuerySet[Member], text: str) -> QuerySet[Member]:
    """Those of ``members`` with exactly this number, phone, card, openid or name.

    Names and identities are compared by blind index, so a part of one finds nothing.
    """
    text = text.strip()
    values = {kind: rules.normal_identity(kind, text) for kind in Identity.Kind.values}
    indexes = [crypto.blind_index(kind, value) for kind, value in values.items() if value]
    holders = Identity.objects.filter(value_index__in=indexes).values_list("member_id", flat=True)
    return members.filter(
        Q(number=text)
        | Q(name_index=crypto.blind_index("name", text))
        | Q(pk__in=list(holders[:FOUND_AT_MOST]))
    )


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
    holders = Member.objects.filter(identities__kind=kind, identities__value_index=index)
    member = with_profile(holders).first()
    if member is None:
        raise MemberNotFound(fields={kind: None})
    return member


def with_profile(rows: QuerySet[Member]) -> QuerySet[Member]:
    """The same members with identities and home store loaded, in one statement more."""
    return rows.select_related("home_store").prefetch_related("identities")


def require_profile(actor: Actor, number: str) -> Member:
    """The member of that number with identities and home store, as ``actor`` may read them.

    A member reads themselves, as ``me`` or by number. ``members.lookup`` opens every active member by
    exact number (it is random: who knows it has met the member), ``members.see`` those in
    ``members_visible_to``. Raises ActionNotPermitted, MemberNotFound.
    """
    if actor.kind is ActorKind.MEMBER:
        number = actor.label if number == ME else number
        readable = members_visible_to(actor)
    elif actor.may("members.lookup"):
        active = Q(status=Member.Status.ACTIVE)
        readable = Member.objects.filter(active | Q(pk__in=members_visible_to(actor).values("pk")))
    else:
        org.require_action(actor, "members.see")
        readable = members_visible_to(actor)
    found = with_profile(readable).filter(number=number).first()
    if found is None:
        raise MemberNotFound(fields={"member": number})
    return found


def require_visible(actor: Actor, number: str) -> int:
    """The id of the member of that number (or ``me``), if in ``members_visible_to(actor)``.

    One statement. Raises ActionNotPermitted, MemberNotFound.
    """
    if actor.kind is not ActorKind.MEMBER:
        org.require_action(actor, "members.see")
    elif number == ME:
        number = actor.label
    found = members_visible_to(actor).filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise MemberNotFound(fields={"member": number})
    return found


FIND_MEMBER = """
SELECT member.id, member.number
FROM members_membertoken token
JOIN members_member member ON member.id = token.member_id AND member.status = 'active'
WHERE token.token_hash = %(hash)s AND token.revoked_at IS NULL AND token.expires_at > now()
"""


def member_by_token(token: str) -> Actor | None:
    """The member behind a live token. One statement."""
    found = sql.row(FIND_MEMBER, {"hash": hash_token(token)})
    if found is None:
        return None
    grant = Grant("member", MEMBER_ACTIONS, Scope.ALL)
    return Actor(ActorKind.MEMBER, found[0], found[1], (grant,))
