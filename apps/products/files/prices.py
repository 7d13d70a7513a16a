"""Prices as a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.actor import Actor
from apps.common import clock
from apps.jobs.registry import Import, Pass
from apps.jobs.rules import CellKind, Column, Refusal, Row, Verdict
from apps.products import selectors as products
from apps.products import services
from apps.products.files.judging import (
    code_column,
    codes_of,
    differing,
    faults_of,
    judged,
    money,
    out_of_range,
    refused,
    text_of,
    to_write,
)
from apps.products.models import PriceList, Sku
from apps.products.services import GivenPrice


class PricePass(Pass):
    """Prices of the base list are given with its code or without one: the row is the same."""

    _base: str | None = None

    def key_of(self, row: Row) -> Sequence[Any]:
        if self._base is None:
            self._base = products.base_list_code()
        price_list = text_of(row, "price_list")
        return [text_of(row, "sku"), "" if price_list == self._base else price_list]


@dataclass(slots=True)
class _PricePage:
    """What is known about the prices that a page of rows names."""

    skus: set[str]
    lists: set[str]
    amounts: Mapping[tuple[str, str], int]

    def judge(self, row: Row) -> Verdict:
        sku, price_list = text_of(row, "sku"), text_of(row, "price_list")
        amount = row.values.get("amount")
        refusals = faults_of(row) + self._refusals(sku, price_list, amount)
        if refusals or amount is None:
            return refused(*refusals)
        before = self.amounts.get((sku, price_list))
        changes = differing([("amount", money(before), money(amount))])
        return judged(changes, known=before)

    def _refusals(self, sku: str, price_list: str, amount: int | None) -> list[Refusal]:
        found = out_of_range("amount", amount)
        if sku and sku not in self.skus:
            found.append(_no_sku(sku))
        if price_list and price_list not in self.lists:
            text = _("There is no price list %(code)s.") % {"code": price_list}
            found.append(Refusal("price_list", "unknown_price_list", text))
        return found


def _no_sku(code: str) -> Refusal:
    return Refusal("sku", "sku_not_found", _("There is no SKU %(code)s.") % {"code": code})


def check_prices(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """What setting these prices would do. Three statements. Raises PriceInThePast."""
    now, begins = clock.now(), _begins(rows)
    if begins is not None and begins < now:
        raise services.PriceInThePast(fields={"starts_at": clock.rfc3339(begins)})
    skus, lists = codes_of(rows, "sku"), codes_of(rows, "price_list")
    page = _PricePage(
        products.known_codes(Sku, skus),
        products.known_codes(PriceList, lists),
        products.prices_on_lists(skus, lists, at=begins or now),
    )
    return [page.judge(row) for row in rows]


def apply_prices(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """Set the prices that are new or differ; what became of each row."""
    services.lock_prices_of(codes_of(rows, "sku"))
    verdicts = check_prices(actor, rows)
    given = [
        GivenPrice(text_of(row, "sku"), text_of(row, "price_list"), row.values["amount"])
        for row in to_write(rows, verdicts)
    ]
    services.set_prices(actor, given, starts_at=_begins(rows))
    return verdicts


def _begins(rows: Sequence[Row]) -> datetime | None:
    """From when on the prices of one call hold, None for now. No column of a file says it."""
    found: datetime | None = rows[0].values.get("starts_at") if rows else None
    return found


PRICES = Import(
    subject="products.prices",
    title=pgettext_lazy("import", "prices"),
    action="products.change_price",
    columns=(
        code_column("sku", gettext_lazy("SKU code"), required=True, sample="TEA-250"),
        code_column(
            "price_list",
            gettext_lazy("price list code"),
            note=gettext_lazy("Empty: the base price."),
        ),
        Column(
            "amount",
            gettext_lazy("unit price"),
            CellKind.AMOUNT,
            required=True,
            note=gettext_lazy("Tax included, at least 0."),
            sample="19.90",
        ),
    ),
    key=("sku", "price_list"),
    check=check_prices,
    apply=apply_prices,
    through=PricePass,
)
