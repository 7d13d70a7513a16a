"""A member held still while something of theirs is changed."""

from apps.common import sql
from apps.members import rules
from apps.members.models import Member
from apps.members.selectors import MemberClosed, MemberNotFound, MemberRef

# Weaker than FOR UPDATE: sales that only point at the member go on beside it.
LOCK_MEMBER = """
SELECT id, number, status FROM members_member WHERE number = %(number)s FOR NO KEY UPDATE
"""


def lock_member(number: str) -> MemberRef:
    """The active member of that number, locked until the transaction ends.

    Raises MemberNotFound, MemberClosed.
    """
    found = sql.row(LOCK_MEMBER, {"number": number})
    if found is None:
        raise MemberNotFound(fields={"member": rules.quotable(number)})
    if found[2] != Member.Status.ACTIVE:
        raise MemberClosed(fields={"member": rules.quotable(number)})
    return MemberRef(found[0], found[1])
