"""The tree of categories, and what their products are described by."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from apps.accounts.actor import Actor
from apps.common import sql
from apps.products.models import Category, Product
from apps.products.product_rules import AttributeTerms


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """One category; ``path`` holds the ids from the root to it."""

    id: int
    code: str
    name: str
    name_en: str
    parent: str
    position: int
    path: tuple[int, ...]


def category_nodes() -> list[CategoryNode]:
    """The whole tree, each node before those below it, in the order of positions. One statement."""
    rows = Category.objects.order_by("position", "code").values_list(
        "id", "code", "name", "name_en", "parent__code", "position", "path"
    )
    nodes = [CategoryNode(*row[:4], row[4] or "", row[5], tuple(row[6])) for row in rows]
    place = {node.id: number for number, node in enumerate(nodes)}
    return sorted(nodes, key=lambda node: [place[one] for one in node.path])


def category_tree(actor: Actor) -> list[CategoryNode]:
    """The same for who may see products; the catalogue is the brand's."""
    return category_nodes() if actor.may("products.see") else []


def mark_of(nodes: Sequence[CategoryNode]) -> str:
    """What tells one arrangement of the tree from another."""
    told = [f"{node.code}\0{node.parent}\0{node.position}" for node in nodes]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def products_by_category(nodes: Sequence[CategoryNode]) -> Counter[int]:
    """Category id → number of products in it and below it. One statement."""
    own = dict(Product.objects.values_list("category").annotate(Count("pk")))
    found: Counter[int] = Counter()
    for node in nodes:
        for above in node.path:
            found[above] += own.get(node.id, 0)
    return found


@dataclass(frozen=True, slots=True)
class NamedAttribute:
    """An attribute as the products of a category have it."""

    terms: AttributeTerms
    name: str
    name_en: str
    unit: str
    choices: Sequence[dict[str, Any]]


ATTRIBUTES = """
SELECT category.id, attribute.code, attribute.type, attribute.name, attribute.name_en,
    attribute.unit, attribute.choices::text, bool_or(given.required)
FROM products_category category
JOIN products_categoryattribute given ON given.category_id = ANY(category.path)
JOIN products_category above ON above.id = given.category_id
JOIN products_attribute attribute ON attribute.id = given.attribute_id
WHERE category.id = ANY(%(categories)s)
GROUP BY category.id, attribute.id
ORDER BY category.id, min(cardinality(above.path)), min(given.position), attribute.code
"""


def attributes_by_category(ids: Iterable[int]) -> dict[int, list[NamedAttribute]]:
    """What products of these categories have: first what comes from above. One statement."""
    wanted = set(ids)
    found: dict[int, list[NamedAttribute]] = {one: [] for one in wanted}
    for category, *row in sql.rows(ATTRIBUTES, {"categories": sorted(wanted)}):
        found[category].append(_named(*row))
    return found


def attributes_of(category_id: int) -> list[NamedAttribute]:
    """The same of one category."""
    return attributes_by_category([category_id])[category_id]


def _named(code: str, kind: str, name: str, name_en: str, unit: str, *rest: Any) -> NamedAttribute:
    choices, required = json.loads(rest[0]), rest[1]
    terms = AttributeTerms(code, kind, frozenset(one["code"] for one in choices), required)
    return NamedAttribute(terms, name, name_en, unit, choices)
