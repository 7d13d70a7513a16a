"""Packs of a SKU."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Unprocessable
from apps.products.models import PackSize, Sku

MANAGE = "products.manage"
MAX_CONTENT = Decimal("999999.999")


class PackContentInvalid(Unprocessable):
    code = "pack_content_invalid"
    message = _(
        "A pack contains more than nothing, with three decimals at most; of pieces, whole ones."
    )


def check_content(contains: Decimal, unit: str) -> None:
    """Raises PackContentInvalid unless so much of a SKU with this unit can be in a pack."""
    step = Decimal(1) if unit == Sku.Unit.EACH else Decimal("0.001")
    if not 0 < contains <= MAX_CONTENT or contains % step:
        raise PackContentInvalid(fields={"contains": str(contains)})


def keep_pack(
    actor: Actor, *, sku: Sku, code: str, contains: Decimal, names: tuple[str, str]
) -> PackSize:
    """Have a pack of ``sku`` contain so much of it; ``names`` are the Chinese and the English one.

    What was sold stays as it was. Raises PackContentInvalid.
    """
    check_content(contains, sku.unit)
    with accounts.noting(actor, under=MANAGE), transaction.atomic():
        before = PackSize.objects.filter(sku=sku, code=code).values_list("contains", flat=True)
        was = before.first()
        pack, _created = PackSize.objects.update_or_create(
            sku=sku,
            code=code,
            defaults={"contains": contains, "name": names[0], "name_en": names[1]},
        )
        accounts.record(
            actor,
            "products.keep_pack",
            target=("sku", sku.code),
            changes={code: [None if was is None else str(was), str(contains)]},
            under=MANAGE,
        )
    return pack
