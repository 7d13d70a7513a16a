"""What bundles are made of."""

import json
from decimal import Decimal

from apps.products import packing
from apps.products.models import BundleComponent

RECIPE = """
    CASE WHEN sku.kind = 'bundle' THEN (
        SELECT jsonb_agg(jsonb_build_array(inside.id, inside.code, inside.unit, part.quantity::text)
            ORDER BY inside.id)
        FROM products_bundlecomponent part
        JOIN products_sku inside ON inside.id = part.component_id
        WHERE part.bundle_id = sku.id) END
"""
"""What the bundle ``sku`` is made of, as a column; null for anything else."""


def components_in(recipe: str | None) -> tuple[packing.Component, ...]:
    """A column of ``RECIPE``, JSON as it comes, as plain values by SKU id."""
    return tuple(
        packing.Component(sku_id, code, unit, Decimal(quantity))
        for sku_id, code, unit, quantity in json.loads(recipe or "[]")
    )


def recipe_of(bundle_id: int) -> tuple[packing.Component, ...]:
    """What a bundle is made of today, by SKU id. One statement."""
    rows = BundleComponent.objects.filter(bundle=bundle_id).order_by("component")
    found = rows.values_list("component", "component__code", "component__unit", "quantity")
    return tuple(packing.Component(*one) for one in found)
