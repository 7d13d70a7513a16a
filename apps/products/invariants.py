"""Lines of ``manage.py prove`` about the catalogue."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from apps.common import sql
from apps.common.invariants import Invariant, Walk
from apps.products.search_text import search_text_of

PAGE = 5_000
PRODUCTS = """
SELECT id, code, search_text, name, name_en, brand FROM products_product
WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
"""


def search_text_rows() -> Iterator[tuple[bool, str]]:
    """Whether the search looks in what a product is called now."""
    after = 0
    while found := sql.rows(PRODUCTS, {"after": after, "limit": PAGE}):
        for _id, code, kept, *names in found:
            yield kept == search_text_of(*names), code
        after = found[-1][0]


INVARIANTS: tuple[Invariant | Walk, ...] = (
    Walk(
        "products.search_text",
        _("Every product is found by its names, its brand and their pinyin"),
        search_text_rows,
    ),
)
