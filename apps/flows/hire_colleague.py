"""Take somebody on: their sign-in, and the request for their first role at a store.

The sign-in opens with the role that a second person gives, and never if nobody does.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors as accounts_selectors
from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind
from apps.accounts.models import User
from apps.accounts.services import Grounds
from apps.common import idempotency
from apps.common.errors import Conflict
from apps.common.idempotency import Once
from apps.flows import approvals
from apps.org import services as org_services
from apps.org.selectors import ActionNotPermitted, require_action


class HireWaits(Conflict):
    code = "hire_waits"
    message = _(
        "You asked for this person already; withdraw that request to ask for something else."
    )


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who begins, and as what at which store (by code). The first password is changed at sign-in."""

    username: str
    display_name: str
    password: str = field(repr=False)
    role: str
    store: str


def hire_colleague(
    actor: Actor, newcomer: Newcomer, grounds: Grounds, once: Once
) -> dict[str, Any]:
    """The stored result of the request for the role.

    Whoever asked before, to no end, asks for the same person again. Raises ActionNotPermitted,
    UserNameNotAllowed, UserNameTaken, HireWaits, and what asking for ``staff.grant_role`` raises;
    then nothing was written.
    """
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        if actor.kind is not ActorKind.STAFF:
            raise ActionNotPermitted
        _take_on(actor, newcomer, grounds.reason)
        wanted = {"user": newcomer.username, "role": newcomer.role, "store": newcomer.store}
        asked = approvals.request_step(actor, "staff.grant_role", wanted, grounds)
        return idempotency.finish(once, asked)


def _take_on(actor: Actor, newcomer: Newcomer, reason: str) -> None:
    """The sign-in, switched off: a new one, or the one that the same owner asked for before.

    Raises ActionNotPermitted, UserNameNotAllowed, UserNameTaken, HireWaits.
    """
    require_action(actor, "staff.manage")
    before = accounts.people.lock_hired(newcomer.username, by=actor)
    if before is None:
        person = User(
            username=newcomer.username,
            display_name=newcomer.display_name,
            is_active=False,
            hired_by_id=actor.id,
        )
        org_services.staff.create_person(actor, person, password=newcomer.password, reason=reason)
        return
    if accounts_selectors.waits_for_approval(before):
        raise HireWaits(fields={"username": newcomer.username})
    accounts.people.hire_again(
        actor,
        before,
        display_name=newcomer.display_name,
        password=newcomer.password,
        reason=reason,
    )
