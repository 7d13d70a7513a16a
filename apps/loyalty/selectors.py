"""Reads of loyalty."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from apps.accounts.actor import Actor, ActorKind
from apps.loyalty.models import LotDraw, PointsAccount, PointsEntry, PointsLot
from apps.members import rules as member_rules
from apps.members import selectors as members
from apps.members.models import Member
from apps.members.selectors import MemberClosed, MemberNotFound
from apps.org import selectors as org


def entries_visible_to(actor: Actor) -> QuerySet[PointsEntry]:
    """Points entries by the owner and region frozen on them; a member sees their own."""
    if actor.kind is ActorKind.MEMBER:
        return PointsEntry.objects.filter(member_id=actor.id)
    reach = org.reach_of(actor, "points.see")
    return PointsEntry.objects.filter(reach.where_frozen())


def accounts_visible_to(actor: Actor) -> QuerySet[PointsAccount]:
    """The balances of the members that ``actor`` sees."""
    return PointsAccount.objects.filter(member__in=members.members_visible_to(actor))


def lots_visible_to(actor: Actor) -> QuerySet[PointsLot]:
    """Lots, by the owner and region frozen on the entry that earned them."""
    return PointsLot.objects.filter(_of_visible_entry(actor))


def draws_visible_to(actor: Actor) -> QuerySet[LotDraw]:
    """What entries took from lots, for the entries that ``actor`` sees."""
    return LotDraw.objects.filter(_of_visible_entry(actor))


def _of_visible_entry(actor: Actor) -> Q:
    if actor.kind is ActorKind.MEMBER:
        return Q(entry__member_id=actor.id)
    return org.reach_of(actor, "points.see").where_frozen("entry")


@dataclass(frozen=True, slots=True)
class Adjustable:
    """A member whose points may be adjusted, with the home store, its owner and its region."""

    number: str
    store_id: int | None
    franchisee_id: int | None
    region_id: int | None


def require_adjustable(actor: Actor, action: str, number: str) -> Adjustable:
    """The active member of that number, if ``actor`` may do ``action`` at the home store of today.

    One statement. Raises MemberNotFound (missing and foreign alike), MemberClosed.
    """
    found = _members_at(actor, action).select_related("home_store").filter(number=number).first()
    if found is None:
        raise MemberNotFound(fields={"member": member_rules.quotable(number)})
    if found.status != Member.Status.ACTIVE:
        raise MemberClosed(fields={"member": member_rules.quotable(number)})
    home = found.home_store
    if home is None:
        return Adjustable(number, None, None, None)
    return Adjustable(number, home.pk, home.franchisee_id, home.region_id)


def members_adjustable_by(actor: Actor, action: str) -> QuerySet[Member]:
    """Active members at whose home store of today ``actor`` may do ``action``."""
    return _members_at(actor, action).filter(status=Member.Status.ACTIVE)


def _members_at(actor: Actor, action: str) -> QuerySet[Member]:
    reach = org.reach_of(actor, action)
    return Member.objects.filter(
        reach.where(
            store="home_store", franchisee="home_store__franchisee", region="home_store__region"
        )
    )


def balance_of(member_id: int) -> int:
    """A member's points; 0 before the first entry."""
    found = PointsAccount.objects.filter(member_id=member_id).values_list("balance", flat=True)
    return found.first() or 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Points that were added and points that were taken; both positive."""

    added: int
    taken: int


def flow_of(entries: QuerySet[PointsEntry]) -> Flow:
    """What ``entries`` added and took. One statement."""
    found = entries.order_by().aggregate(
        added=Sum("points", filter=Q(points__gt=0)), taken=Sum("points", filter=Q(points__lt=0))
    )
    return Flow(int(found["added"] or 0), -int(found["taken"] or 0))


def expiring(lots: QuerySet[PointsLot], until: datetime) -> QuerySet[PointsLot]:
    """Those of ``lots`` of which something is left and expires before ``until``."""
    return lots.filter(remaining__gt=0, expires_at__lt=until)


def left_in(lots: QuerySet[PointsLot]) -> int:
    """How many points are left in ``lots``. One statement."""
    found = lots.order_by().aggregate(left=Sum("remaining"))
    return int(found["left"] or 0)


def given_by(order_id: int) -> int:
    """The points that an order has given, less those that were taken back."""
    found = PointsEntry.objects.filter(order_id=order_id).aggregate(points=Sum("points"))
    return int(found["points"] or 0)


def next_expiry(member_id: int) -> tuple[int, datetime] | None:
    """How many points expire next, and when; None if none are left. One statement."""
    open_lots = PointsLot.objects.filter(member_id=member_id, remaining__gt=0)
    found = (
        open_lots.values("expires_at")
        .annotate(points=Sum("remaining"))
        .order_by("expires_at")
        .first()
    )
    return (found["points"], found["expires_at"]) if found else None


def members_with_expired_lots(now: datetime, limit: int) -> list[int]:
    """Members with lots past their date, a page at a time: the outbox of the expiry sweep."""
    due = PointsLot.objects.filter(remaining__gt=0, expires_at__lte=now)
    return list(due.order_by("member_id").values_list("member_id", flat=True).distinct()[:limit])
