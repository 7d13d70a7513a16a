"""The second person's half: approve a request, which carries it out, or turn it down.

Lock order: idempotency → approval → (grants of roles) → member and what else the step locks.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors as accounts_selectors
from apps.accounts import services as accounts
from apps.accounts.actor import Actor, Place
from apps.accounts.models import Approval
from apps.common import clock, idempotency
from apps.common.errors import Conflict, Missing, NotPermitted
from apps.common.idempotency import Once
from apps.flows.approval_acts import Execution, Subject
from apps.flows.approvals import ACTS, payload_of
from apps.flows.results import approval_result
from apps.org import selectors as org
from apps.org.selectors import ActionNotPermitted


class ApprovalOwn(NotPermitted):
    code = "approval_own"
    message = _("Nobody approves or rejects their own request.")


class ApprovalBeneficiary(NotPermitted):
    code = "approval_beneficiary"
    message = _("Nobody approves a role for themselves.")


class ApprovalExpired(Conflict):
    code = "approval_expired"
    message = _("This request was not decided in time.")


class ApprovalCycle(Conflict):
    code = "approval_cycle"
    message = _("This person approved a role of yours; somebody else must approve theirs.")


class RequesterLostRight(Conflict):
    code = "requester_lost_right"
    message = _("Whoever asked for this may no longer do so.")


def approve(actor: Actor, number: str, *, reason: str, once: Once) -> dict[str, Any]:
    """Approve a request and carry it out, in one transaction; the stored result.

    Raises ApprovalNotFound, ApprovalOwn, ApprovalBeneficiary, ApprovalDecided, ApprovalExpired,
    ActionNotPermitted, RequesterLostRight, ApprovalCycle, the refusals of the act, KeyInUse,
    KeyReused; then nothing was written.
    """
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        approval = _lock_for_decision(actor, number)
        if approval.beneficiary_id == actor.id:
            raise ApprovalBeneficiary(fields={"number": number})
        act, now = ACTS[approval.act], clock.now()
        asked = payload_of(approval.act, approval.payload)
        about = act.examine(actor, asked)
        _require_same(approval, about)
        _require_requester(approval, asked)
        if approval.beneficiary_id is not None:
            _refuse_cycle(actor, approval.beneficiary_id, now)
        execution = Execution(number, approval.reason, approval.requester.username, now)
        effect = act.execute(actor, asked, execution)
        accounts.mark_executed(actor, approval, about, reason=reason)
        return idempotency.finish(once, approval_result(approval) | {"effect": effect})


def reject(actor: Actor, number: str, *, reason: str, once: Once) -> dict[str, Any]:
    """Turn a request down; the stored result.

    Raises ApprovalNotFound, ApprovalOwn, ApprovalDecided, ApprovalExpired, ActionNotPermitted,
    KeyInUse, KeyReused; then nothing was written.
    """
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        approval = _lock_for_decision(actor, number)
        accounts.mark_rejected(actor, approval, approval, reason=reason)
        return idempotency.finish(once, approval_result(approval))


def _lock_for_decision(actor: Actor, number: str) -> Approval:
    """The open request of somebody else, locked, if ``actor`` holds its right on its rows."""
    approval = accounts.lock_approval(org.require_approval(actor, number).pk)
    if approval.requester_id == actor.id:
        raise ApprovalOwn(fields={"number": number})
    accounts.require_open(approval)
    if approval.expires_at <= clock.now():
        raise ApprovalExpired(fields={"number": number})
    if not org.approvals_decidable_by(actor).filter(pk=approval.pk).exists():
        raise ActionNotPermitted
    return approval


def _require_same(approval: Approval, about: Subject) -> None:
    """A role is for the person and the rows that were asked for, whoever bears their names by now.

    Raises PersonNotFound, PlaceNotFound.
    """
    if about.beneficiary_id != approval.beneficiary_id:
        raise org.PersonNotFound(fields={"number": approval.number})
    if approval.beneficiary_id is not None and _rows(about) != _rows(approval):
        raise org.PlaceNotFound(fields={"number": approval.number})


def _rows(place: Place) -> tuple[int | None, ...]:
    """What was named: a store, whose owner and region may have changed, or an owner or region."""
    if place.store_id is not None:
        return (place.store_id,)
    return (None, place.franchisee_id, place.region_id)


def _require_requester(approval: Approval, asked: Any) -> None:
    """Raises RequesterLostRight unless the requester could still ask for the same."""
    if not approval.requester.is_active:
        raise RequesterLostRight(fields={"number": approval.number})
    try:
        ACTS[approval.act].examine(org.actor_of_user(approval.requester), asked)
    except (NotPermitted, Missing) as error:
        raise RequesterLostRight(fields={"number": approval.number}) from error


def _refuse_cycle(actor: Actor, beneficiary_id: int, now: datetime) -> None:
    """Raises ApprovalCycle."""
    accounts.lock_role_grants()
    if accounts_selectors.closes_cycle(approver=actor.id, beneficiary=beneficiary_id, now=now):
        raise ApprovalCycle
