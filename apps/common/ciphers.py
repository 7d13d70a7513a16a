"""New keys for what is kept as ciphertext: every table of ours that holds any, a page at a time.

A page is a transaction of its own and can be run again; what is under the newest key already is
stepped over. When nothing is left, the older keys may leave ``IDENTITY_KEYS``.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from apps.common import crypto, sql

SUFFIXES = ("_cipher", "ciphertext")
"""How a column that holds ciphertext is called."""

# Table and column are names of our own models.
OLDER = """
SELECT id, {column} FROM {table}
WHERE id > %(after)s AND {column} IS NOT NULL
    AND substring({column} FROM 1 FOR length(%(start)s::bytea)) <> %(start)s
ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE
"""
SEAL = """
UPDATE {table} sealed SET {column} = given.cipher
FROM unnest(%(ids)s::bigint[], %(ciphers)s::bytea[]) AS given (id, cipher)
WHERE sealed.id = given.id
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ciphertext."""

    table: str
    name: str


def columns() -> list[Column]:
    """Every column of our tables that holds ciphertext."""
    return [
        Column(model._meta.db_table, str(field.column))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.name.endswith(SUFFIXES)
    ]


def reencrypt_page(column: Column, *, after: int, limit: int) -> tuple[int, int | None]:
    """Put the next ``limit`` values under the newest key: how many, and the last row's id.

    Raises KeyError for a value under a key that we do not have, InvalidTag for one that was altered.
    """
    names = {"table": column.table, "column": column.name}
    start = crypto.newest_cipher()
    with transaction.atomic():
        found = sql.rows(OLDER.format(**names), {"after": after, "start": start, "limit": limit})
        ciphers = [crypto.seal(crypto.unseal(row[1])) for row in found]
        sql.rows(SEAL.format(**names), {"ids": [row[0] for row in found], "ciphers": ciphers})
    return len(found), found[-1][0] if found else None
