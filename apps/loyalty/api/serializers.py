"""Shapes of points."""

import msgspec

from apps.accounts.actor import Actor, ActorKind
from apps.common.api import Instant
from apps.loyalty import models


class Expiry(msgspec.Struct):
    """Points that expire together."""

    points: int
    expires_at: Instant


class Points(msgspec.Struct):
    """A member's balance and what of it expires next."""

    balance: int
    next_expiry: Expiry | None


class PointsEntry(msgspec.Struct):
    """One signed change of a member's points."""

    kind: str
    points: int
    reason: str
    reference: str
    order: str | None
    store: str | None
    at: Instant


ADJUSTED = "adjusted"


def entry(row: models.PointsEntry, reader: Actor) -> PointsEntry:
    """One entry with order and store loaded, as ``reader`` may read it."""
    return PointsEntry(
        kind=row.kind,
        points=row.points,
        reason=_reason(row, reader),
        reference=row.reference,
        order=row.order.number if row.order else None,
        store=row.store.code if row.store else None,
        at=row.at,
    )


def _reason(row: models.PointsEntry, reader: Actor) -> str:
    """What one of staff wrote to another about an adjustment stays among staff."""
    adjusted = row.kind == models.PointsEntry.Kind.ADJUST
    return ADJUSTED if adjusted and reader.kind is not ActorKind.STAFF else row.reason
