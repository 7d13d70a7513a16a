"""Requests for a second person, and what becomes of them. What an act does is known to its flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, Place
from apps.accounts.models import Approval, ApprovalFile
from apps.accounts.services.evidence import REASON_LENGTH, Grounds, check_grounds, kept
from apps.accounts.services.recording import record
from apps.common import clock
from apps.common.errors import Conflict, Malformed
from apps.common.keys import document_number
from apps.common.sql import constraint_of, rows

LIFETIME = timedelta(days=7)
"""How long a request waits for a second person."""
GRANTS_LOCK = 0x6170_7072_6F76_616C


class ApprovalOpenAlready(Conflict):
    code = "approval_open_already"
    message = _("Such a request waits for approval already.")


class ApprovalDecided(Conflict):
    code = "approval_decided"
    message = _("This request was decided already.")


class DecisionReasonWanted(Malformed):
    code = "decision_reason_wanted"
    message = _("Say why, in at most 255 characters.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the act, on which one thing, under which right, on whose rows."""

    act: str
    business_key: str
    payload: Mapping[str, Any]
    action: str
    place: Place
    beneficiary_id: int | None = None


def create_approval(actor: Actor, asked: Asked, grounds: Grounds) -> Approval:
    """A request that waits for a second person; its evidence files with it.

    Raises EvidenceWanted, EvidenceNameInvalid, EvidenceFileRefused, EvidenceFileTooLarge,
    TooManyFiles, ApprovalOpenAlready.
    """
    check_grounds(grounds)
    now = clock.now()
    grant = actor.grant_for(asked.action, asked.place)
    approval = Approval(
        number=document_number("A", clock.business_day(now, settings.TIME_ZONE)),
        act=asked.act,
        business_key=asked.business_key,
        payload=dict(asked.payload),
        action=asked.action,
        reason=grounds.reason.strip(),
        evidence=grounds.evidence.strip(),
        evidence_reference=grounds.reference.strip(),
        requester_id=actor.id,
        requester_assignment_id=grant.assignment if grant else None,
        beneficiary_id=asked.beneficiary_id,
        requested_at=now,
        expires_at=now + LIFETIME,
        store_id=asked.place.store_id,
        franchisee_id=asked.place.franchisee_id,
        region_id=asked.place.region_id,
    )
    try:
        with transaction.atomic():
            approval.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) != "approval_one_open":
            raise
        raise ApprovalOpenAlready(fields={"concerns": asked.business_key}) from error
    ApprovalFile.objects.bulk_create([kept(approval, given) for given in grounds.files])
    _record(actor, approval, "request", asked.place, {"state": ["", approval.state]})
    return approval


def lock_approval(approval_id: int) -> Approval:
    """The request, with its people, under FOR UPDATE until the transaction ends."""
    people = Approval.objects.select_related("requester", "beneficiary")
    return people.select_for_update(of=("self",)).get(pk=approval_id)


def lock_role_grants() -> None:
    """Let one grant of a role be decided at a time, so that two cannot close a cycle unseen."""
    rows("SELECT pg_advisory_xact_lock(%(lock)s::bigint)", {"lock": GRANTS_LOCK})


def require_open(approval: Approval) -> None:
    """Raises ApprovalDecided."""
    if approval.state != Approval.State.REQUESTED:
        raise ApprovalDecided(fields={"number": approval.number, "state": approval.state})


def mark_executed(actor: Actor, approval: Approval, place: Place, *, reason: str) -> None:
    """The act was carried out under the approval of ``actor``, in the same transaction.

    A reason may be given. Raises DecisionReasonWanted if it is too long.
    """
    _decide(actor, approval, Approval.State.EXECUTED, place, reason)
    _record(actor, approval, "execute", place, _change(approval), reason)


def mark_rejected(actor: Actor, approval: Approval, place: Place, *, reason: str) -> None:
    """Raises DecisionReasonWanted."""
    _require_reason(reason)
    _decide(actor, approval, Approval.State.REJECTED, place, reason)
    _record(actor, approval, "reject", place, _change(approval), reason)


def mark_withdrawn(actor: Actor, approval: Approval, *, reason: str) -> None:
    """Raises DecisionReasonWanted."""
    _require_reason(reason)
    _close(approval, Approval.State.WITHDRAWN, reason)
    _record(actor, approval, "withdraw", approval, _change(approval), reason)


def mark_expired(actor: Actor, approval: Approval) -> None:
    """Nobody decided in time."""
    _close(approval, Approval.State.EXPIRED, "not_decided_in_time")
    _record(actor, approval, "expire", approval, _change(approval), approval.decision_reason)


def _decide(actor: Actor, approval: Approval, state: str, place: Place, reason: str) -> None:
    grant = actor.grant_for(approval.action, place)
    approval.approver_id = actor.id
    approval.approver_assignment_id = grant.assignment if grant else None
    _close(approval, state, reason)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise DecisionReasonWanted


def _close(approval: Approval, state: str, reason: str) -> None:
    if len(reason.strip()) > REASON_LENGTH:
        raise DecisionReasonWanted
    approval.state = state
    approval.decided_at = clock.now()
    approval.decision_reason = reason.strip()
    approval.save(
        update_fields=[
            "state",
            "decided_at",
            "decision_reason",
            "approver",
            "approver_assignment_id",
        ]
    )


def _change(approval: Approval) -> dict[str, Any]:
    return {"state": [Approval.State.REQUESTED.value, str(approval.state)], "act": approval.act}


def _record(
    actor: Actor,
    approval: Approval,
    verb: str,
    place: Place,
    changes: Mapping[str, Any],
    reason: str = "",
) -> None:
    record(
        actor,
        f"approvals.{verb}",
        target=("approval", approval.number),
        changes=changes,
        reason=reason or approval.reason,
        under=approval.action,
        place=place,
    )
