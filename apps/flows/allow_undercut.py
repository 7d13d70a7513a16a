"""Let sales of a SKU go below its guard, with a code and for a while: an act for two people."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.common.money import MAX_AMOUNT, format_money
from apps.flows.approval_acts import Act, Execution, Subject
from apps.org import selectors as org
from apps.products import selectors as products_selectors
from apps.products import services as products

CHANGE = "products.change_price"
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class UndercutAllowance(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A SKU down to ``lowest`` minor units a unit, at one store or at any, so often, for so many days."""

    sku: Code
    lowest: Annotated[int, msgspec.Meta(ge=0, le=MAX_AMOUNT)]
    store: Code | None = None
    uses: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 1


def examine(actor: Actor, asked: UndercutAllowance) -> Subject:
    """The SKU, and the store if one is named. Raises ActionNotPermitted, SkuNotFound, StoreNotFound."""
    org.require_action(actor, CHANGE)
    products_selectors.require_sku(actor, asked.sku)
    key = f"{asked.sku} {asked.store or ''}".strip()
    if asked.store is None:
        return Subject(business_key=key, action=CHANGE)
    store = org.require_store(actor, CHANGE, asked.store)
    return Subject(
        business_key=key,
        action=CHANGE,
        store_id=store.pk,
        franchisee_id=store.franchisee_id,
        region_id=store.region_id,
    )


def allow_step(actor: Actor, asked: UndercutAllowance, execution: Execution) -> dict[str, Any]:
    """Issue the code. Raises SkuNotFound, StoreNotFound."""
    store = org.require_store(actor, CHANGE, asked.store) if asked.store else None
    issued = products.issue_undercut_code(
        actor,
        products.Allowed(
            sku_id=products_selectors.require_sku(actor, asked.sku).pk,
            store_id=store.pk if store else None,
            lowest=asked.lowest,
            uses=asked.uses,
            valid_until=execution.at + timedelta(days=asked.days),
            approval=execution.number,
        ),
        reason=execution.reason,
    )
    return {"code": issued.code, "uses": issued.uses}


def describe(asked: UndercutAllowance) -> str:
    values = {
        "sku": asked.sku,
        "lowest": format_money(asked.lowest),
        "uses": asked.uses,
        "days": asked.days,
        "store": asked.store or _("any store"),
    }
    return (
        _("%(sku)s may be sold down to %(lowest)s at %(store)s, %(uses)s times in %(days)s days.")
        % values
    )


ALLOW_UNDERCUT = Act(
    gettext_lazy("allow a price below the guard"), UndercutAllowance, examine, allow_step, describe
)
