"""Values of rows that only some callers may see; in an answer to anybody else they are a leak.

They are read from the rows themselves: every text of a row of one side that stands in no row of the
other, and so belongs to that side alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Model

from tests.access.world import PHONES, Caller, World

SHORTEST = 6
"""A shorter text may stand in a random number or a token by accident."""
BRAND = frozenset(
    f"products.{name}"
    for name in (
        *("sku", "product", "category", "pricelist", "audience", "barcode", "price"),
        *("priceguard", "taxclass", "taxrate", "pricelist released", "price waiting"),
        *("weighedprefix", "attribute", "product draft", "product review", "product retired"),
    )
) | {"org.channel", "org.storegroup"}
"""Rows of the brand, the same for every caller."""
OWN_ACTION = {
    "members.identity": "members.see",
    "members.member.masked_name": "members.see",
    "accounts.accesscase.actor_label": "privacy.see",
    "accounts.apiclient.name": "clients.see",
    "accounts.personaldataaccess.reason": "privacy.see",
    "accounts.auditline.reason": "audit.see",
    "common.bucket.name": "platform.see",
    "common.heartbeat.name": "platform.see",
    "common.idempotencyrecord.key": "platform.see",
    "common.spentvalue.name": "platform.see",
    "demo.demoload.source": "platform.see",
    "products.supplier.code": "products.see_cost",
    "products.supplier.name": "products.see_cost",
    "products.supplier.name_en": "products.see_cost",
    "products.suppliercost.reason": "products.see_cost",
    "products.undercutcode.code": "products.change_price",
}
"""Rows and fields that take an action of their own."""
SIDELESS = frozenset(
    {
        "accounts.accesscase",
        "accounts.auditseal",
        "accounts.personaldataaccess",
        "accounts.apiclient",
        "accounts.auditline",
        "common.bucket",
        "common.heartbeat",
        "common.idempotencyrecord",
        "common.spentvalue",
        "demo.demoload",
        "products.supplier",
        "products.suppliercost",
        "products.suppliercost waiting",
        "products.undercutcode",
    }
)
"""Rows without a side: all or none, by the action. Only the fields named above are theirs alone."""


@dataclass(frozen=True)
class Canary:
    """``text`` is for callers of ``sides`` who hold ``action``; "" asks nothing."""

    text: str
    sides: str
    action: str = ""

    def may_be_shown(self, caller: Caller, sides: str) -> bool:
        """``sides`` are those of the caller, and those that this answer may show besides."""
        held = not self.action or self.action in caller.actions
        return held and (not self.sides or bool(set(self.sides) & set(sides)))


def canaries_of(world: World) -> list[Canary]:
    """Every canary of the world; and what no answer may ever show: the unmasked phones."""
    found = [Canary(phone, "nobody") for phone in PHONES.values()]
    for label, pair in world.rows.items():
        if label not in BRAND:
            found += _of_pair(label, pair)
    return sorted(set(found), key=lambda one: one.text)


def _of_pair(label: str, pair: dict[str, Model]) -> Iterator[Canary]:
    texts = {side: dict(_texts(row)) for side, row in pair.items()}
    common = texts["A"].keys() & texts["B"].keys()
    for side in "AB":
        for text, name in texts[side].items():
            if text not in common:
                action = OWN_ACTION.get(label, OWN_ACTION.get(f"{label}.{name}", ""))
                if label not in SIDELESS:
                    yield Canary(text, side, action)
                elif action:
                    yield Canary(text, "", action)


def _texts(row: Model) -> Iterator[tuple[str, str]]:
    fields: list[Any] = [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]
    names = [field.name for field in fields if "hash" not in field.name]
    for name in (*names, "masked_name", "masked_value"):
        value = getattr(row, name, None)
        if isinstance(value, str) and len(value) >= SHORTEST and name != "password":
            yield value, name


def leaks(text: str, canaries: list[Canary], caller: Caller, *, sides: str, said: str) -> list[str]:
    """The canaries in ``text`` that ``caller`` may not see, but for what they ``said`` themselves."""
    return [
        canary.text
        for canary in canaries
        if canary.text in text
        and canary.text not in said
        and not canary.may_be_shown(caller, sides)
    ]
