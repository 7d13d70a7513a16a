"""What a SKU is may change until something of it was received or sold."""

from django.db import transaction

from apps.accounts.actor import Actor
from apps.inventory import selectors as inventory
from apps.orders import selectors as orders
from apps.org import selectors as org
from apps.products import services as products
from apps.products.models import Sku


def set_kind(actor: Actor, sku: str, kind: str) -> None:
    """Have a SKU, by its code, be goods, a bundle or virtual goods; nothing happens if it is.

    Who sells or receives it at this moment waits for it, or is waited for. Raises
    ActionNotPermitted, SkuNotFound, SkuKindStays; then nothing was written.
    """
    if not org.reach_of(actor, "products.manage").everything:
        raise org.ActionNotPermitted
    with transaction.atomic():
        found = products.lock_sku(sku)
        if found.kind == kind:
            return
        require_kind_free(found)
        products.set_kind(actor, found, kind)


def require_kind_free(sku: Sku) -> None:
    """Raises SkuKindStays if it was ever received or sold, has components or is one. The SKU is locked."""
    named = sku.components.exists() or sku.in_bundles.exists()
    if named or inventory.ever_moved(sku.pk) or orders.ever_sold(sku.pk):
        raise products.kind_stays(sku)
