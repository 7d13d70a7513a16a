"""Which store a member belongs to."""

from apps.common import sql

MOVE = """
WITH locked AS MATERIALIZED (
    SELECT id FROM members_member WHERE home_store_id = %(origin)s ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE members_member member SET home_store_id = %(target)s
    FROM locked WHERE member.id = locked.id
    RETURNING member.id
)
SELECT count(*) FROM moved
"""


def move_members(from_store: int, to_store: int | None) -> int:
    """Every member of one store belongs to another, or to none; how many. One statement."""
    return int(sql.rows(MOVE, {"origin": from_store, "target": to_store})[0][0])
