"""Results as plain values: what the edges format, and what idempotency stores."""

from typing import Any

from django.conf import settings

from apps.accounts.models import Approval
from apps.common import clock
from apps.members.selectors import MemberRef
from apps.orders import rules
from apps.orders import services as orders
from apps.org import selectors as org
from apps.products.selectors import SkuPrice


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
        "tax": draft.totals.tax,
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
        "tax": line.tax,
        "tax_basis_points": line.tax_basis_points,
    }


def explained_line(line: rules.OrderLineDraft, price: SkuPrice) -> dict[str, Any]:
    """The same with why the price is what it is: its list, since when, and what it would be without."""
    chosen, instead = price.price.chosen, price.price.instead
    return line_result(line) | {
        "base_price": price.price.base,
        "price": {
            "price_list": chosen.terms.code,
            "scope": dict(chosen.terms.scope),
            "min_quantity": rules.quantity_text(chosen.terms.min_quantity),
            "priority": chosen.terms.priority,
            "since": clock.rfc3339(price.price.since),
            "until": clock.rfc3339(chosen.terms.ends_at) if chosen.terms.ends_at else None,
            "instead_of": instead
            and {"price_list": instead.terms.code, "unit_price": instead.amount},
        },
    }
