"""Lines of ``manage.py prove`` about members."""

from django.utils.translation import gettext_lazy as _

from apps.common.invariants import Invariant
from apps.members.rules import NUMBER_LENGTH

INVARIANTS = (
    Invariant(
        "members.number",
        _("Every member number has its check digit"),
        # Luhn: from the right, every second digit counts twice, and a two-digit product by its sum.
        """
        SELECT number AS key, number ~ '^[0-9]+$' AND length(number) = %(length)s AND (
            SELECT sum(
                CASE WHEN (length(number) - place) %% 2 = 0 THEN digit::int
                     ELSE digit::int * 2 - CASE WHEN digit >= '5' THEN 9 ELSE 0 END END
            ) FROM regexp_split_to_table(number, '') WITH ORDINALITY AS written (digit, place)
        ) %% 10 = 0 AS ok
        FROM members_member
        """,
        parameters=lambda: {"length": NUMBER_LENGTH},
    ),
    Invariant(
        "members.identity",
        _("Every active member can be found by an identity"),
        """
        SELECT number AS key, id IN (SELECT member_id FROM members_identity) AS ok
        FROM members_member WHERE status = 'active'
        """,
    ),
)
