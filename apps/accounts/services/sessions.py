"""Where people are signed in: browsers with their sessions, tills and phones with their tokens."""

import secrets

from django.contrib.sessions.models import Session
from django.db import transaction

from apps.accounts import rules
from apps.accounts.actor import Actor
from apps.accounts.models import StaffSession, StaffToken, User
from apps.accounts.services.recording import record
from apps.common import clock, context
from apps.common.keys import hash_token


def begin(user: User, *, site: str, device: str, factor: str) -> str:
    """A browser is signed in; the key that its session holds, which is kept nowhere else.

    ``factor`` is how the person proved themselves besides the password, ``none`` if not at all.
    """
    key = secrets.token_urlsafe(32)
    now = clock.now()
    StaffSession.objects.create(
        user=user,
        key_hash=hash_token(key),
        site=site,
        device=device[:200],
        address=context.address.get()[:64],
        with_second_factor=factor != rules.NO_FACTOR,
        started_at=now,
        last_seen_at=now,
    )
    return key


def see(user: User, key: str, *, site: str) -> StaffSession | None:
    """The live sign-in of this browser, seen now at ``site``; None where there is none or it is over.

    One statement; once a minute a second one.
    """
    found = StaffSession.objects.filter(user=user, key_hash=hash_token(key), ended_at=None).first()
    if found is None:
        return None
    now = clock.now()
    rest = rules.Rest(found.started_at, found.last_seen_at)
    if rest.is_over(site, now):
        _end(found.pk)
        return None
    if rest.is_stale(now):
        stale = StaffSession.objects.filter(pk=found.pk, last_seen_at=found.last_seen_at)
        stale.update(last_seen_at=now)
    return found


def mark_proven(user: User, key: str) -> None:
    """The person has shown their second factor in this browser."""
    StaffSession.objects.filter(user=user, key_hash=hash_token(key), ended_at=None).update(
        with_second_factor=True
    )


def leave(actor: Actor, key: str) -> None:
    """The person signs out of this browser; nothing happens where they are not signed in."""
    live = StaffSession.objects.filter(user=actor.id, key_hash=hash_token(key), ended_at=None)
    with transaction.atomic():
        found = live.first()
        if found is not None and _end(found.pk):
            changes = {"site": found.site}
            record(actor, "staff.sign_out", target=("user", actor.label), changes=changes)


def end_session(actor: Actor, session: StaffSession, *, reason: str = "") -> None:
    """Sign a browser out from afar; it is refused from its next request on."""
    with transaction.atomic():
        if _end(session.pk):
            _record(actor, "staff.end_session", session.user, reason)


def end_token(actor: Actor, token: StaffToken, *, reason: str = "") -> None:
    """End a token from afar; it is refused from its next request on."""
    live = StaffToken.objects.filter(pk=token.pk, revoked_at=None)
    with transaction.atomic():
        if live.update(revoked_at=clock.now()):
            _record(actor, "staff.end_token", token.user, reason)


def end_everywhere(actor: Actor, user: User, *, reason: str = "", but: str = "") -> None:
    """Sign ``user`` out of every browser and till but the browser that holds the key ``but``."""
    with transaction.atomic():
        end_all(user, but=but)
        _record(actor, "staff.end_sign_ins", user, reason)


def end_all(user: User, *, but: str = "") -> None:
    """The same as part of another act, which has its own audit line."""
    now = clock.now()
    others = StaffSession.objects.filter(user=user, ended_at=None)
    if but:
        others = others.exclude(key_hash=hash_token(but))
    others.update(ended_at=now)
    StaffToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)


def forget_old() -> int:
    """Delete sign-ins that began longer ago than anybody asks about; returns how many."""
    old = StaffSession.objects.filter(started_at__lt=clock.now() - rules.REMEMBERED)
    gone, _kinds = old.delete()
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    return gone


def _end(session: int) -> bool:
    return bool(StaffSession.objects.filter(pk=session, ended_at=None).update(ended_at=clock.now()))


def _record(actor: Actor, action: str, user: User, reason: str) -> None:
    """Of one's own accord it is done under no right; to somebody else under ``staff.manage``."""
    under = "" if actor.id == user.pk else "staff.manage"
    record(actor, action, target=("user", user.username), reason=reason, under=under)
