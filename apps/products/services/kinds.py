"""What a SKU is: goods, a bundle, or something that no shelf holds."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Conflict
from apps.common.sql import constraint_of
from apps.products.models import Sku
from apps.products.selectors.catalogue import SkuNotFound
from apps.products.services.bundles import KINDS_FIXED

MANAGE = "products.manage"


class SkuKindStays(Conflict):
    code = "sku_kind_stays"
    message = _("SKU %(sku)s has moved stock, was sold, has components or is one: its kind stays.")


def kind_stays(sku: Sku) -> SkuKindStays:
    return SkuKindStays(fields={"sku": sku.code}, sku=sku.code)


def lock_sku(code: str) -> Sku:
    """The SKU under FOR UPDATE: no row that points at it is added meanwhile. Raises SkuNotFound."""
    found = Sku.objects.select_for_update(of=("self",)).filter(code=code).first()
    if found is None:
        raise SkuNotFound(fields={"sku": code})
    return found


def set_kind(actor: Actor, sku: Sku, kind: str) -> None:
    """Have a locked SKU, of which nothing has moved, be of another kind. In the caller's transaction.

    Raises SkuKindStays where it has components or is one.
    """
    before, sku.kind = sku.kind, kind
    try:
        with accounts.noting(actor, under=MANAGE), transaction.atomic():
            sku.save(update_fields=["kind"])
    except IntegrityError as error:
        if constraint_of(error) in KINDS_FIXED:
            raise kind_stays(sku) from error
        raise
    accounts.record(
        actor,
        "products.set_kind",
        target=("sku", sku.code),
        changes={"kind": [before, kind]},
        under=MANAGE,
    )
