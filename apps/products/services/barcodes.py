"""Barcodes: judged alike however they come in, and never another SKU's."""

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.sql import constraint_of
from apps.products import barcodes
from apps.products.barcodes import BarcodeTaken, Judged
from apps.products.models import Barcode, PackSize, Sku
from apps.products.selectors.scanning import weighed_formats

MANAGE = "products.manage"


def judge_barcode(text: str) -> Judged:
    """What a new barcode is, and how it is kept. Raises BarcodeInvalid, BarcodeCheckDigit."""
    return barcodes.judge(text, weighed_formats([text]))


def known_barcodes(texts: Iterable[str]) -> list[Judged]:
    """The same of barcodes that are in use already, right or not. One statement at most."""
    given = list(texts)
    formats = weighed_formats(given)
    return [barcodes.as_kept(text, formats) for text in given]


def require_free(code: str, sku: Sku | None) -> None:
    """Raises BarcodeTaken if a barcode, as it is kept, leads to another SKU than this one."""
    others = Barcode.objects.filter(code=code)
    if sku is not None and sku.pk is not None:
        others = others.exclude(sku=sku)
    owner = others.values_list("sku__code", flat=True).first()
    if owner is not None:
        raise BarcodeTaken(fields={"barcode": code}, barcode=code, sku=owner)


def give_barcodes(sku: Sku, texts: Sequence[str]) -> None:
    """New barcodes of a new SKU. Raises BarcodeInvalid, BarcodeCheckDigit."""
    judged = [judge_barcode(text) for text in texts]
    Barcode.objects.bulk_create(Barcode(sku=sku, code=one.code, kind=one.kind) for one in judged)


def add_barcode(actor: Actor, *, sku: Sku, text: str, pack: PackSize | None = None) -> Barcode:
    """Have a barcode lead to ``sku``, or to a pack of it; the same one if it does already.

    Raises BarcodeInvalid, BarcodeCheckDigit, BarcodeTaken.
    """
    judged = judge_barcode(text)
    with accounts.noting(actor, under=MANAGE), transaction.atomic():
        require_free(judged.code, sku)
        kept = Barcode.objects.filter(code=judged.code, sku=sku, pack=pack).first()
        if kept is not None:
            return kept
        kept = _keep(Barcode(sku=sku, code=judged.code, kind=judged.kind, pack=pack))
        accounts.record(
            actor,
            "products.add_barcode",
            target=("sku", sku.code),
            changes={"barcode": [None, kept.code]},
            under=MANAGE,
        )
    return kept


def _keep(barcode: Barcode) -> Barcode:
    """Raises BarcodeTaken, also where somebody was a moment faster."""
    try:
        with transaction.atomic():
            barcode.save(force_insert=True)
    except IntegrityError as error:
        if not constraint_of(error).startswith("products_barcode_code"):
            raise
        require_free(barcode.code, None)
        raise
    return barcode


def remove_barcode(actor: Actor, *, sku: Sku, code: str) -> bool:
    """Have a barcode of ``sku``, as it is kept, lead nowhere; False if it is not its barcode."""
    with accounts.noting(actor, under=MANAGE), transaction.atomic():
        gone, _by_model = Barcode.objects.filter(sku=sku, code=code).delete()
        if gone:
            accounts.record(
                actor,
                "products.remove_barcode",
                target=("sku", sku.code),
                changes={"barcode": [code, None]},
                under=MANAGE,
            )
    return bool(gone)
