"""A member lets a store see them, and takes it back as easily as it was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind, system_actor
from apps.common import clock, sql
from apps.common.errors import Malformed, Missing
from apps.members import rules
from apps.members import selectors as members
from apps.members.models import StoreConsent
from apps.members.selectors import ME, MemberNotFound, MemberRef
from apps.members.services.locking import lock_member
from apps.members.services.looking_up import look_up
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import Store

MEMBERS_STORES = "orders.place"
"""A member may consent at the stores at which they may buy: every one that is open."""
COUNTER = "members.enrol"
"""Who enrols members at a store takes down their consents there."""
FORMER_OWNER = "system:change_of_owner"
"""By what a consent ends when its store is handed over to another owner."""
CLOSED_STORE = "system:close_of_store"
"""By what a consent ends when its store closes for good."""
END = """
WITH locked AS MATERIALIZED (
    SELECT id FROM members_storeconsent
    WHERE store_id = %(store)s AND withdrawn_at IS NULL ORDER BY id FOR NO KEY UPDATE
), ended AS (
    UPDATE members_storeconsent consent
    SET withdrawn_at = greatest(%(at)s::timestamptz, consent.given_at), withdrawn_by = %(by)s
    FROM locked WHERE consent.id = locked.id
    RETURNING consent.id
)
SELECT count(*) FROM ended
"""


class OneIdentityWanted(Malformed):
    code = "one_identity_wanted"
    message = _("Name exactly one of phone, openid and card.")


class ConsentNotFound(Missing):
    code = "consent_not_found"
    message = _("There is no such consent, or it was withdrawn already.")


@dataclass(frozen=True, slots=True)
class Given:
    """A consent that is live now, and whether it was given just now."""

    row: StoreConsent
    is_new: bool


def give_consent(
    actor: Actor, number: str, *, store_code: str, identities: Mapping[str, str]
) -> Given:
    """The member of that number consents to the store of that code; a live consent stays as it is.

    A member does it for themselves, as ``me`` or by number. Whoever else does it has the member before
    them: ``identities`` is exactly one value (kind → as written) of that very member, and wrong ones are
    counted like misses of a look-up. Raises ActionNotPermitted, OneIdentityWanted, StoreNotFound,
    StoreClosed, StoreFrozen, MemberNotFound, MemberClosed, TooManyRequests.
    """
    action = MEMBERS_STORES if actor.kind is ActorKind.MEMBER else COUNTER
    if actor.kind is ActorKind.MEMBER:
        number = _own(actor, number)
        org.require_trading_store(actor, action, store_code)
    else:
        org.require_action(actor, action)
        org.require_trading_store(actor, action, store_code)
        number = _proven(actor, number, identities)
    with transaction.atomic():
        # Whoever hands the store over waits for us, or has ended what was live and is its owner now.
        org_services.hold_stores([store_code])
        store = org.require_trading_store(actor, action, store_code)
        # Two tills at once: the second waits here, and finds what the first one wrote.
        member = lock_member(number)
        live = _live(member, store)
        return Given(live, is_new=False) if live else Given(_write(actor, member, store), True)


def _own(actor: Actor, number: str) -> str:
    if number not in (ME, actor.label):
        raise MemberNotFound(fields={"member": rules.quotable(number)})
    return actor.label


def _proven(actor: Actor, number: str, identities: Mapping[str, str]) -> str:
    """``number``, if the identity named leads to it. Nothing is told of whom else it leads to."""
    if len(identities) != 1:
        raise OneIdentityWanted(fields={"given": sorted(identities)})
    ((kind, text),) = identities.items()
    return look_up(actor, kind, text, number=number).number


def _live(member: MemberRef, store: Store) -> StoreConsent | None:
    """The consent that counts now; one to another owner than the store's would end here."""
    rows = StoreConsent.objects.filter(member=member.id, store=store, withdrawn_at=None)
    found = rows.select_related("store", "member").first()
    if found is None or found.franchisee_id == store.franchisee_id:
        return found
    rows.update(withdrawn_at=max(clock.now(), found.given_at), withdrawn_by=FORMER_OWNER)
    _note(system_actor(FORMER_OWNER.removeprefix("system:")), "members.withdraw_consent", found)
    return None


def _write(actor: Actor, member: MemberRef, store: Store) -> StoreConsent:
    row = StoreConsent.objects.create(
        member_id=member.id,
        store=store,
        franchisee_id=store.franchisee_id,
        purpose=StoreConsent.Purpose.SERVICE,
        given_at=clock.now(),
        given_via=actor.kind.value,
        given_by=actor.caller,
    )
    _note(actor, "members.give_consent", row)
    return row


def end_consents(store_id: int, *, by: str, at: datetime) -> int:
    """Nobody consents to a store any more, ``by`` FORMER_OWNER or CLOSED_STORE; how many did. One
    statement.

    The store's row is locked by the caller, so that none is given meanwhile.
    """
    return int(sql.rows(END, {"store": store_id, "at": at, "by": by})[0][0])


def withdraw_consent(actor: Actor, number: str, *, store_code: str) -> None:
    """The member of that number is seen by that store no more, from the next request on.

    A member withdraws their own, of whatever store; others those given to a store where they take them
    down. Raises ActionNotPermitted, ConsentNotFound (missing, foreign and withdrawn alike).
    """
    if actor.kind is ActorKind.MEMBER:
        number = actor.label if number == ME else number
    else:
        org.require_action(actor, COUNTER)
    with transaction.atomic():
        rows = members.consents_visible_to(actor, COUNTER).select_related("store", "member")
        named = rows.filter(member__number=number, store__code=store_code, withdrawn_at=None)
        row = named.select_for_update(of=("self",)).first()
        if row is None:
            raise ConsentNotFound(fields={"store": store_code})
        row.withdrawn_at, row.withdrawn_by = max(clock.now(), row.given_at), actor.caller
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _note(actor, "members.withdraw_consent", row)


def _note(actor: Actor, action: str, row: StoreConsent) -> None:
    """The line is told to who sees the store."""
    store = row.store
    accounts.record(
        actor,
        action,
        target=("member", row.member.number),
        changes={"store": store.code, "purpose": row.purpose},
        under=COUNTER,
        place=members.HomePlace(store.pk, store.franchisee_id, store.region_id),
    )
