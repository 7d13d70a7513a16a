"""What the search of the catalogue looks in: filled for the products that are there, and indexed."""

import unicodedata
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models, transaction

Pinyin = Callable[[str], list[list[str]]]
PAGE = 1_000
VARIANTS_AT_MOST = 8

# Each character of a text and each two that stand together, but not over a space.
GRAMS = """
CREATE OR REPLACE FUNCTION products_grams(given text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(piece), '{}')
    FROM (
        SELECT one, lead(one) OVER (ORDER BY place) AS next
        FROM unnest(string_to_array(given, NULL)) WITH ORDINALITY AS said (one, place)
    ) pair
    CROSS JOIN LATERAL (VALUES (one), (one || next)) AS found (piece)
    WHERE position(' ' IN piece) = 0
$$
"""
DROP_GRAMS = "DROP FUNCTION products_grams(text)"
# Always by the index: to cut a text takes so long that no plan may do it row by row, as it would for
# pieces that most products have.
CALLED = """
CREATE OR REPLACE FUNCTION products_called(pieces text[], patterns text[], most bigint)
RETURNS SETOF bigint LANGUAGE sql STABLE PARALLEL SAFE ROWS 50
SET enable_seqscan = off SET enable_indexscan = off AS $$
    SELECT id FROM products_product
    WHERE products_grams(search_text) @> pieces AND search_text LIKE ALL (patterns) LIMIT most
$$
"""
DROP_CALLED = "DROP FUNCTION products_called(text[], text[], bigint)"
# As whoever else writes products locks them: by id.
PRODUCTS = """
SELECT id, name, name_en, brand FROM products_product
WHERE id > %s AND search_text = '' ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""
KEEP = """
UPDATE products_product product SET search_text = given.search_text
FROM unnest(%s::bigint[], %s::text[]) AS given (id, search_text) WHERE product.id = given.id
"""


def fill(apps: Any, schema_editor: Any) -> None:
    after = 0
    while after is not None:
        with transaction.atomic(using=schema_editor.connection.alias):
            after = fill_page(schema_editor.connection, after)


def fill_page(connection: Any, after: int) -> int | None:
    """The last id of a page of products that was filled; None behind the last page."""
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, [after, PAGE])
        found = cursor.fetchall()
        if not found:
            return None
        read = reader()
        texts = [search_text_of(read, *names) for _id, *names in found]
        cursor.execute(KEEP, [[row[0] for row in found], texts])
        return int(found[-1][0])


def reader() -> Pinyin:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - big, and a new database has no products

    return lambda text: pinyin(text, style=Style.NORMAL, heteronym=True, errors="ignore")


def search_text_of(read: Pinyin, name: str, name_en: str, brand: str) -> str:
    written = [joined(text) for text in (name, name_en, brand)]
    spoken = [said for text in (name, brand) for said in spoken_of(read(joined(text)))]
    return " ".join(dict.fromkeys(text for text in written + spoken if text))


def joined(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(unicodedata.normalize("NFKC", plain).split())


def spoken_of(readings: list[list[str]]) -> list[str]:
    initials = [""]
    for options in readings:
        letters = list(dict.fromkeys(reading[0] for reading in options))
        if len(initials) * len(letters) > VARIANTS_AT_MOST:
            letters = letters[:1]
        initials = [start + letter for start in initials for letter in letters]
    return ["".join(options[0] for options in readings), *initials]


class Migration(migrations.Migration):
    atomic = False  # the catalogue is sold from while it is filled and indexed

    dependencies: ClassVar = [("products", "0003_prices_over_time")]

    operations: ClassVar = [
        migrations.RunSQL(GRAMS, DROP_GRAMS),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="product",
            index=GinIndex(
                models.Func(models.F("search_text"), function="products_grams"),
                name="product_grams",
            ),
        ),
        migrations.RunSQL(CALLED, DROP_CALLED),
    ]
