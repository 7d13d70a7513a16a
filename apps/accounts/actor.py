"""Who is acting: a plain value, built once per request by the edge's authentication."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Grant:
    """One assignment: what may be done, on which rows. Never mixed with another grant's rows."""

    role: str
    actions: frozenset[str]
    scope: Scope
    ids: frozenset[int] = frozenset()


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


def system_actor(label: str) -> Actor:
    """The platform acting by itself (sweeps, imports started from the command line)."""
    return Actor(kind=ActorKind.SYSTEM, id=0, label=label)
