"""Reads of the member center."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.services import hash_token
from apps.common import crypto, limits, sql
from apps.common.errors import Conflict, Missing
from apps.common.expressions import among
from apps.members import rules
from apps.members.models import Identity, Member, MemberToken, StoreConsent
from apps.org import selectors as org
from apps.org.models import Store
from apps.org.rules import MEMBER_ACTIONS

SEE = "members.see"
SEE_PERSONAL = "members.see_personal"
TELLS_HOME = (SEE, "members.lookup", "members.enrol")
"""Who does one of these at a store knows which members belong to it."""
GIVEN_TO_TODAYS_OWNER = Q(franchisee=F("store__franchisee")) | Q(
    franchisee=None, store__franchisee=None
)
"""Of a consent: who ran the store when it was given runs it still. A hand-over ends the others in the
same transaction; this holds even where an owner was changed past it."""
COUNTED_AT_MOST = 10_000
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


@dataclass(frozen=True, slots=True)
class HomePlace:
    """Where a member belongs by today's owner and region; nowhere without a home store."""

    store_id: int | None
    franchisee_id: int | None
    region_id: int | None

    @classmethod
    def of(cls, member: Member) -> "HomePlace":
        """The place of a member whose home store is loaded."""
        store = member.home_store
        return (
            cls(store.pk, store.franchisee_id, store.region_id) if store else cls(None, None, None)
        )


def members_visible_to(actor: Actor, action: str = SEE) -> QuerySet[Member]:
    """Head office sees all; a region, an owner or a store the members that their stores acquired, and
    those who consent to be seen by one of their stores. A member sees themselves.

    A consent is to be seen, masked: every action but ``members.see`` goes by the home store alone.
    """
    if actor.kind is ActorKind.MEMBER:
        return Member.objects.filter(pk=actor.id)
    if action != SEE or org.reach_of(actor, action).everything:
        return members_acquired_by(actor, action)
    consents = live_consents_visible_to(actor).values("member")
    if org.reach_of(actor, action).regions:
        stores = org.stores_visible_to(actor, action)
        return Member.objects.filter(Q(home_store__in=stores.values("pk")) | Q(pk__in=consents))
    homes = org.stores_visible_to(actor, action).values("pk")
    # Right for a shop, which sees a handful of millions; a region sees a good part of all members.
    return Member.objects.filter(Q(among("home_store", homes)) | Q(among("pk", consents)))


def members_acquired_by(actor: Actor, action: str = SEE) -> QuerySet[Member]:
    """The members whose home store is, by today's owner and region, one on which ``actor`` may do
    ``action``; for head office all of them."""
    reach = org.reach_of(actor, action)
    return Member.objects.filter(
        reach.where(
            store="home_store", franchisee="home_store__franchisee", region="home_store__region"
        )
    )


def members_consenting_to(actor: Actor) -> QuerySet[Member]:
    """The members with a live consent to a store that ``actor`` sees."""
    given = live_consents_visible_to(actor).filter(member=OuterRef("pk"))
    return Member.objects.filter(Exists(given))


def with_own_home(actor: Actor, rows: QuerySet[Member]) -> QuerySet[Member]:
    """``rows`` with ``home_is_own``: a consent tells one store nothing of where else a member shops."""
    reach = org.reach_of(actor, SEE)
    own = Q(pk__isnull=False) & reach.where(
        store="home_store", franchisee="home_store__franchisee", region="home_store__region"
    )
    return rows.annotate(home_is_own=ExpressionWrapper(own, output_field=BooleanField()))


def home_told_to(actor: Actor, member: Member) -> Store | None:
    """The home store (which is loaded) of a member themselves, and of those whom ``actor`` looks up,
    enrols or sees by that store; None of the others."""
    home = member.home_store
    if home is None or actor.kind is ActorKind.MEMBER:
        return home
    reaches = [org.reach_of(actor, action) for action in TELLS_HOME]
    told = any(
        reach.covers(store=home.pk, franchisee=home.franchisee_id, region=home.region_id)
        for reach in reaches
    )
    return home if told else None


def with_member_seen(actor: Actor, rows: QuerySet[Any], path: str = "member") -> QuerySet[Any]:
    """``rows`` with ``member_is_seen``: whether ``actor`` sees the member that ``path`` leads to."""
    seen = members_visible_to(actor).filter(pk=OuterRef(path))
    told: QuerySet[Any] = rows.annotate(member_is_seen=Exists(seen))
    return told


