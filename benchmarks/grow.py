"""Multiply the demonstration data to a stated scale, seeded and set-based.

    uv run python -m benchmarks.grow --copies 5 --members 1000000 [--seed 7]

Each copy clones every store of the base data with its orders, payments, points, stock and
movements, and every member who shops there, so the skew of the real year (SKUs, hours, basket
sizes, store sizes) stays as it is. A copy's ids are the base ids moved by a fixed span; its
business keys carry the prefix ``G<copy>-``. ``--members`` adds members without orders (prospects).
Each copy is one transaction. ``manage.py prove`` is clean afterwards.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.common.runtime import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

STORE_LOCATIONS = (
    "(SELECT id FROM inventory_location WHERE kind = 'store' AND id <= {max_location})"
)
CHUNK = 20_000


@dataclass(frozen=True)
class Clone:
    """How one table is copied: columns that point at cloned rows, and keys that need a prefix."""

    table: str
    points_at: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    where: str = "true"


CLONES = (
    Clone("org_store", keys=("code",)),
    Clone("org_tenure", {"store_id": "org_store"}),
    Clone("inventory_location", {"store_id": "org_store"}, ("code",), where="kind = 'store'"),
    Clone(
        "orders_order",
        {"store_id": "org_store", "member_id": "members_member"},
        ("number", "source_key"),
    ),
    Clone("orders_orderline", {"order_id": "orders_order"}),
    Clone("orders_lineadjustment", {"line_id": "orders_orderline"}),
    Clone("orders_orderevent", {"order_id": "orders_order"}),
    Clone("payments_payment", {"order_id": "orders_order", "store_id": "org_store"}, ("number",)),
    Clone("payments_tender", {"payment_id": "payments_payment"}),
    Clone("payments_paymentevent", {"payment_id": "payments_payment"}, ("provider_ref",)),
    Clone(
        "loyalty_pointsentry",
        {"order_id": "orders_order", "store_id": "org_store", "member_id": "members_member"},
        where="kind = 'earn'",
    ),
    Clone("loyalty_pointslot", {"entry_id": "loyalty_pointsentry", "member_id": "members_member"}),
    Clone("loyalty_pointsaccount", {"member_id": "members_member"}),
    Clone("inventory_stock", locations=("location_id",)),
    Clone("inventory_reservation", {"order_id": "orders_order"}, locations=("location_id",)),
    Clone(
        "inventory_movement",
        {"order_id": "orders_order", "store_id": "org_store"},
        ("reference",),
        ("from_location_id", "to_location_id"),
    ),
)


class Grower:
    """One run: the spans of the base data, and the number of rows written."""

    def __init__(self, cursor: Any, seed: int) -> None:
        self.cursor = cursor
        self.dice = random.Random(seed)
        tables = ["members_member", "members_identity", *(clone.table for clone in CLONES)]
        self.span = {
            table: self._one(f"SELECT coalesce(max(id), 0) FROM {table}") for table in tables
        }
        self.columns = {clone.table: self._columns(clone.table) for clone in CLONES}
        self.base_members = self._all("SELECT id FROM members_member ORDER BY id")
        numbers = self._all("SELECT number FROM members_member")
        self.taken = {int(number[:-1]) for (number,) in numbers}
        self.rows = 0

    def copy(self, number: int) -> None:
        """Write copy ``number`` (1, 2, …) of the base data."""
        self._members(number)
        for clone in CLONES:
            self._run(self._statement(clone, number))
        for table in self.span:
            self._run(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )

    def prospects(self, count: int) -> None:
        """Members with a phone and no order, spread over the stores."""
        stores = [row[0] for row in self._all("SELECT id FROM org_store ORDER BY id")]
        first = self._one("SELECT max(id) FROM members_member") + 1
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            people = [
                (first + start + n, self._member_number(), self.dice.choice(stores))
                for n in range(size)
            ]
            self._copy_members(people)
            self._copy_identities(
                (person[0], "phone", f"+86198{person[0]:08}") for person in people
            )
        for table in ("members_member", "members_identity"):
            self._run(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )

    def _members(self, number: int) -> None:
        shift, stores = number * self.span["members_member"], number * self.span["org_store"]
        self._run(
            "CREATE TEMP TABLE new_number (id bigint PRIMARY KEY, number text) ON COMMIT DROP"
        )
        with self.cursor.copy("COPY new_number FROM STDIN") as copy:
            for (member_id,) in self.base_members:
                copy.write_row((member_id, self._member_number()))
        self._run(
            f"""
            INSERT INTO members_member (id, number, status, name_cipher, name_index, home_store_id,
                enrolled_at)
            SELECT id + {shift}, new_number.number, status, name_cipher, name_index,
                home_store_id + {stores}, enrolled_at
            FROM members_member JOIN new_number USING (id)
            """
        )
        self._copy_identities(
            (row[0] + shift, "card", f"G{number}-{row[0]}") for row in self.base_members
        )

    def _copy_members(self, people: list[tuple[int, str, int]]) -> None:
        columns = "id, number, status, home_store_id, enrolled_at"
        with self.cursor.copy(f"COPY members_member ({columns}) FROM STDIN") as copy:
            for member_id, number, store_id in people:
                copy.write_row((member_id, number, "active", store_id, "2026-01-01 00:00+08"))
        self.rows += len(people)

    def _copy_identities(self, identities: Iterator[tuple[int, str, str]]) -> None:
        columns = "id, member_id, kind, value_cipher, tail_index, created_at"
        first = self._one("SELECT coalesce(max(id), 0) FROM members_identity") + 1
        indexes = []
        with self.cursor.copy(f"COPY members_identity ({columns}) FROM STDIN") as copy:
            for key, (member_id, kind, value) in enumerate(identities, first):
                tail = crypto.blind_index("phone_last4", value[-4:]) if kind == "phone" else None
                sealed = crypto.encrypt(value), tail
                copy.write_row((key, member_id, kind, *sealed, "2026-01-01 00:00+08"))
                indexes.append((key, crypto.blind_index(kind, value)))
        with self.cursor.copy("COPY members_identityindex (identity_id, value) FROM STDIN") as copy:
            for row in indexes:
                copy.write_row(row)
        self.rows += 2 * len(indexes)

    def _member_number(self) -> str:
        """One that nobody has; among a million drawn at random some would meet."""
        while (drawn := self.dice.randrange(10**10, 10**11)) in self.taken:
            pass
        self.taken.add(drawn)
        return f"{drawn}{keys.luhn_digit(str(drawn))}"

    def _statement(self, clone: Clone, number: int) -> str:
        columns = self.columns[clone.table]
        values = ", ".join(self._value(clone, column, number) for column in columns)
        return (
            f"INSERT INTO {clone.table} ({', '.join(columns)}) SELECT {values} FROM {clone.table} "
            f"WHERE {clone.where} AND id <= {self.span[clone.table]}"
        )

    def _value(self, clone: Clone, column: str, number: int) -> str:
        if column == "id":
            return f"id + {number * self.span[clone.table]}"
        if column in clone.points_at:
            return f"{column} + {number * self.span[clone.points_at[column]]}"
        if column in clone.locations:
            span = number * self.span["inventory_location"]
            ours = STORE_LOCATIONS.format(max_location=self.span["inventory_location"])
            return f"CASE WHEN {column} IN {ours} THEN {column} + {span} ELSE {column} END"
        if column in clone.keys:
            return f"CASE WHEN {column} = '' THEN '' ELSE 'G{number}-' || {column} END"
        if (clone.table, column) == ("loyalty_pointsentry", "reference"):
            return f"'order:G{number}-' || substr(reference, 7)"
        return column

    def _columns(self, table: str) -> list[str]:
        found = self._all(
            f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"
        )
        return [row[0] for row in found]

    def _run(self, statement: str) -> None:
        self.cursor.execute(statement)
        if statement.lstrip().startswith("INSERT"):
            self.rows += self.cursor.rowcount

    def _all(self, statement: str) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement)
        return list(self.cursor.fetchall())

    def _one(self, statement: str) -> int:
        return int(self._all(statement)[0][0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--members", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    began = time.perf_counter()
    with connection.cursor() as wrapped:
        grower = Grower(wrapped.cursor, options.seed)
        for number in range(1, options.copies + 1):
            with transaction.atomic():
                grower.copy(number)
            print(
                f"copy {number}: {grower.rows:,} rows, {grower.rows / (time.perf_counter() - began):,.0f} rows/s"
            )
        if options.members:
            with transaction.atomic():
                grower.prospects(options.members)
        wrapped.execute("ANALYZE")
    took = time.perf_counter() - began
    print(f"{grower.rows:,} rows in {took:.1f} s: {grower.rows / took:,.0f} rows/s")


if __name__ == "__main__":
    with embedded.database_for(["grow", *sys.argv[1:]]):
        import django

        django.setup()
        from django.db import connection, transaction

        from apps.common import crypto, keys

        main()
