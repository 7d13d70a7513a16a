"""Reads of loyalty."""

from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.actor import Actor, ActorKind
from apps.loyalty.models import PointsAccount, PointsEntry, PointsLot
from apps.members import selectors as members
from apps.org import selectors as org


def entries_visible_to(actor: Actor) -> QuerySet[PointsEntry]:
    """Points entries by the owner and region frozen on them; a member sees their own."""
    if actor.kind is ActorKind.MEMBER:
        return PointsEntry.objects.filter(member_id=actor.id)
    reach = org.reach_of(actor, "points.see")
    return PointsEntry.objects.filter(
        reach.where(store="store", franchisee="franchisee", region="region")
    )


def accounts_visible_to(actor: Actor) -> QuerySet[PointsAccount]:
    """The balances of the members that ``actor`` sees."""
    return PointsAccount.objects.filter(member__in=members.members_visible_to(actor))


def balance_of(member_id: int) -> int:
    """A member's points; 0 before the first entry."""
    found = PointsAccount.objects.filter(member_id=member_id).values_list("balance", flat=True)
    return found.first() or 0


def next_expiry(member_id: int) -> PointsLot | None:
    """The open lot that expires first."""
    return (
        PointsLot.objects.filter(member_id=member_id, remaining__gt=0)
        .order_by("expires_at", "id")
        .first()
    )


def members_with_expired_lots(now: datetime, limit: int) -> list[int]:
    """Members with lots past their date, a page at a time: the outbox of the expiry sweep."""
    due = PointsLot.objects.filter(remaining__gt=0, expires_at__lte=now)
    return list(due.order_by("member_id").values_list("member_id", flat=True).distinct()[:limit])
