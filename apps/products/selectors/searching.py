"""The catalogue searched by what a person types: names, brand, pinyin, initials, codes.

What is found is told first, by index, up to a few thousand codes: a list that is ordered by code takes
its page from them straight away. Where more is found, to sort it all for the sake of a page would be
slow: the list is walked in its own order, since every few of its rows is one that was asked for.
"""

import re
import unicodedata
from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Func, Q, QuerySet, TextField, Value

from apps.common import sql
from apps.products.models import Product, Sku
from apps.products.search_text import pieces_of, words_of
from apps.products.selectors.catalogue import with_key

FEW = 3_000
WILDCARDS = re.compile(r"[\\%_]")
BY_ITSELF = r"\\\g<0>"
Row = TypeVar("Row", Product, Sku)

CALLED_SKUS = """
SELECT sku.code
FROM products_called(%(pieces)s::text[], %(patterns)s::text[], %(most)s) AS called (id)
LEFT JOIN products_sku sku ON sku.product_id = called.id
LIMIT %(most)s
"""
CALLED_PRODUCTS = """
SELECT product.code
FROM products_called(%(pieces)s::text[], %(patterns)s::text[], %(most)s) AS called (id)
JOIN products_product product ON product.id = called.id
"""


def search(skus: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    """SKUs by the beginning of their code, by exact barcode, or whose product has every word of
    ``text`` in a name, its brand, its pinyin or its initials. None for an empty or endless ``text``.

    Two statements, before the one that reads the rows.
    """
    words = words_of(text)
    if not words:
        return skus.none()
    key = _key(text)
    keyed = with_key(Sku.objects.all(), key).values_list("code", flat=True)
    told = list(keyed.union(_coded(Sku.objects.all(), key), all=True))
    called = _called(CALLED_SKUS, words)
    return skus.filter(_among(told, key, called, _contains("product__", words)))


def search_products(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Products by the beginning of their code or by words, as ``search``. Two statements before."""
    words = words_of(text)
    if not words:
        return products.none()
    key = _key(text)
    told = list(_coded(Product.objects.all(), key))
    called = _called(CALLED_PRODUCTS, words)
    return products.filter(_among(told, key, called, _contains("", words)))


def _key(text: str) -> str:
    """As codes are written: a Chinese keyboard makes full-width letters and digits."""
    return unicodedata.normalize("NFKC", text).replace("\0", "").strip()


def _begins(key: str) -> Q:
    return Q(code__startswith=key) | Q(code__startswith=key.upper())


def _coded(rows: QuerySet[Row], key: str) -> QuerySet[Row, str]:
    """Codes that begin with ``key``, one more than FEW at most."""
    return rows.filter(_begins(key)).values_list("code", flat=True)[: FEW + 1]


def _called(statement: str, words: tuple[str, ...]) -> list[str | None]:
    """Codes of what is called so, one more than FEW at most; None for a product without SKUs."""
    pieces = dict.fromkeys(piece for word in words for piece in pieces_of(word))
    patterns = [f"%{WILDCARDS.sub(BY_ITSELF, word)}%" for word in words]
    asked = {"pieces": list(pieces), "patterns": patterns, "most": FEW + 1}
    return [row[0] for row in sql.rows(statement, asked)]


def _contains(path: str, words: tuple[str, ...]) -> Q:
    return Q(*(Q((f"{path}search_text__contains", word)) for word in words))


def _among(told: list[str], key: str, called: list[str | None], contains: Q) -> Q:
    """By their codes those that are few; those that are not by what makes them wanted."""
    wanted = Q()
    codes = set(told)
    if len(told) > FEW:
        wanted |= _begins(key)
        codes = {code for code in told if not code.startswith((key, key.upper()))}
    if len(called) > FEW:
        wanted |= contains
    else:
        codes.update(code for code in called if code is not None)
    return wanted | Q(_has_code(sorted(codes)))


def _has_code(codes: list[str]) -> Func:
    """``code = ANY(codes)``: one parameter, where ``__in`` would make one of each code."""
    return Func(
        "code",
        Value(codes, output_field=ArrayField(TextField())),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
