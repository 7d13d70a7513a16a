"""Price lists are drafted, released by two people, and ended; what they held for stays as it was."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import Conflict, Malformed, Missing
from apps.common.sql import constraint_of
from apps.products.models import PriceList
from apps.products.services.prices import CHANGE


class PriceListNotFound(Missing):
    code = "price_list_not_found"
    message = _("There is no such price list.")


class PriceListReleased(Conflict):
    code = "price_list_released"
    message = _("This price list is released already.")


class PriceListNotReleased(Conflict):
    code = "price_list_not_released"
    message = _("This price list is a draft: it holds for nobody yet.")


class PriceListOver(Conflict):
    code = "price_list_over"
    message = _("This price list has ended, or would end before it begins.")


class PriceListAmbiguous(Conflict):
    code = "price_list_ambiguous"
    message = _(
        "A released list of the same scope, quantity break and priority holds in this time already: "
        "give this one another priority."
    )


class BasePriceListStays(Conflict):
    code = "base_price_list_stays"
    message = _("The base list holds everywhere, always and for all.")


class EndInThePast(Malformed):
    code = "end_in_the_past"
    message = _("A price list ends now or later: what it cost before stays as it was.")


def lock_price_list(code: str) -> PriceList:
    """The list under FOR UPDATE. Raises PriceListNotFound."""
    found = PriceList.objects.select_for_update(of=("self",)).filter(code=code).first()
    if found is None:
        raise PriceListNotFound(fields={"price_list": code})
    return found


def require_releasable(price_list: PriceList, *, at: datetime) -> None:
    """Raises PriceListReleased, PriceListOver."""
    if price_list.status == PriceList.Status.RELEASED:
        raise PriceListReleased(fields={"price_list": price_list.code})
    begins = max(price_list.starts_at or at, at)
    if price_list.ends_at is not None and price_list.ends_at <= begins:
        raise PriceListOver(fields={"price_list": price_list.code})


def release_price_list(
    actor: Actor, price_list: PriceList, *, at: datetime, reason: str, approval: str = ""
) -> None:
    """Let a locked draft hold from its start on, at the earliest from now. In the caller's transaction.

    Raises PriceListReleased, PriceListOver, PriceListAmbiguous.
    """
    require_releasable(price_list, at=at)
    price_list.status = PriceList.Status.RELEASED
    price_list.starts_at = max(price_list.starts_at or at, at)
    with accounts.noting(actor, reason=reason, under=CHANGE):
        _save(price_list, ["status", "starts_at"])
    _record(actor, "products.release_price_list", price_list, reason, approval)


def end_price_list(actor: Actor, code: str, *, at: datetime | None = None, reason: str) -> None:
    """Have a released list hold until ``at`` (now if None) and no longer.

    Raises PriceListNotFound, BasePriceListStays, PriceListNotReleased, PriceListOver, EndInThePast,
    PriceListAmbiguous (a later end may meet another list).
    """
    with transaction.atomic():
        price_list, now = lock_price_list(code), clock.now()
        ends_at = now if at is None else at
        if price_list.is_base:
            raise BasePriceListStays
        if price_list.status != PriceList.Status.RELEASED:
            raise PriceListNotReleased(fields={"price_list": code})
        if price_list.ends_at is not None and price_list.ends_at <= now:
            raise PriceListOver(fields={"price_list": code})
        if ends_at < now:
            raise EndInThePast(fields={"ends_at": clock.rfc3339(ends_at)})
        if price_list.starts_at is not None and ends_at <= price_list.starts_at:
            raise PriceListOver(fields={"price_list": code})
        price_list.ends_at = ends_at
        with accounts.noting(actor, reason=reason, under=CHANGE):
            _save(price_list, ["ends_at"])
        _record(actor, "products.end_price_list", price_list, reason, "")


def _save(price_list: PriceList, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            price_list.save(update_fields=fields)
    except IntegrityError as error:
        if constraint_of(error) != "price_list_unambiguous":
            raise
        raise PriceListAmbiguous(fields={"price_list": price_list.code}) from error


def _record(actor: Actor, action: str, row: PriceList, reason: str, approval: str) -> None:
    window = {
        "from": clock.rfc3339(row.starts_at) if row.starts_at else None,
        "to": clock.rfc3339(row.ends_at) if row.ends_at else None,
    }
    accounts.record(
        actor,
        action,
        target=("pricelist", row.code),
        changes=window | ({"approval": approval} if approval else {}),
        reason=reason,
        under=CHANGE,
    )