def consents_visible_to(actor: Actor, action: str = SEE) -> QuerySet[StoreConsent]:
    """The consents to stores where ``actor`` may do ``action``, given to today's owner; ended ones too.

    A member sees their own; head office all, whoever they were given to.
    """
    if actor.kind is ActorKind.MEMBER:
        return StoreConsent.objects.filter(member=actor.id)
    reach = org.reach_of(actor, action)
    if reach.everything:
        return StoreConsent.objects.all()
    own = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    return StoreConsent.objects.filter(own).filter(GIVEN_TO_TODAYS_OWNER)


def live_consents_visible_to(actor: Actor) -> QuerySet[StoreConsent]:
    """Those of ``consents_visible_to`` that count now."""
    live = Q(withdrawn_at=None) & GIVEN_TO_TODAYS_OWNER
    return consents_visible_to(actor).filter(live)


def identities_visible_to(actor: Actor) -> QuerySet[Identity]:
    """The identities of the members that ``actor`` sees."""
    return Identity.objects.filter(member__in=members_visible_to(actor))


def tokens_visible_to(actor: Actor) -> QuerySet[MemberToken]:
    """The device tokens of the members that ``actor`` sees; never their values."""
    return MemberToken.objects.filter(member__in=members_visible_to(actor))


def find(members: QuerySet[Member], text: str) -> QuerySet[Member]:
    """Those of ``members`` with exactly this number, phone, card, openid or name, or with a phone that
    ends with these four digits.

    Names and identities are compared by blind index, so another part of one finds nothing.
    """
    text = text.strip()
    if "\0" in text:  # nothing holds one, and PostgreSQL cannot be asked for it
        return members.none()
    names = crypto.blind_indexes("name", text)
    # One set of ids, each part found by its index: alternatives of one WHERE would read every member.
    ways: list[QuerySet[Any, Any]] = [
        Member.objects.filter(number=text).values_list("pk", flat=True),
        Member.objects.filter(name_index__in=names).values_list("pk", flat=True),
    ]
    if indexes := _indexes_of(text):
        held = Identity.objects.filter(index_rows__value__in=indexes)
        ways.append(held.values_list("member_id", flat=True))
    if rules.tail_asked_for(text):
        ways.append(_holders_of_tail(text))
    return members.filter(pk__in=ways[0].union(*ways[1:], all=True))


def _indexes_of(text: str) -> list[bytes]:
    """The blind indexes of the identities that ``text`` may be."""
    values = {kind: rules.normal_identity(kind, text) for kind in Identity.Kind.values}
    return [
        index
        for kind, value in values.items()
        if value
        for index in crypto.blind_indexes(kind, value)
    ]


def with_phone_tail(members: QuerySet[Member], tail: str) -> QuerySet[Member]:
    """Those of ``members`` with a phone that ends with these four digits; none for another text."""
    return (
        members.filter(pk__in=_holders_of_tail(tail))
        if rules.tail_asked_for(tail)
        else members.none()
    )


def _holders_of_tail(tail: str) -> QuerySet[Identity, int]:
    indexes = crypto.blind_indexes("phone_last4", tail)
    return Identity.objects.filter(tail_index__in=indexes).values_list("member_id", flat=True)


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
        raise MemberNotFound(fields={"member": rules.quotable(number)})
    if found[2] != Member.Status.ACTIVE:
        raise MemberClosed(fields={"member": rules.quotable(number)})
    return MemberRef(found[0], found[1])


def require_by_identity(kind: str, text: str) -> Member:
    """The member behind an identity, by exact value. Raises MemberNotFound."""
    value = rules.normal_identity(kind, text)
    if value is None:
        raise MemberNotFound(fields={kind: None})
    indexes = crypto.blind_indexes(kind, value)
    holders = Member.objects.filter(identities__index_rows__value__in=indexes)
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
        raise MemberNotFound(fields={"member": rules.quotable(number)})
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
        raise MemberNotFound(fields={"member": rules.quotable(number)})
    return found


