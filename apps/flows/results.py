"""Results as plain values: what the edges format, and what idempotency stores."""

from typing import Any

from django.conf import settings

from apps.accounts.models import Approval
from apps.common import clock
from apps.members.selectors import MemberRef
from apps.orders import rules
from apps.orders import services as orders
from apps.org import selectors as org


def order_result(
    draft: orders.OrderDraft, number: str, point: org.SellingPoint, member: MemberRef | None
) -> dict[str, Any]:
    """What placing an order answers, and a replay answers again; minor units."""
    return {
        "number": number,
        "status": draft.path[-1],
        "store": point.store_code,
        "channel": point.channel_code,
        "member": member.number if member else None,
        "placed_at": clock.rfc3339(draft.placed_at),
        "pay_until": clock.rfc3339(draft.pay_until) if draft.pay_until else None,
        "currency": settings.CURRENCY,
        "lines": [line_result(line) for line in draft.lines],
        "gross": draft.totals.gross,
        "discount": draft.totals.discount,
        "total": draft.totals.net,
        "payment": None,
        "points_earned": 0,
    }


def approval_result(approval: Approval) -> dict[str, Any]:
    """What asking for approval and deciding answer; ``effect`` is what carrying it out came to."""
    decided = approval.decided_at
    return {
        "number": approval.number,
        "act": approval.act,
        "state": str(approval.state),
        "concerns": approval.business_key,
        "requested_at": clock.rfc3339(approval.requested_at),
        "expires_at": clock.rfc3339(approval.expires_at),
        "decided_at": clock.rfc3339(decided) if decided else None,
        "decision_reason": approval.decision_reason,
        "effect": None,
    }


def line_result(line: rules.OrderLineDraft) -> dict[str, Any]:
    """One priced line as the API shows it: base price, adjustments with their source, net."""
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": rules.quantity_text(line.quantity),
        "unit_price": line.unit_price,
        "price_list": line.price_list,
        "gross": line.gross,
        "adjustments": [
            {"kind": given.kind, "source": given.source, "amount": given.amount}
            for given in line.adjustments
        ],
        "net": line.net,
    }
