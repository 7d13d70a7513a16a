"""Packs and bundles as plain values: how much goods a pack, a bundle or a line of an order is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Unprocessable

GOODS = "goods"
BUNDLE = "bundle"
VIRTUAL = "virtual"


class BundleComponentNotGoods(Unprocessable):
    code = "bundle_component_not_goods"
    message = _("A component is goods that lie in stock; these are not: %(skus)s.")


class BundleEmpty(Unprocessable):
    code = "bundle_empty"
    message = _("A bundle without components cannot be sold: %(skus)s.")


class ComponentFraction(Unprocessable):
    code = "component_fraction"
    message = _("These components come by the piece, in whole numbers: %(skus)s.")


@dataclass(frozen=True, slots=True)
class Component:
    """So much of a SKU in one bundle, in the SKU's unit."""

    sku_id: int
    sku: str
    unit: str
    quantity: Decimal

    @property
    def is_broken(self) -> bool:
        """Whether it is a fraction of something that comes by the piece."""
        return self.unit == "each" and self.quantity % 1 != 0


def in_base_units(packs: Decimal, contains: Decimal) -> Decimal:
    """How much goods so many packs are, in the SKU's unit."""
    return packs * contains


def require_recipe(components: Sequence[Component], *, bundle: str) -> None:
    """Raises BundleEmpty, ComponentFraction."""
    if not components:
        raise BundleEmpty(fields={"lines": [bundle]}, skus=bundle)
    broken = sorted(one.sku for one in components if one.is_broken)
    if broken:
        raise ComponentFraction(fields={"lines": broken}, skus=", ".join(broken[:10]))


def bundles_in(components: Iterable[Component], available: Mapping[int, Decimal]) -> Decimal:
    """How many whole bundles what is ``available`` by SKU id makes; 0 without components."""
    counts = [available.get(one.sku_id, Decimal(0)) / one.quantity for one in components]
    return max(min(counts, default=Decimal(0)), Decimal(0)).to_integral_value(ROUND_DOWN)
