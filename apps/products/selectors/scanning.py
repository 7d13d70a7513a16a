"""What a scanner, a pack code or another system's key leads to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.common import money, sql
from apps.common.errors import Missing, Unprocessable
from apps.products import barcodes
from apps.products.models import Barcode, PackSize, Sku, WeighedPrefix
from apps.products.selectors.catalogue import BETWEEN, skus_visible_to


class BarcodeNotFound(Missing):
    code = "barcode_not_found"
    message = _("No SKU has this barcode.")


class UnknownPack(Unprocessable):
    code = "unknown_pack"
    message = _("There is no such pack: %(packs)s.")


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What was scanned: ``quantity`` in the SKU's unit, ``amount`` in minor units; None where the
    barcode does not say. A label that tells the price leaves the quantity open."""

    sku: Sku
    barcode: str
    kind: str
    quantity: Decimal | None
    amount: int | None
    pack: PackSize | None


def scan(actor: Actor, text: str) -> ScanResult:
    """The SKU behind a barcode, with the weight or price of a scale's label. Two statements at most.

    Raises BarcodeNotFound, BarcodeCheckDigit (the label of a scale, misread).
    """
    text = text.strip()
    label = barcodes.canonical(text) if barcodes.is_gtin(text) else text
    scale = _scale_of(label)
    item = scale.item_of(label) if scale else ""
    found = _behind(actor, [item, *barcodes.spellings(text)])
    if found is None:
        raise BarcodeNotFound(fields={"code": text[: barcodes.MAX_LENGTH]})
    if scale is None or found.code != item:
        quantity = found.pack.contains if found.pack else Decimal(1)
        return ScanResult(found.sku, found.code, found.kind, quantity, None, found.pack)
    barcodes.require_check_digit(label)
    weight, amount = _said(scale, label)
    return ScanResult(found.sku, found.code, found.kind, weight, amount, None)


def _scale_of(text: str) -> barcodes.Format | None:
    """How a scale's label is read. No statement for anything else."""
    if not barcodes.is_label(text):
        return None
    found = WeighedPrefix.objects.filter(prefix=text[:2]).first()
    return found.format if found else None


def _behind(actor: Actor, codes: list[str]) -> Barcode | None:
    """The barcode, that of the item number before one of the whole."""
    rows = Barcode.objects.filter(code__in=codes, sku__in=skus_visible_to(actor))
    found = list(rows.select_related("sku__product", "pack"))
    return min(found, key=lambda one: codes.index(one.code), default=None)


def _said(scale: barcodes.Format, label: str) -> tuple[Decimal | None, int | None]:
    value = scale.value_of(label)
    if scale.value == barcodes.WEIGHT:
        return value, None
    return None, money.round_half_up(value * money.minor_per_major())


def weighed_formats(texts: Iterable[str]) -> list[barcodes.Format]:
    """How the labels of scales are read. One statement, none where no text may be an item number."""
    if not any(barcodes.may_be_item(text) for text in texts):
        return []
    return [one.format for one in WeighedPrefix.objects.all()]


CONTAINS = """
SELECT pack.code, sku.code, pack.contains
FROM unnest(%(skus)s::text[], %(packs)s::text[]) AS asked (sku, pack)
JOIN products_sku sku ON sku.code = asked.sku
JOIN products_packsize pack ON pack.sku_id = sku.id AND pack.code = asked.pack
"""


def require_packs(asked: Collection[tuple[str, str]]) -> dict[tuple[str, str], Decimal]:
    """What each pack contains, by SKU code and pack code. One statement. Raises UnknownPack."""
    parameters = {"skus": [sku for sku, _pack in asked], "packs": [pack for _sku, pack in asked]}
    found = {(sku, pack): contains for pack, sku, contains in sql.rows(CONTAINS, parameters)}
    unknown = sorted(f"{sku} {pack}" for sku, pack in set(asked) - found.keys())
    if unknown:
        raise UnknownPack(fields={"lines": unknown}, packs=", ".join(unknown[:10]))
    return found


def is_reference(key: str) -> bool:
    """Whether it is another system's key: ``source:code``."""
    return BETWEEN in key


REFERRED = """
SELECT asked.key, sku.code
FROM unnest(%(keys)s::text[]) AS asked (key)
JOIN products_externalreference reference
    ON reference.source = split_part(asked.key, ':', 1)
    AND reference.code = substr(asked.key, position(':' in asked.key) + 1)
JOIN products_sku sku ON sku.id = reference.sku_id
"""


def codes_of_references(keys: Iterable[str]) -> Mapping[str, str]:
    """The SKU code behind each ``source:code``; those that lead nowhere are left out.

    One statement, none without such a key.
    """
    wanted = sorted({key for key in keys if is_reference(key)})
    return dict(sql.rows(REFERRED, {"keys": wanted})) if wanted else {}
