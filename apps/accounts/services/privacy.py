"""Looks at personal values in clear: each is on record, and too many in an hour open a case."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, Place, system_actor
from apps.accounts.models import AccessCase, PersonalDataAccess
from apps.accounts.services.recording import REASON_LENGTH, record
from apps.common import clock, context, sql
from apps.common.errors import Conflict, Missing, NotPermitted, Unprocessable

logger = logging.getLogger(__name__)

LOOKS_PER_HOUR = 30
"""More looks of one person within an hour open a case; none is refused for that."""
HOUR = timedelta(hours=1)
BATCH = 1_000


class CaseNotFound(Missing):
    code = "case_not_found"
    message = _("There is no such case.")


class CaseClosed(Conflict):
    code = "case_closed"
    message = _("This case is closed already.")


class CaseOfYourOwn(NotPermitted):
    code = "case_of_your_own"
    message = _("Nobody closes a case about themselves.")


class NoteWanted(Unprocessable):
    code = "note_wanted"
    message = _("Say what was found, in 2 to 255 characters.")


# Looks of one person are counted one after the other: of two at once neither would see the other.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('privacy:' || %(caller)s, 0))"

COUNT = """
SELECT count(*) FROM (
    SELECT 1 FROM accounts_personaldataaccess
    WHERE actor_id = %(id)s AND actor_kind = %(kind)s AND at > %(since)s
    LIMIT %(limit)s
) AS looks
"""

OPEN_CASE = """
INSERT INTO accounts_accesscase (actor_kind, actor_id, actor_label, opened_at, covers_until, status,
    closed_by, note)
VALUES (%(kind)s, %(id)s, %(label)s, %(now)s, %(until)s, 'open', '', '')
ON CONFLICT DO NOTHING
RETURNING id
"""


def note_access(
    actor: Actor,
    *,
    subject: tuple[str, str],
    fields: Sequence[str],
    reason: str,
    via: str,
    under: str,
    place: Place,
) -> None:
    """Put a look on record, with its audit line, before anything is shown; in the caller's transaction.

    ``subject`` is object type and business key, ``under`` the right at ``place``.
    """
    record(
        actor,
        f"{subject[0]}s.reveal",
        target=subject,
        changes={"fields": list(fields)},
        reason=reason,
        under=under,
        place=place,
    )
    looks = [(*subject, place)]
    note_accesses(actor, looks, fields=fields, reason=reason, via=via, under=under)


def note_accesses(
    actor: Actor,
    subjects: Sequence[tuple[str, str, Place]],
    *,
    fields: Sequence[str],
    reason: str,
    via: str,
    under: str,
) -> None:
    """Put looks at many on record before anything is shown; in the caller's transaction.

    ``reason`` holds no personal value; ``subjects`` are object type, business key and the place at
    which the right ``under`` is held. The audit line of what they are looked at for is the caller's.
    Opens the case of the hour with the first look beyond LOOKS_PER_HOUR. Five statements at most for
    a thousand.
    """
    if not subjects:
        return
    sql.rows(ONE_AT_A_TIME, {"caller": actor.caller})
    now = clock.now()
    looks = [_look(actor, subject, under) for subject in subjects]
    for look in looks:
        look.at, look.fields, look.reason, look.via = now, list(fields), reason[:REASON_LENGTH], via
    PersonalDataAccess.objects.bulk_create(looks, batch_size=BATCH)
    _open_case_if_many(actor, now)


def _look(actor: Actor, subject: tuple[str, str, Place], under: str) -> PersonalDataAccess:
    """Who looks at whom, and by which role."""
    kind, key, place = subject
    grant = actor.grant_for(under, place)
    return PersonalDataAccess(
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_label=actor.label[:64],
        assignment_id=grant.assignment if grant else None,
        role=grant.role if grant else "",
        subject_type=kind,
        subject_key=key,
        request_id=context.request_id.get(),
        address=context.address.get(),
    )


def _open_case_if_many(actor: Actor, now: datetime) -> None:
    asked = {"kind": actor.kind.value, "id": actor.id}
    since = {"since": now - HOUR, "limit": LOOKS_PER_HOUR + 1}
    if sql.rows(COUNT, {**asked, **since})[0][0] > LOOKS_PER_HOUR:
        label = {"label": actor.label[:64], "now": now, "until": now + HOUR}
        if sql.rows(OPEN_CASE, {**asked, **label}):
            record(system_actor("privacy"), "privacy.open_case", target=("accesscase", actor.label))
            logger.warning("many looks at personal data", extra={"caller": actor.caller})


def close_case(actor: Actor, case_id: int, *, note: str) -> None:
    """Close a case with what was found; by somebody else than the one whom it is about.

    The caller has asked whether ``actor`` may. Raises CaseNotFound, CaseClosed, CaseOfYourOwn,
    NoteWanted.
    """
    note = note.strip()
    if not 2 <= len(note) <= 255 or not note.isprintable():
        raise NoteWanted(fields={"note": None})
    with transaction.atomic():
        case = AccessCase.objects.select_for_update().filter(pk=case_id).first()
        if case is None:
            raise CaseNotFound
        if (case.actor_kind, case.actor_id) == (actor.kind.value, actor.id):
            raise CaseOfYourOwn
        if case.status == AccessCase.Status.CLOSED:
            raise CaseClosed
        AccessCase.objects.filter(pk=case.pk).update(
            status=AccessCase.Status.CLOSED,
            closed_at=clock.now(),
            closed_by=actor.label[:64],
            note=note,
        )
        record(
            actor,
            "privacy.close_case",
            target=("accesscase", case.actor_label),
            changes={"status": ["open", "closed"]},
            reason=note,
            under="privacy.see",
        )
