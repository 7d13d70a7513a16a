"""Let a price list hold: an act for two people."""

from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.common import clock
from apps.flows.approval_acts import Act, Execution, Subject
from apps.org import selectors as org
from apps.products import services as products
from apps.products.services import price_lists

CHANGE = "products.change_price"


class PriceListRelease(msgspec.Struct, forbid_unknown_fields=True):
    """The draft, by its code."""

    price_list: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


def examine(actor: Actor, asked: PriceListRelease) -> Subject:
    """The list, if it is a draft that may still begin; it concerns the whole brand.

    Raises ActionNotPermitted, PriceListNotFound, PriceListReleased, PriceListOver.
    """
    org.require_action(actor, CHANGE)
    price_list = products.lock_price_list(asked.price_list)
    price_lists.require_releasable(price_list, at=clock.now())
    return Subject(business_key=price_list.code, action=CHANGE)


def release_step(actor: Actor, asked: PriceListRelease, execution: Execution) -> dict[str, Any]:
    """Raises PriceListNotFound, PriceListReleased, PriceListOver, PriceListAmbiguous."""
    price_list = products.lock_price_list(asked.price_list)
    products.release_price_list(
        actor,
        price_list,
        at=execution.at,
        reason=execution.reason,
        approval=execution.number,
    )
    return {"starts_at": clock.rfc3339(price_list.starts_at or execution.at)}


def describe(asked: PriceListRelease) -> str:
    return _("Price list %(code)s holds from its start on.") % {"code": asked.price_list}


RELEASE_PRICE_LIST = Act(
    gettext_lazy("release a price list"), PriceListRelease, examine, release_step, describe
)
