"""A store through its life: under whom it trades, who works in it, whether it is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.errors import Conflict
from apps.common.sql import constraint_of
from apps.org.models import (
    ClientBinding,
    Franchisee,
    Region,
    RoleAssignment,
    Store,
    Tenure,
)


class TenureOverlaps(Conflict):
    code = "tenure_overlaps"
    message = _("This store has another owner, region or contract from %(day)s or a later day on.")


@dataclass(frozen=True, slots=True)
class Terms:
    """Under whom a store trades: region, owner (None for the brand itself) and contract."""

    region: Region
    franchisee: Franchisee | None
    contract: str

    @classmethod
    def of(cls, tenure: Tenure) -> "Terms":
        return cls(tenure.region, tenure.franchisee, tenure.contract)

    @property
    def codes(self) -> dict[str, str | None]:
        """As an audit line keeps them."""
        owner = self.franchisee.code if self.franchisee else None
        return {"region": self.region.code, "franchisee": owner, "contract": self.contract}


def lock_stores(*ids: int) -> dict[int, Store]:
    """The stores under FOR UPDATE, in the order of their ids: nothing is sold there meanwhile."""
    rows = Store.objects.select_for_update(of=("self",)).select_related("region", "franchisee")
    return {store.pk: store for store in rows.filter(pk__in=ids).order_by("pk")}


HOLD_STORES = "SELECT FROM org_store WHERE code = ANY(%(codes)s) ORDER BY id FOR SHARE"


def hold_stores(codes: Iterable[str]) -> None:
    """Owner, region and status of these stores stay until the transaction ends.

    Shared with everybody who writes documents there. All of a document's stores at once, in the order
    of their ids, before anything else of it is locked.
    """
    sql.rows(HOLD_STORES, {"codes": list(codes)})


def begin_tenure(store: Store, terms: Terms, *, on: date) -> Tenure:
    """From the business day ``on`` the store trades under ``terms``; what held before ends there.

    Raises TenureOverlaps if something else is written down for that day or a later one.
    """
    try:
        with transaction.atomic():
            Tenure.objects.filter(store=store, ends_on=None, starts_on__lt=on).update(ends_on=on)
            return Tenure.objects.create(
                store=store,
                region=terms.region,
                franchisee=terms.franchisee,
                contract=terms.contract,
                starts_on=on,
            )
    except IntegrityError as error:
        if constraint_of(error) != "tenure_no_overlap":
            raise
        raise TenureOverlaps(fields={"store": store.code, "day": str(on)}, day=on) from error


def withdraw_tenure(store: Store, *, after: date) -> Tenure | None:
    """Take back what is written down for a day after ``after``, the last of it; None if nothing is.

    What held before has no end again. The store's row is locked by the caller.
    """
    last = Tenure.objects.filter(store=store, ends_on=None, starts_on__gt=after).first()
    if last is None:
        return None
    last.delete()
    Tenure.objects.filter(store=store, ends_on=last.starts_on).update(ends_on=None)
    return last


def end_tenure(store: Store, *, on: date) -> None:
    """The store belongs to nobody from ``on``; the row is locked."""
    Tenure.objects.filter(store=store, ends_on=None).update(ends_on=on)


def show_tenure(store: Store, tenure: Tenure) -> None:
    """Owner and region of today become those of ``tenure``; the row is locked."""
    store.region = tenure.region
    store.franchisee = tenure.franchisee
    store.save(update_fields=["region", "franchisee"])


def mark_status(store: Store, status: Store.Status) -> None:
    """Open, frozen or closed; the row is locked."""
    store.status = status
    store.save(update_fields=["status"])


def end_staff(store: Store, *, at: datetime) -> list[str]:
    """Nobody works at the store any more: "user role" of each assignment that ended.

    Those that had not begun are gone too: the former owner gave them.
    """
    rows = RoleAssignment.objects.filter(store=store)
    live = rows.filter(Q(ends_at=None) | Q(ends_at__gt=at)).order_by("pk")
    held = list(live.select_for_update(of=("self",)).select_related("user"))
    begun = [one.pk for one in held if one.starts_at < at]
    rows.filter(pk__in=begun).update(ends_at=at)
    rows.filter(pk__in={one.pk for one in held} - set(begun)).delete()
    return [f"{one.user.username} {one.role}" for one in held]


def end_bindings(store: Store) -> list[str]:
    """No application is bound to the store any more: the key ids of those that were."""
    rows = ClientBinding.objects.filter(store=store).order_by("pk")
    ended = list(rows.values_list("client__key_id", flat=True))
    rows.delete()
    return ended
