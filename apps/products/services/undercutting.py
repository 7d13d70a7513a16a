"""Codes with which a sale may go below the guard of a SKU, as two people allowed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.errors import Unprocessable
from apps.common.keys import random_key
from apps.products.models import UndercutCode
from apps.products.services.prices import CHANGE

CODE_LENGTH = 10


class UndercutCodeRefused(Unprocessable):
    code = "undercut_code_refused"
    message = _("This code does not allow these goods to be sold so low here and now.")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is allowed: a SKU, at one store or at any, down to ``lowest`` minor units a unit."""

    sku_id: int
    store_id: int | None
    lowest: int
    uses: int
    valid_until: datetime
    approval: str


# The row is locked by the update itself: of two sales that want the last use, one finds none left.
USE = """
UPDATE products_undercutcode SET used = used + 1
WHERE code = %(code)s AND used < uses AND valid_until > %(at)s
    AND (store_id IS NULL OR store_id = %(store)s)
RETURNING id
"""


def issue_undercut_code(actor: Actor, allowed: Allowed, *, reason: str) -> UndercutCode:
    """A new code; the audit line does not tell it, or whoever reads the trail could use it."""
    issued = UndercutCode.objects.create(
        code=random_key(CODE_LENGTH),
        sku_id=allowed.sku_id,
        store_id=allowed.store_id,
        lowest=allowed.lowest,
        uses=allowed.uses,
        valid_until=allowed.valid_until,
        approval=allowed.approval,
    )
    accounts.record(
        actor,
        "products.allow_undercut",
        target=("sku", issued.sku.code),
        changes={"lowest": allowed.lowest, "uses": allowed.uses, "approval": allowed.approval},
        reason=reason,
        under=CHANGE,
    )
    return issued


def use_undercut_code(code: str, *, store_id: int, at: datetime) -> None:
    """Count one use, in the transaction of the sale. Raises UndercutCodeRefused."""
    if not sql.rows(USE, {"code": code, "store": store_id, "at": at}):
        raise UndercutCodeRefused(fields={"undercut_code": code})
