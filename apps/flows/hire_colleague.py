"""Take somebody on: their sign-in, and the request for their first role at a store.

The sign-in opens nothing before a second person has given the role.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from apps.accounts.actor import Actor, ActorKind
from apps.accounts.models import User
from apps.accounts.services import Grounds
from apps.common import idempotency
from apps.common.idempotency import Once
from apps.flows import approvals
from apps.org import services as org_services
from apps.org.selectors import ActionNotPermitted


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

    Raises ActionNotPermitted, UserNameTaken, and what asking for ``staff.grant_role`` raises; then
    nothing was written, and nobody can sign in.
    """
    with transaction.atomic(durable=True):
        done = idempotency.begin(once)
        if done is not None:
            return done
        if actor.kind is not ActorKind.STAFF:
            raise ActionNotPermitted
        person = User(username=newcomer.username, display_name=newcomer.display_name)
        org_services.staff.create_person(
            actor, person, password=newcomer.password, reason=grounds.reason
        )
        wanted = {"user": person.username, "role": newcomer.role, "store": newcomer.store}
        asked = approvals.request_step(actor, "staff.grant_role", wanted, grounds)
        return idempotency.finish(once, asked)
