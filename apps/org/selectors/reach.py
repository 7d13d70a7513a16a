"""The one door: may this actor do it, and on which rows."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet

from apps.accounts.actor import Actor, ActorKind, Scope
from apps.common.errors import ActionNotPermitted

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows on which an actor may do one thing."""

    everything: bool
    regions: frozenset[int]
    franchisees: frozenset[int]
    stores: frozenset[int]
    channels: frozenset[int] | None = None
    """Only documents of these channels; None for every channel."""

    def through(self, channel: int) -> bool:
        """Whether a document of this channel is within reach, as far as the channel goes."""
        return self.channels is None or channel in self.channels

    def where_channel(self, path: str) -> Q:
        """The filter over a path that leads to the channel of a document."""
        return Q() if self.channels is None else Q(**{f"{path}__in": self.channels})

    def covers(self, *, store: int, franchisee: int | None, region: int) -> bool:
        """Whether a row of this store, owner and region is within reach."""
        return (
            self.everything
            or store in self.stores
            or region in self.regions
            or franchisee in self.franchisees
        )

    def where_frozen(self, document: str = "") -> Q:
        """The filter over the frozen store, owner and region of ``document``, a path; "" is the row.

        Store staff see what happened under the owner they work for: when a store changes hands, its
        past documents stay with the former owner and with head office.
        """
        if self.everything:
            return Q()
        at = f"{document}__" if document else ""
        reach = Q(pk__in=[])
        if self.stores:
            same_owner = Q(**{f"{at}franchisee": F(f"{at}store__franchisee")}) | Q(
                **{f"{at}franchisee__isnull": True, f"{at}store__franchisee__isnull": True}
            )
            reach |= Q(**{f"{at}store__in": self.stores}) & same_owner
        if self.franchisees:
            reach |= Q(**{f"{at}franchisee__in": self.franchisees})
        if self.regions:
            reach |= Q(**{f"{at}region__in": self.regions})
        return reach

    def where(self, *, store: str, franchisee: str, region: str) -> Q:
        """The filter over three paths that lead to the store, and to its owner and region of today."""
        if self.everything:
            return Q()
        reach = Q(pk__in=[])
        if self.stores:
            reach |= Q(**{f"{store}__in": self.stores})
        if self.franchisees:
            reach |= Q(**{f"{franchisee}__in": self.franchisees})
        if self.regions:
            reach |= Q(**{f"{region}__in": self.regions})
        return reach


def reach_of(actor: Actor, action: str) -> Reach:
    """The rows of every grant that holds ``action``; nothing for an actor without it."""
    ids: dict[Scope, frozenset[int]] = {}
    for grant in actor.grants:
        if action in grant.actions:
            ids[grant.scope] = ids.get(grant.scope, frozenset()) | grant.ids
    none: frozenset[int] = frozenset()
    bound = [grant.channels for grant in actor.grants if action in grant.actions]
    limited = [channels for channels in bound if channels is not None]
    return Reach(
        everything=Scope.ALL in ids or actor.kind is ActorKind.SYSTEM,
        regions=ids.get(Scope.REGION, none),
        franchisees=ids.get(Scope.FRANCHISEE, none),
        stores=ids.get(Scope.STORE, none),
        channels=none.union(*limited) if limited and len(limited) == len(bound) else None,
    )


def require_action(actor: Actor, action: str) -> None:
    """Raises ActionNotPermitted unless some grant of ``actor`` holds ``action``."""
    if actor.kind is not ActorKind.SYSTEM and not actor.may(action):
        raise ActionNotPermitted


def brand_rows(actor: Actor, action: str, rows: QuerySet[Row]) -> QuerySet[Row]:
    """``rows`` that belong to no store: for those who may do ``action`` on everything."""
    return rows if reach_of(actor, action).everything else rows.none()
