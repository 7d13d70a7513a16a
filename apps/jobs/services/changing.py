"""Bulk changes as their owner asks for them and starts them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common import clock, crypto, logs
from apps.common.errors import ActionNotPermitted, Unprocessable
from apps.common.keys import document_number
from apps.common.reasons import is_reason
from apps.jobs import registry
from apps.jobs.formats import LANGUAGES
from apps.jobs.models import Job
from apps.jobs.rules import Listed
from apps.jobs.services.importing import KEPT
from apps.org import selectors as org

CHOSEN_AT_MOST = 1_000


class ChangeReasonWanted(Unprocessable):
    code = "change_reason_wanted"
    message = _("Say why the rows are changed, in 2 to 255 characters.")


class ChangeRowsWanted(Unprocessable):
    code = "change_rows_wanted"
    message = _(
        "Choose the rows that are to be changed, 1,000 at most, or everything that is found."
    )


def create_change(
    actor: Actor,
    *,
    subject: str,
    office: str,
    query: str,
    chosen: Sequence[int] | None,
    options: Mapping[str, Any],
) -> Job:
    """Have a worker judge what a change would do to ``chosen`` rows of a list, or, for None, to
    everything that the list finds under ``query``. Nothing is changed before ``start``.

    ``options`` holds the ``reason``. Raises SubjectUnknown, ActionNotPermitted, ChangeReasonWanted,
    ChangeRowsWanted, and what the list refuses.
    """
    one = registry.change_of(subject)
    if actor.kind is not ActorKind.STAFF or office not in one.offices:
        raise ActionNotPermitted
    org.require_action(actor, one.action)
    reason = str(options.get("reason", "")).strip()
    if not is_reason(reason):
        raise ChangeReasonWanted(fields={"reason": None})
    if chosen is not None and not 0 < len(chosen) <= CHOSEN_AT_MOST:
        raise ChangeRowsWanted(fields={"chosen": None})
    one.found(actor, Listed(office, query))
    now = clock.now()
    with transaction.atomic():
        return Job.objects.create(
            number=document_number("J", now.date()), kind=Job.Kind.CHANGE, subject=subject,
            owner_id=actor.id, office=office, status=Job.Status.CHECKING, created_at=now,
            expires_at=now + KEPT,
            query_cipher=crypto.encrypt(query),
            options={
                "reason": logs.mask(reason),
                "chosen": None if chosen is None else sorted(set(chosen)),
                "language": translation.get_language() or LANGUAGES[0], "preview": [], "skips": [],
            },
        )  # fmt: skip
