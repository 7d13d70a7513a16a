"""Looks at the personal values of many people at once: each is on record like a single one."""

import logging
from collections.abc import Sequence

from apps.accounts.actor import Actor, Place, system_actor
from apps.accounts.models import PersonalDataAccess
from apps.accounts.services.privacy import COUNT, HOUR, LOOKS_PER_HOUR, ONE_AT_A_TIME, OPEN_CASE
from apps.accounts.services.recording import record
from apps.common import clock, context, sql

logger = logging.getLogger(__name__)
BATCH = 1_000
REASON_LENGTH = 255


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

    ``reason`` holds no personal value; ``subjects`` are object type, business key and the place under which the right ``under`` is held.
    The audit line of what they are looked at for is the caller's. More than LOOKS_PER_HOUR looks of
    one person within an hour open a case, as single ones do. Five statements at most for a thousand.
    """
    if not subjects:
        return
    sql.rows(ONE_AT_A_TIME, {"caller": actor.caller})
    now = clock.now()
    looks = [_look(actor, subject, under, via) for subject in subjects]
    for look in looks:
        look.at, look.fields, look.reason = now, list(fields), reason[:REASON_LENGTH]
    PersonalDataAccess.objects.bulk_create(looks, batch_size=BATCH)
    asked = {"kind": actor.kind.value, "id": actor.id}
    since = {"since": now - HOUR, "limit": LOOKS_PER_HOUR + 1}
    if sql.rows(COUNT, {**asked, **since})[0][0] > LOOKS_PER_HOUR:
        label = {"label": actor.label[:64], "now": now, "until": now + HOUR}
        if sql.rows(OPEN_CASE, {**asked, **label}):
            record(system_actor("privacy"), "privacy.open_case", target=("accesscase", actor.label))
            logger.warning("many looks at personal data", extra={"caller": actor.caller})


def _look(
    actor: Actor, subject: tuple[str, str, Place], under: str, via: str
) -> PersonalDataAccess:
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
        via=via,
        request_id=context.request_id.get(),
        address=context.address.get(),
    )
