"""Shapes of the catalogue."""

import msgspec

from apps.products import models


class Category(msgspec.Struct):
    """A node of the category tree."""

    code: str
    name: str
    name_en: str


class Sku(msgspec.Struct):
    """What is priced, stocked and sold. `base_price` is in minor units, null without a price."""

    code: str
    name: str
    name_en: str
    option: str
    brand: str
    unit: str
    is_active: bool
    category: Category
    barcodes: list[str]
    base_price: int | None


def sku(row: models.Sku) -> Sku:
    """One SKU with product, category, barcodes and ``base_price`` loaded."""
    product, category = row.product, row.product.category
    return Sku(
        code=row.code,
        name=product.name,
        name_en=product.name_en,
        option=row.option,
        brand=product.brand,
        unit=row.unit,
        is_active=row.is_active,
        category=Category(code=category.code, name=category.name, name_en=category.name_en),
        barcodes=sorted(barcode.code for barcode in row.barcodes.all()),
        base_price=row.base_price,  # type: ignore[attr-defined]  # annotated by skus_with_base_price
    )
