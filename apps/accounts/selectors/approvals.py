"""Reads of requests for a second person. What a person sees of them is asked of ``org.selectors``."""

from datetime import datetime, timedelta

from apps.accounts.models import Approval, User
from apps.common import sql

CYCLE_WINDOW = timedelta(days=30)
"""How long somebody who let a person have a role may get none by that person's approval."""

# Who approved a role for somebody, and who approved one for them, and so on: up from the approver.
APPROVED_BY = """
WITH RECURSIVE chain (person_id) AS (
    SELECT %(approver)s::bigint
    UNION
    SELECT approval.approver_id
    FROM chain JOIN accounts_approval approval ON approval.beneficiary_id = chain.person_id
    WHERE approval.state = 'executed' AND approval.decided_at > %(since)s
)
SELECT EXISTS (SELECT FROM chain WHERE person_id = %(beneficiary)s)
"""


def closes_cycle(*, approver: int, beneficiary: int, now: datetime) -> bool:
    """Whether ``approver`` has a role because ``beneficiary``, directly or through others, approved it.

    Counts what was approved within CYCLE_WINDOW before ``now``. One statement.
    """
    people = {"approver": approver, "beneficiary": beneficiary, "since": now - CYCLE_WINDOW}
    return bool(sql.rows(APPROVED_BY, people)[0][0])


def waits_for_approval(person: User) -> bool:
    """Whether anything that was asked for ``person`` waits for a second person."""
    asked = Approval.objects.filter(beneficiary=person, state=Approval.State.REQUESTED)
    return asked.exists()


def overdue_approvals(now: datetime, limit: int) -> list[int]:
    """Requests that nobody decided in time, a page at a time: the outbox of the sweep."""
    waiting = Approval.objects.filter(state=Approval.State.REQUESTED, expires_at__lte=now)
    return list(waiting.order_by("expires_at", "id").values_list("pk", flat=True)[:limit])
