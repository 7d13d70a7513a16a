"""Import orders that were completed elsewhere: POS back-fill, migration, the demonstration brand.

One batch is one durable transaction in the house's lock order. Orders we have already (by source
and the source's own key) change nothing; an order that cannot be imported is reported with a
stable reason and the others go in; goods that are not there refuse the whole batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.inventory import services as inventory
from apps.loyalty import services as loyalty
from apps.orders import services as orders
from apps.orders.services import AdjustmentRow, LineRow, OrderRow
from apps.org import selectors as org
from apps.org import services as org_services
from apps.payments import rules as payment_rules
from apps.payments import services as payments


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """Orders of one source as flat rows; ``tenders`` by source key must add up to each net amount.

    ``prefix`` and source key make the order number. ``receipts`` are goods that arrived before the
    sales, for sources whose stock history begins with them.
    """

    source: str
    prefix: str
    orders: Sequence[OrderRow]
    lines: Sequence[LineRow]
    tenders: Mapping[str, Sequence[payment_rules.TenderDraft]]
    adjustments: Sequence[AdjustmentRow] = ()
    receipts: Sequence[inventory.ReceiptRow] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many orders were created or known, and source key → reason of those refused."""

    created: int
    known: int
    points: int
    received: int
    rejected: Mapping[str, str] = field(default_factory=dict)


def import_orders(actor: Actor, batch: ImportBatch) -> ImportResult:
    """Write what is new and faultless; report the rest by order.

    Raises ActionNotPermitted, UnknownReceipt, OutOfStock; then nothing was written.
    """
    with transaction.atomic(durable=True):
        return import_orders_step(actor, batch)


def import_orders_step(actor: Actor, batch: ImportBatch) -> ImportResult:
    """The same inside a transaction of the caller."""
    _require_everywhere(actor)
    stores = {order.store for order in batch.orders} | {line.store for line in batch.receipts}
    org_services.hold_stores(stores)
    judged = orders.stage_import(
        source=batch.source,
        prefix=batch.prefix,
        orders=batch.orders,
        lines=batch.lines,
        adjustments=batch.adjustments,
    )
    rejected = {order.source_key: reason for order in judged if (reason := _reason(order, batch))}
    created = orders.create_imported(actor, source=batch.source, refused=list(rejected))
    _take_money(created, batch)
    points = _credit_points(created)
    received = inventory.move_goods(batch.receipts, [order.order_id for order in created])
    result = ImportResult(
        created=len(created),
        known=len(judged) - len(rejected) - len(created),
        points=points,
        received=received,
        rejected=rejected,
    )
    if created or received:
        _record(actor, batch, result)
    return result


def _require_everywhere(actor: Actor) -> None:
    """An import may name any store, so the action must be held on all rows."""
    org.require_action(actor, "orders.import")
    if not org.reach_of(actor, "orders.import").everything:
        raise org.ActionNotPermitted


def _reason(order: orders.Judged, batch: ImportBatch) -> str:
    if order.known or order.reason:
        return order.reason
    tenders = batch.tenders.get(order.source_key, ())
    return payment_rules.imported_tenders_problem(tenders, due=order.net)


def _take_money(created: Sequence[orders.Imported], batch: ImportBatch) -> None:
    payments.take_imported(
        [
            payments.ImportedPayment(
                order_id=order.order_id,
                order_number=order.number,
                place=order.place,
                tenders=batch.tenders.get(order.source_key, ()),
                at=order.placed_at,
            )
            for order in created
        ]
    )


def _credit_points(created: Sequence[orders.Imported]) -> int:
    return loyalty.earn_for_imported(
        [
            (
                loyalty.EarningOrder(
                    order_id=order.order_id,
                    number=order.number,
                    member_id=order.member_id,
                    net_amount=order.net,
                    place=order.place,
                    time_zone=order.time_zone,
                ),
                order.placed_at,
            )
            for order in created
            if order.member_id is not None
        ]
    )


def _record(actor: Actor, batch: ImportBatch, result: ImportResult) -> None:
    changes = {
        "created": result.created,
        "known": result.known,
        "rejected": len(result.rejected),
        "receipts": result.received,
        "points": result.points,
    }
    accounts.record(actor, "orders.import", target=("import", batch.source), changes=changes)
