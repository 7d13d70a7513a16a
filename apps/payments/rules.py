"""Decisions about money received. Plain values in, plain values out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Unprocessable

COUNTER_TENDERS = frozenset({"cash"})
"""Tenders a store may take by itself; others need a provider."""

IMPORTED_TENDERS = frozenset({"cash", "manufacturer_coupon"})
"""Tenders that an import may bring; the money was received elsewhere."""


class UnknownTender(Unprocessable):
    code = "unknown_tender"
    message = _("This tender cannot be taken at the counter.")


class TenderMismatch(Unprocessable):
    code = "tender_mismatch"
    message = _("The tenders add up to %(tendered)s, the order to %(due)s.")


@dataclass(frozen=True, slots=True)
class TenderDraft:
    """One means of payment; ``amount`` in minor units."""

    kind: str
    amount: int


def check_counter_tenders(tenders: Sequence[TenderDraft], *, due: int) -> None:
    """Each kind once, allowed at the counter, and together exactly what is due.

    Raises UnknownTender, TenderMismatch.
    """
    kinds = [tender.kind for tender in tenders]
    if not set(kinds) <= COUNTER_TENDERS or len(kinds) != len(set(kinds)):
        raise UnknownTender(fields={"tenders": kinds})
    tendered = sum(tender.amount for tender in tenders)
    if tendered != due or any(tender.amount < 0 for tender in tenders):
        raise TenderMismatch(fields={"tenders": tendered, "due": due}, tendered=tendered, due=due)


def imported_tenders_problem(tenders: Sequence[TenderDraft], *, due: int) -> str:
    """Why these tenders cannot have paid ``due`` minor units, as a stable code; empty if they can."""
    kinds = [tender.kind for tender in tenders]
    if not set(kinds) <= IMPORTED_TENDERS or len(kinds) != len(set(kinds)):
        return UnknownTender.code
    if any(tender.amount < 0 for tender in tenders):
        return TenderMismatch.code
    return "" if sum(tender.amount for tender in tenders) == due else TenderMismatch.code
