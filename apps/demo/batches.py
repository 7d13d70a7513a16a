"""The source's weeks as batches for ``import_orders``: some stores of one week, whole.

A batch holds all sales of its stores in that week, so the week's receipts, which it also brings,
are complete; the cut depends on the source alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import pyarrow as pa

from apps.demo import mapping, source
from apps.demo.source import SourceLine
from apps.flows.import_orders import ImportBatch
from apps.inventory.services import ReceiptRow
from apps.orders.services import AdjustmentRow, LineRow, OrderRow
from apps.payments.rules import TenderDraft

BATCH_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where the source's weeks lie on ours."""

    shift: int
    time_zone: str

    def placed_at(self, source_at: datetime) -> datetime:
        return mapping.placed_at(source_at, shift=self.shift, time_zone=self.time_zone)

    def week_starts_at(self, week: int) -> datetime:
        return mapping.week_starts_at(week, shift=self.shift, time_zone=self.time_zone)


@dataclass(slots=True)
class Draft:
    """A batch while it grows."""

    orders: list[OrderRow] = field(default_factory=list)
    lines: list[LineRow] = field(default_factory=list)
    adjustments: list[AdjustmentRow] = field(default_factory=list)
    tenders: dict[str, list[TenderDraft]] = field(default_factory=dict)
    receipts: list[ReceiptRow] = field(default_factory=list)

    def finished(self) -> ImportBatch:
        return ImportBatch(
            source=mapping.SOURCE,
            prefix=mapping.PREFIX,
            orders=self.orders,
            lines=self.lines,
            tenders=self.tenders,
            adjustments=self.adjustments,
            receipts=self.receipts,
        )


def of_week(lines: pa.Table, week: int, calendar: Calendar) -> Iterator[ImportBatch]:
    """The batches of one source week."""
    draft = Draft()
    for store_id, of_store in source.week_by_store(lines, week):
        _add_store(draft, store_id, week, of_store, calendar)
        if len(draft.lines) >= BATCH_LINES:
            yield draft.finished()
            draft = Draft()
    if draft.lines:
        yield draft.finished()


def _add_store(
    draft: Draft, store_id: int, week: int, of_store: Iterable[SourceLine], calendar: Calendar
) -> None:
    needed: dict[int, int] = {}
    for _basket_id, group in groupby(of_store, key=itemgetter(1)):
        basket = list(group)
        loaded = [line for line in basket if line.quantity > 0]
        if loaded:
            _add_basket(draft, basket, loaded, calendar)
        for line in loaded:
            needed[line.product_id] = needed.get(line.product_id, 0) + line.quantity
    draft.receipts.extend(_receipts(store_id, week, needed, calendar))


def _add_basket(
    draft: Draft, basket: list[SourceLine], loaded: list[SourceLine], calendar: Calendar
) -> None:
    head = basket[0]
    key = str(head.basket_id)
    draft.orders.append(
        OrderRow(
            source_key=key,
            store=mapping.store_code(head.store_id),
            channel=mapping.CHANNEL,
            member=mapping.member_number(head.household_id),
            placed_at=calendar.placed_at(head.at),
        )
    )
    for line_no, line in enumerate(loaded, start=1):
        sku = mapping.sku_code(line.product_id)
        draft.lines.append(LineRow(key, line_no, sku, line.quantity, line.gross, line.net))
        if line.shelf:
            draft.adjustments.append(AdjustmentRow(key, line_no, "shelf", line.shelf))
        if line.coupon_match:
            draft.adjustments.append(AdjustmentRow(key, line_no, "coupon_match", line.coupon_match))
    draft.tenders[key] = tenders(
        net=sum(line.net for line in loaded), coupon=sum(line.coupon for line in basket)
    )


def tenders(*, net: int, coupon: int) -> list[TenderDraft]:
    """The coupon pays at most the net amount, cash the rest; a free basket is paid by 0 in cash."""
    by_coupon = min(coupon, net)
    found = [TenderDraft("manufacturer_coupon", by_coupon)] if by_coupon else []
    if net > by_coupon or not found:
        found.append(TenderDraft("cash", net - by_coupon))
    return found


def _receipts(
    store_id: int, week: int, needed: Mapping[int, int], calendar: Calendar
) -> Iterator[ReceiptRow]:
    store, reference = mapping.store_code(store_id), mapping.receipt_reference(store_id, week)
    at = calendar.week_starts_at(week)
    for product_id, need in needed.items():
        sku = mapping.sku_code(product_id)
        yield ReceiptRow(store, sku, mapping.with_cushion(need), reference, at)
