"""Where categories stand in their tree."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.errors import Conflict, Missing
from apps.products.models import Category
from apps.products.selectors.categories import category_nodes, mark_of

MANAGE = "products.manage"


class CategoryNotFound(Missing):
    code = "category_not_found"
    message = _("There is no such category.")


class CategoryCircle(Conflict):
    code = "category_circle"
    message = _("A category cannot stand below itself.")


class CategoryTreeMoved(Conflict):
    code = "category_tree_moved"
    message = _("Somebody moved categories while you looked at the tree.")


@dataclass(frozen=True, slots=True)
class TreePlace:
    """Below ``parent`` (a code; empty for the top), after ``position`` others that stand there.

    ``seen`` is the mark of the tree that the place was chosen in, if one was shown.
    """

    parent: str
    position: int
    seen: str = ""


# The key of the trigger on the parent. Taken before any row is: whoever locked a row first and then
# waited for it would stand in the way of the paths below.
LOCK_TREE = "SELECT pg_advisory_xact_lock(x'51434154'::int)"
PUT_IN_ORDER = """
WITH ranked AS (
    SELECT id, code, CASE WHEN id = %(moved)s THEN 2 * %(position)s - 1
        ELSE 2 * (row_number() OVER (PARTITION BY id = %(moved)s ORDER BY position, code) - 1)
        END AS rank
    FROM products_category WHERE parent_id IS NOT DISTINCT FROM %(parent)s::bigint
), placed AS (
    SELECT id, row_number() OVER (ORDER BY rank, code) - 1 AS position FROM ranked
)
UPDATE products_category category SET position = placed.position FROM placed
WHERE placed.id = category.id AND category.position <> placed.position
"""


def move_category(actor: Actor, code: str, to: TreePlace, *, reason: str) -> None:
    """Have a category, with all that is below it, stand elsewhere; its new siblings make room.

    Raises CategoryNotFound (also for the parent), CategoryTreeMoved, CategoryCircle.
    """
    with accounts.noting(actor, reason=reason, under=MANAGE), transaction.atomic():
        sql.rows(LOCK_TREE, {})
        if to.seen and mark_of(category_nodes()) != to.seen:
            raise CategoryTreeMoved
        moved = _category(code)
        parent = _category(to.parent) if to.parent else None
        before = [moved.parent.code if moved.parent else "", moved.position]
        _hang(moved, parent)
        place = {"moved": moved.pk, "parent": moved.parent_id, "position": to.position}
        sql.rows(PUT_IN_ORDER, place)
        moved.refresh_from_db(fields=["position"])
        accounts.record(
            actor,
            "products.move_category",
            target=("category", code),
            changes={
                "parent": [before[0], to.parent],
                "position": [before[1], moved.position],
            },
            reason=reason,
            under=MANAGE,
        )


def _category(code: str) -> Category:
    found = Category.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise CategoryNotFound(fields={"category": code})
    return found


def _hang(moved: Category, parent: Category | None) -> None:
    """The trigger keeps the paths. Raises CategoryCircle."""
    moved.parent = parent
    try:
        with transaction.atomic():
            moved.save(update_fields=["parent"])
    except IntegrityError as error:
        if sql.constraint_of(error) not in ("category_no_circle", "category_not_own_parent"):
            raise
        raise CategoryCircle(fields={"category": moved.code}) from error
