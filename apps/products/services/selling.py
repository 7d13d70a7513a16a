"""SKUs that are put on sale and taken off it, many at once."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.products.models import Sku

MANAGE = "products.manage"
LOCK = "SELECT id FROM products_sku WHERE id = ANY(%(skus)s) ORDER BY id FOR NO KEY UPDATE"


def lock_for_sale(ids: Sequence[int]) -> None:
    """These SKUs stay as they are until the transaction ends; tills go on selling them. One statement."""
    sql.rows(LOCK, {"skus": list(ids)})


def put_on_sale(actor: Actor, ids: Sequence[int], *, reason: str) -> int:
    """Let these SKUs be sold; how many were not before. One audit line.

    The caller has asked whether ``actor`` may.
    """
    with transaction.atomic():
        waiting = Sku.objects.filter(pk__in=ids, is_active=False)
        with accounts.noting(actor, reason=reason, under=MANAGE):
            changed = waiting.update(is_active=True)
        _record(actor, "products.put_on_sale", changed, reason)
    return changed


def take_off_sale(actor: Actor, ids: Sequence[int], *, reason: str) -> int:
    """Have these SKUs be sold no more; how many were before. One audit line.

    The caller has asked whether ``actor`` may.
    """
    with transaction.atomic():
        sold = Sku.objects.filter(pk__in=ids, is_active=True)
        with accounts.noting(actor, reason=reason, under=MANAGE):
            changed = sold.update(is_active=False)
        _record(actor, "products.take_off_sale", changed, reason)
    return changed


def _record(actor: Actor, action: str, changed: int, reason: str) -> None:
    if changed:
        accounts.record(
            actor, action, target=("change", "products.sku"), changes={"skus": changed},
            reason=reason, under=MANAGE,
        )  # fmt: skip
