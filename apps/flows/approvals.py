"""Acts that need two people: one asks with evidence, another one approves, and it is done at once.

``ACTS`` is the whole list. A center adds its act by one line here: the payload's shape, who may have
it carried out on which rows, the step that does it, and its words. The tables, the pages and the API
need no change. ``flows.decide_approval`` is the second person's half.
"""

from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind, system_actor
from apps.accounts.models import Approval
from apps.accounts.services import Asked, Grounds
from apps.common import idempotency
from apps.common.errors import Malformed, Unprocessable
from apps.common.idempotency import Once
from apps.flows.activate_product import ACTIVATE_PRODUCT
from apps.flows.adjust_points import ADJUST_POINTS
from apps.flows.allow_undercut import ALLOW_UNDERCUT
from apps.flows.approval_acts import Act
from apps.flows.grant_role import GRANT_ROLE
from apps.flows.release_price_list import RELEASE_PRICE_LIST
from apps.flows.results import approval_result
from apps.org import selectors as org
from apps.org.selectors import ActionNotPermitted

ACTS: dict[str, Act] = {
    "points.adjust": ADJUST_POINTS,
    "products.activate": ACTIVATE_PRODUCT,
    "products.allow_undercut": ALLOW_UNDERCUT,
    "products.release_price_list": RELEASE_PRICE_LIST,
    "staff.grant_role": GRANT_ROLE,
}


class UnknownAct(Unprocessable):
    code = "unknown_act"
    message = _("There is no such act.")


class PayloadInvalid(Malformed):
    code = "invalid_payload"
    message = _("The details do not fit the act: %(problem)s")


def request_approval(
    actor: Actor, act: str, payload: dict[str, Any], grounds: Grounds, once: Once
) -> dict[str, Any]:
    """The stored result of a new request.

    Raises UnknownAct, PayloadInvalid, ActionNotPermitted, the refusals of the act's ``examine`` and
    of the evidence, ApprovalOpenAlready, KeyInUse, KeyReused; then nothing was written.
    """
    if act not in ACTS:
        raise UnknownAct(fields={"act": act})
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        return idempotency.finish(once, request_step(actor, act, payload, grounds))


def request_step(
    actor: Actor, act: str, payload: dict[str, Any], grounds: Grounds
) -> dict[str, Any]:
    """The same as part of another flow, in whose transaction it runs."""
    if actor.kind is not ActorKind.STAFF:
        raise ActionNotPermitted
    asked = payload_of(act, payload)
    about = ACTS[act].examine(actor, asked)
    approval = accounts.create_approval(
        actor,
        Asked(
            act=act,
            business_key=about.business_key,
            payload=msgspec.to_builtins(asked),
            action=about.action,
            place=about,
            beneficiary_id=about.beneficiary_id,
        ),
        grounds,
    )
    return approval_result(approval)


def withdraw(actor: Actor, number: str, *, reason: str, once: Once) -> dict[str, Any]:
    """Take one's own request back; the stored result.

    Raises ApprovalNotFound, ActionNotPermitted (for somebody else's), ApprovalDecided, KeyInUse,
    KeyReused; then nothing was written.
    """
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        approval = accounts.lock_approval(org.require_approval(actor, number).pk)
        if actor.kind is not ActorKind.STAFF or approval.requester_id != actor.id:
            raise ActionNotPermitted
        accounts.require_open(approval)
        accounts.mark_withdrawn(actor, approval, reason=reason)
        return idempotency.finish(once, approval_result(approval))


def expire_overdue(approval_id: int, *, now: datetime) -> bool:
    """Mark a request that nobody decided in time; False if somebody did meanwhile."""
    with transaction.atomic(durable=True):
        approval = accounts.lock_approval(approval_id)
        if approval.state != Approval.State.REQUESTED or approval.expires_at > now:
            return False
        accounts.mark_expired(system_actor("expiry"), approval)
        return True


def describe(approval: Approval) -> str:
    """In words, what will happen or has happened."""
    return ACTS[approval.act].describe(payload_of(approval.act, approval.payload))


def payload_of(act: str, payload: dict[str, Any]) -> Any:
    """The details as the act's own shape. Raises PayloadInvalid."""
    try:
        return msgspec.convert(payload, ACTS[act].payload)
    except msgspec.ValidationError as error:
        raise PayloadInvalid(problem=str(error)) from error
