"""Add points to a member or take some by hand: an act for two people."""

from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Unprocessable
from apps.flows.approval_acts import Act, Execution, Subject
from apps.loyalty import rules
from apps.loyalty import selectors as loyalty_selectors
from apps.loyalty import services as loyalty
from apps.members import services as members
from apps.org import selectors as org

Points = Annotated[int, msgspec.Meta(ge=-rules.POINTS_ADJUST_MOST, le=rules.POINTS_ADJUST_MOST)]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]


class PointsOfNothing(Unprocessable):
    code = "no_points_to_adjust"
    message = gettext_lazy("Adding or taking 0 points changes nothing.")


class PointsAdjustment(msgspec.Struct, forbid_unknown_fields=True):
    """Points to add (positive) or to take (negative), by member number."""

    member: Number
    points: Points


def examine(actor: Actor, asked: PointsAdjustment) -> Subject:
    """The member and the right that so many points need, at the member's home store.

    Raises PointsOfNothing, ActionNotPermitted, MemberNotFound (foreign ones too), MemberClosed.
    """
    if asked.points == 0:
        raise PointsOfNothing(fields={"points": 0})
    action = rules.action_to_adjust(asked.points)
    org.require_action(actor, action)
    member = loyalty_selectors.require_adjustable(actor, action, asked.member)
    return Subject(
        business_key=member.number,
        action=action,
        store_id=member.store_id,
        franchisee_id=member.franchisee_id,
        region_id=member.region_id,
    )


def adjust_points_step(
    actor: Actor, asked: PointsAdjustment, execution: Execution
) -> dict[str, Any]:
    """Change balance, lots and ledger; the new balance.

    Raises MemberNotFound, MemberClosed, InsufficientPoints.
    """
    member = members.lock_member(asked.member)
    adjustment = loyalty.Adjustment(member.id, asked.points, execution.reference, execution.reason)
    balance = loyalty.adjust_points(adjustment, at=execution.at, time_zone=settings.TIME_ZONE)
    accounts.record(
        actor,
        "points.adjust",
        target=("member", member.number),
        changes={
            "points": asked.points,
            "balance": [balance - asked.points, balance],
            "approval": execution.number,
        },
        reason=execution.reason,
        under=rules.action_to_adjust(asked.points),
    )
    return {"balance": balance}


def describe(asked: PointsAdjustment) -> str:
    values = {"points": f"{abs(asked.points):,}", "member": asked.member}
    if asked.points > 0:
        return _("Member %(member)s gets %(points)s points.") % values
    return _("%(points)s points are taken from member %(member)s.") % values


NAME = gettext_lazy("adjust points")
ADJUST_POINTS = Act(NAME, PointsAdjustment, examine, adjust_points_step, describe)
