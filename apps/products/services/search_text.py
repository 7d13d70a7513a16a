"""Products are written together with what the search compares."""

from collections.abc import Sequence

from apps.common import sql
from apps.products.models import Product
from apps.products.search_text import search_text_of

BRANDS = """
SELECT code, brand FROM products_product
WHERE code = ANY(%(products)s) ORDER BY id FOR NO KEY UPDATE
"""


def save_product(product: Product) -> None:
    """Save ``product``, new or changed, so that it is found by its names and brand."""
    product.search_text = search_text_of(product.name, product.name_en, product.brand)
    product.save()


def lock_brands(codes: Sequence[str]) -> dict[str, str]:
    """Code → brand of those products that exist, which stay as they are until the transaction ends."""
    return dict(sql.rows(BRANDS, {"products": list(codes)}))
