"""Shapes of the catalogue as a till keeps it: changes of SKUs, and the price lists that rank them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from apps.products import models
from apps.products.rules import SCOPES
from apps.products.selectors import feed


class PriceFrom(msgspec.Struct):
    """A unit price in minor units, tax included, from `starts_at` on until the next one of the same
    list; null takes the SKU off it."""

    starts_at: datetime
    amount: int | None


class ListPriceFrom(PriceFrom):
    """The same on a list other than the base list."""

    price_list: str


class TaxRateFrom(msgspec.Struct):
    """A tax rate in basis points (1300 is 13 %) from a day on."""

    starts_on: date
    basis_points: int


class CatalogueSku(msgspec.Struct):
    """A SKU on sale. `base_price` and `tax_basis_points` hold now, what is `coming` from its own
    instant on; `prices` are those of all other lists, the present one of each and those to come."""

    product: str
    name: str
    name_en: str
    option: str
    unit: str
    kind: str
    category: str
    barcodes: Sequence[str]
    tax_basis_points: int
    tax_rates_coming: list[TaxRateFrom]
    base_price: int | None
    base_prices_coming: list[PriceFrom]
    prices: list[ListPriceFrom]


class CatalogueChange(msgspec.Struct):
    """A SKU that changed. `gone`: it is not sold any more, or not yet; then there is no `now`."""

    sku: str
    gone: bool
    now: CatalogueSku | msgspec.UnsetType = msgspec.UNSET


class CatalogueChanges(msgspec.Struct):
    """A page of changes, the oldest first. When `next` is null, keep `token`: it is the
    `updated_since` of the next reading."""

    results: list[CatalogueChange]
    next: str | None
    token: str


class PriceListScope(msgspec.Struct):
    """For whom a list is, by code; null does not narrow it."""

    store: str | None
    region: str | None
    channel: str | None
    tier: str | None
    segment: str | None


class PriceList(msgspec.Struct):
    """A released price list. It holds from `starts_at` until before `ends_at`; null is unbounded."""

    code: str
    name: str
    name_en: str
    is_base: bool
    priority: int
    min_quantity: Decimal
    scope: PriceListScope
    starts_at: datetime | None
    ends_at: datetime | None


def change(one: feed.FeedChange, at: datetime, today: date) -> CatalogueChange:
    """A change as the API shows it at an instant, and on its business day."""
    if one.now is None:
        return CatalogueChange(sku=one.code, gone=True)
    return CatalogueChange(sku=one.code, gone=False, now=_sku(one.now, at, today))


def _sku(sku: feed.FeedSku, at: datetime, today: date) -> CatalogueSku:
    taxes = [rate.basis_points for rate in sku.taxes if rate.starts_on <= today]
    bases = [price.amount for price in sku.base_prices if price.starts_at <= at]
    return CatalogueSku(
        product=sku.product,
        name=sku.name,
        name_en=sku.name_en,
        option=sku.option,
        unit=sku.unit,
        kind=sku.kind,
        category=sku.category,
        barcodes=sku.barcodes,
        tax_basis_points=taxes[-1] if taxes else 0,
        tax_rates_coming=[
            TaxRateFrom(rate.starts_on, rate.basis_points)
            for rate in sku.taxes
            if rate.starts_on > today
        ],
        base_price=bases[-1] if bases else None,
        base_prices_coming=[
            PriceFrom(price.starts_at, price.amount)
            for price in sku.base_prices
            if price.starts_at > at
        ],
        prices=[
            ListPriceFrom(price.starts_at, price.amount, price.price_list)
            for price in sku.list_prices
        ],
    )


def price_list(row: models.PriceList) -> PriceList:
    """One list with what it is narrowed to loaded."""
    named = {kind: getattr(row, kind) for kind in SCOPES}
    return PriceList(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        is_base=row.is_base,
        priority=row.priority,
        min_quantity=row.min_quantity,
        scope=PriceListScope(**{kind: one.code if one else None for kind, one in named.items()}),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