def require_revealable(actor: Actor, number: str) -> Member:
    """The member of that number with identities and home store, if ``actor`` may see it in clear.

    Raises ActionNotPermitted, MemberNotFound.
    """
    org.require_action(actor, SEE_PERSONAL)
    readable = members_visible_to(actor, SEE_PERSONAL)
    found = with_profile(readable).filter(number=number).first()
    if found is None:
        raise MemberNotFound(fields={"member": rules.quotable(number)})
    return found


def newest_range() -> dict[str, bytes]:
    """Between which values an index under the newest key lies: from start to before end."""
    start = crypto.index_starts()[0]
    return {"start": start, "end": start[:-1] + b"\1"}


WITHOUT_NEWEST = """
SELECT count(*) FROM (
    SELECT 1 FROM members_identity identity
    WHERE kind = 'phone'
        AND substring(tail_index FROM 1 FOR length(%(start)s::bytea)) IS DISTINCT FROM %(start)s
    OR NOT EXISTS (SELECT FROM members_identityindex known WHERE known.identity_id = identity.id
        AND known.value >= %(start)s AND known.value < %(end)s)
    UNION ALL
    SELECT 1 FROM members_member WHERE name_cipher IS NOT NULL
        AND substring(name_index FROM 1 FOR length(%(start)s::bytea)) IS DISTINCT FROM %(start)s
    LIMIT %(limit)s
) AS lacking
"""


def without_newest_index() -> int:
    """How many identities and names lack an index under the newest key; COUNTED_AT_MOST at most."""
    found = sql.row(WITHOUT_NEWEST, {**newest_range(), "limit": COUNTED_AT_MOST})
    return int(found[0]) if found else 0


# Index rows lie in the order of their keys, so what lies between the keys we have is found at once.
FOREIGN_INDEXES = """
SELECT count(*), count(*) FILTER (WHERE NOT known)
FROM (
    SELECT EXISTS (
        SELECT FROM members_identityindex own
        JOIN unnest(%(starts)s::bytea[], %(ends)s::bytea[]) AS key (first, last)
            ON own.value >= key.first AND own.value < key.last
        WHERE own.identity_id = found.identity_id
    ) AS known
    FROM unnest(%(gap_starts)s::bytea[], %(gap_ends)s::bytea[]) AS gap (first, last)
    CROSS JOIN LATERAL (
        SELECT identity_id FROM members_identityindex
        WHERE value >= gap.first AND value < gap.last LIMIT %(limit)s
    ) AS found
    LIMIT %(limit)s
) AS foreign_row
"""


def indexes_of_missing_keys() -> tuple[int, int]:
    """Index rows under keys that are not in the settings, and those of them whose identity has no other.

    COUNTED_AT_MOST + 1 rows are looked at.
    """
    starts = sorted(crypto.index_starts())
    ends = [start[:-1] + b"\1" for start in starts]
    found = sql.row(
        FOREIGN_INDEXES,
        {
            "starts": starts,
            "ends": ends,
            "gap_starts": [b"", *ends],
            "gap_ends": [*starts, b"\xff"],
            "limit": COUNTED_AT_MOST + 1,
        },
    )
    return (int(found[0]), int(found[1])) if found else (0, 0)


FIND_MEMBER = f"""
WITH caller AS MATERIALIZED (
    SELECT member.id, member.number, 'member:' || member.id AS bucket,
           %(burst)s::float8 AS burst, %(seconds)s::float8 AS seconds
    FROM members_membertoken token
    JOIN members_member member ON member.id = token.member_id AND member.status = 'active'
    WHERE token.token_hash = %(hash)s AND token.revoked_at IS NULL AND token.expires_at > now()
), {limits.TAKEN}
SELECT {limits.WAIT}, id, number FROM caller
"""  # noqa: S608 - constants of ours


def member_by_token(token: str) -> Actor | None:
    """The member behind a live token; the call is counted. One statement. Raises TooManyRequests."""
    found = sql.row(FIND_MEMBER, {"hash": hash_token(token), **limits.RATES.member.parameters})
    if found is None:
        return None
    wait, member_id, number = found
    limits.check(wait)
    grant = Grant("member", MEMBER_ACTIONS, Scope.ALL)
    return Actor(ActorKind.MEMBER, member_id, number, (grant,))


def acquired_by(store_id: int) -> int:
    """How many members have this home store."""
    return Member.objects.filter(home_store_id=store_id).count()
