"""Who is acting: a plain value, built once per request by the edge's authentication."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ActorKind(StrEnum):
    STAFF = "staff"
    MEMBER = "member"
    APP = "app"
    SYSTEM = "system"


class Scope(StrEnum):
    """Which rows a grant applies to; the ids beside it name regions, franchisees or stores."""

    ALL = "all"
    REGION = "region"
    FRANCHISEE = "franchisee"
    STORE = "store"


class Place(Protocol):
    """A store with the owner and region that count for a row."""

    @property
    def store_id(self) -> int | None: ...
    @property
    def franchisee_id(self) -> int | None: ...
    @property
    def region_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Grant:
    """One assignment: what may be done, on which rows. Never mixed with another grant's rows."""

    role: str
    actions: frozenset[str]
    scope: Scope
    ids: frozenset[int] = frozenset()
    assignment: int | None = None
    """The id of the role assignment; None for a member, an application or the platform."""
    channels: frozenset[int] | None = None
    """The channels an application is bound to; None where every channel is open."""

    def covers(self, place: "Place") -> bool:
        """Whether a row of this store, owner and region is among its rows."""
        match self.scope:
            case Scope.ALL:
                return True
            case Scope.STORE:
                return place.store_id in self.ids
            case Scope.FRANCHISEE:
                return place.franchisee_id in self.ids
            case Scope.REGION:
                return place.region_id in self.ids


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person, member, application or the platform itself."""

    kind: ActorKind
    id: int
    label: str
    grants: tuple[Grant, ...] = ()

    @property
    def caller(self) -> str:
        """The name under which idempotency keys and audit lines of this actor are kept."""
        return f"{self.kind}:{self.id}"

    def may(self, action: str) -> bool:
        """Whether any grant holds ``action``, on whatever rows."""
        return any(action in grant.actions for grant in self.grants)

    def grant_for(self, action: str, place: Place | None = None) -> Grant | None:
        """The assignment under which ``action`` is done at ``place``; the first that allows it."""
        for grant in self.grants:
            if action in grant.actions and (place is None or grant.covers(place)):
                return grant
        return None


def system_actor(label: str) -> Actor:
    """The platform acting by itself (sweeps, imports started from the command line)."""
    return Actor(kind=ActorKind.SYSTEM, id=0, label=label)
