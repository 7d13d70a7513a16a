"""What an act that needs a second person says of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.utils.functional import Promise

from apps.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """What a payload is about: one thing, the right it needs, and the rows it touches as they are now.

    Store, owner and region are all empty for the whole brand.
    """

    business_key: str
    action: str
    store_id: int | None = None
    franchisee_id: int | None = None
    region_id: int | None = None
    beneficiary_id: int | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """An approved request, as its step carries it out under the approver."""

    number: str
    reason: str
    requester: str
    at: datetime

    @property
    def reference(self) -> str:
        """The unique business key of whatever the act writes: the second line of exactly once."""
        return f"approval:{self.number}"


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the table in ``flows.approvals``.

    ``examine`` raises unless the actor, requester or approver alike, may have this payload carried
    out now. ``execute`` runs in the transaction of the approval and returns plain values. ``describe``
    says in words what will happen.
    """

    name: str | Promise
    payload: type[msgspec.Struct]
    examine: Callable[[Actor, Any], Subject]
    execute: Callable[[Actor, Any, Execution], dict[str, Any]]
    describe: Callable[[Any], str]
