"""Products as people read them, and their SKUs by option."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.products import product_rules as rules
from apps.products.models import Product, ProductOption, Sku


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One combination of values, and the SKU that is made of it, if there is one."""

    values: tuple[str, ...]
    sku: Sku | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The options of a product with their values, and a line for each combination.

    ``others`` are SKUs that are none of the combinations.
    """

    options: Sequence[ProductOption]
    lines: Sequence[MatrixLine]
    others: Sequence[Sku]


def products_visible_to(actor: Actor) -> QuerySet[Product]:
    """The catalogue is the brand's: every actor who may see products sees all of it."""
    return Product.objects.all() if actor.may("products.see") else Product.objects.none()


def matrix_of(product: Product) -> Matrix:
    """Three statements, for any number of options and SKUs."""
    options = list(product.options.order_by("position").prefetch_related("values"))
    values = [sorted(one.values.all(), key=lambda value: value.position) for one in options]
    skus = list(product.skus.order_by("code"))
    by_option = {sku.option: sku for sku in skus if sku.option}
    lines = []
    for combination in rules.combinations([[value.code for value in one] for one in values]):
        made = by_option.pop(rules.BETWEEN_VALUES.join(combination), None)
        lines.append(MatrixLine(combination, made))
    in_lines = {line.sku.pk for line in lines if line.sku}
    return Matrix(options, lines, [sku for sku in skus if sku.pk not in in_lines])
