"""Reads of accounts. Whose rows a person sees is asked of ``org.selectors``."""

from apps.accounts.selectors.approvals import (
    closes_cycle,
    overdue_approvals,
    waits_for_approval,
)
from apps.accounts.selectors.lists import Arrangement, Listing, View, arrangement_of
from apps.accounts.selectors.sign_ins import live_sessions_of, live_tokens_of

__all__ = [
    "Arrangement",
    "Listing",
    "View",
    "arrangement_of",
    "closes_cycle",
    "live_sessions_of",
    "live_tokens_of",
    "overdue_approvals",
    "waits_for_approval",
]
