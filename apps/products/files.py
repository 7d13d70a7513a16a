"""Prices and SKUs as spreadsheets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.actor import Actor
from apps.common.money import MAX_AMOUNT, format_money
from apps.jobs.registry import Import
from apps.jobs.rules import CellKind, Column, Outcome, Refusal, Row, Verdict
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Category, PriceList, Sku
from apps.products.selectors import ProductState, SkuState
from apps.products.services import GivenPrice, GivenSku

Changes = dict[str, tuple[str, str]]
CODE_LENGTH = 32
NAME_LENGTH = 128
BARCODES_AT_MOST = 20


def _refused(*refusals: Refusal) -> Verdict:
    return Verdict(Outcome.ERROR, refusals=refusals)


def _faults_of(row: Row) -> list[Refusal]:
    return [Refusal(column, code, detail) for column, (code, detail) in row.faults.items()]


def _text(row: Row, column: str) -> str:
    return str(row.values.get(column) or "")


def _codes(rows: Sequence[Row], column: str) -> list[str]:
    return sorted({text for row in rows if (text := _text(row, column))})


def _judged(changes: Changes, *, known: object) -> Verdict:
    """``known`` is what there is already, if anything."""
    if known is None:
        return Verdict(Outcome.NEW, changes)
    return Verdict(Outcome.CHANGED if changes else Outcome.SAME, changes)


def _differing(pairs: Iterable[tuple[str, str, str]]) -> Changes:
    """Column, before, after."""
    return {column: (before, after) for column, before, after in pairs if before != after}


def _money(amount: int | None) -> str:
    return "" if amount is None else format_money(amount)


def _out_of_range(column: str, amount: int | None) -> list[Refusal]:
    if amount is None or 0 <= amount <= MAX_AMOUNT:
        return []
    detail = services.PriceOutOfRange().detail
    return [Refusal(column, services.PriceOutOfRange.code, detail)]


@dataclass(slots=True)
class _PricePage:
    """What is known about the prices that a page of rows names."""

    skus: set[str]
    lists: set[str]
    base: str
    amounts: Mapping[tuple[str, str], int]
    seen: set[tuple[str, str]] = field(default_factory=set)

    def judge(self, row: Row) -> Verdict:
        sku, price_list = _text(row, "sku"), _text(row, "price_list")
        amount = row.values.get("amount")
        refusals = _faults_of(row) + self._refusals(sku, price_list, amount)
        key = (sku, "" if price_list == self.base else price_list)
        if not refusals and key in self.seen:
            refusals.append(Refusal("sku", "duplicate_row", _("This row is in the file twice.")))
        if refusals or amount is None:
            return _refused(*refusals)
        self.seen.add(key)
        before = self.amounts.get((sku, price_list))
        changes = _differing([("amount", _money(before), _money(amount))])
        return _judged(changes, known=before)

    def _refusals(self, sku: str, price_list: str, amount: int | None) -> list[Refusal]:
        found = _out_of_range("amount", amount)
        if sku and sku not in self.skus:
            found.append(_no_sku(sku))
        if price_list and price_list not in self.lists:
            text = _("There is no price list %(code)s.") % {"code": price_list}
            found.append(Refusal("price_list", "unknown_price_list", text))
        return found


def _no_sku(code: str) -> Refusal:
    return Refusal("sku", "sku_not_found", _("There is no SKU %(code)s.") % {"code": code})


def check_prices(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """What setting these prices would do. Four statements."""
    skus, lists = _codes(rows, "sku"), _codes(rows, "price_list")
    page = _PricePage(
        products.known_codes(Sku, skus),
        products.known_codes(PriceList, lists),
        products.base_list_code(),
        products.prices_on_lists(skus, lists),
    )
    return [page.judge(row) for row in rows]


def apply_prices(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """Set the prices that are new or differ; what became of each row."""
    services.lock_prices_of(_codes(rows, "sku"))
    verdicts = check_prices(actor, rows)
    given = [
        GivenPrice(_text(row, "sku"), _text(row, "price_list"), row.values["amount"])
        for row in _to_write(rows, verdicts)
    ]
    services.set_prices(actor, given)
    return verdicts


def _to_write(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Row]:
    wanted = (Outcome.NEW, Outcome.CHANGED)
    return [row for row, one in zip(rows, verdicts, strict=True) if one.outcome in wanted]


@dataclass(slots=True)
class _SkuPage:
    """What is known about the SKUs that a page of rows names; ``names`` are those of categories."""

    skus: Mapping[str, SkuState]
    products: Mapping[str, ProductState]
    categories: set[str]
    owners: Mapping[str, str]
    may_price: bool
    promised: dict[str, ProductState] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    def judge(self, row: Row) -> tuple[Verdict, GivenSku | None]:
        given = self.wanted(row)
        refusals = _faults_of(row) + self._refusals(row, given)
        if refusals:
            return _refused(*refusals), None
        self.promised[given.product] = _product_in(given)
        self.taken |= dict.fromkeys(given.barcodes or (), given.code)
        return _judged(self._changes(row, given), known=self.skus.get(given.code)), given

    def wanted(self, row: Row) -> GivenSku:
        """What the row asks for; an empty cell leaves what there is."""
        code = _text(row, "sku")
        known = self.skus.get(code)
        product = _text(row, "product") or (known.product if known else code)
        kept = self._product(product)
        on_sale = row.values.get("on_sale")
        barcodes = tuple(sorted(set(_text(row, "barcodes").split())))
        return GivenSku(
            code=code,
            product=product,
            name=_text(row, "name") or (kept.name if kept else ""),
            name_en=_text(row, "name_en") or (kept.name_en if kept else ""),
            category=_text(row, "category") or (kept.category if kept else ""),
            unit=_text(row, "unit") or (known.unit if known else Sku.Unit.EACH.value),
            is_active=(known.is_active if known else True) if on_sale in (None, "") else on_sale,
            barcodes=barcodes or None,
        )

    def _product(self, code: str) -> ProductState | None:
        """As an earlier row of the page leaves it, else as it is."""
        return self.promised.get(code) or self.products.get(code)

    def _refusals(self, row: Row, given: GivenSku) -> list[Refusal]:
        price = row.values.get("base_price")
        return [
            *_out_of_range("base_price", price),
            *([] if price is None or self.may_price else [_no_right_to_price()]),
            *self._about_product(row, given),
            *self._about_barcodes(given),
        ]

    def _about_product(self, row: Row, given: GivenSku) -> list[Refusal]:
        found = []
        if not given.name and "name" not in row.faults:
            text = _("A new product needs a name.")
            found.append(Refusal("name", "name_wanted", text))
        if not given.category and "category" not in row.faults:
            text = _("A new product needs a category.")
            found.append(Refusal("category", "category_wanted", text))
        elif given.category and given.category not in self.categories:
            text = _("There is no category %(code)s.") % {"code": given.category}
            found.append(Refusal("category", "unknown_category", text))
        promised = self.promised.get(given.product)
        if promised is not None and promised != _product_in(given):
            text = _("Another row of the file gives product %(code)s otherwise.")
            found.append(Refusal("product", "product_differs", text % {"code": given.product}))
        return found

    def _about_barcodes(self, given: GivenSku) -> list[Refusal]:
        barcodes = given.barcodes or ()
        if len(barcodes) > BARCODES_AT_MOST or any(len(one) > CODE_LENGTH for one in barcodes):
            text = _("At most %(count)s barcodes of at most %(length)s characters.")
            limits = {"count": BARCODES_AT_MOST, "length": CODE_LENGTH}
            return [Refusal("barcodes", "barcodes_too_long", text % limits)]
        found = []
        for barcode in barcodes:
            owner = self.owners.get(barcode) or self.taken.get(barcode)
            if owner is not None and owner != given.code:
                text = _("Barcode %(barcode)s belongs to SKU %(sku)s.")
                detail = text % {"barcode": barcode, "sku": owner}
                found.append(Refusal("barcodes", "barcode_taken", detail))
        return found

    def _changes(self, row: Row, given: GivenSku) -> Changes:
        known, product = self.skus.get(given.code), self.products.get(given.product)
        price = row.values.get("base_price")
        before = known.base_price if known else None
        barcodes = known.barcodes if known else ()
        return _differing(
            [
                ("product", known.product if known else "", given.product),
                ("name", product.name if product else "", given.name),
                ("name_en", product.name_en if product else "", given.name_en),
                ("category", product.category if product else "", given.category),
                ("unit", _unit(known.unit) if known else "", _unit(given.unit)),
                ("on_sale", _yes(known.is_active) if known else "", _yes(given.is_active)),
                (
                    "barcodes",
                    " ".join(sorted(barcodes)),
                    " ".join(barcodes if given.barcodes is None else given.barcodes),
                ),
                ("base_price", _money(before), _money(before if price is None else price)),
            ]
        )


def _product_in(given: GivenSku) -> ProductState:
    return ProductState(given.product, given.name, given.name_en, given.category)


def _no_right_to_price() -> Refusal:
    return Refusal("base_price", "not_permitted", _("Your role does not allow this."))


def _unit(value: str) -> str:
    return str(Sku.Unit(value).label)


def _yes(value: object) -> str:
    return _("yes") if value else _("no")


def _sku_page(actor: Actor, rows: Sequence[Row]) -> _SkuPage:
    """Four statements."""
    skus = products.sku_states(_codes(rows, "sku"))
    named = {*_codes(rows, "sku"), *_codes(rows, "product")}
    named |= {state.product for state in skus.values()}
    kept = products.product_states(sorted(named))
    categories = {*_codes(rows, "category"), *(state.category for state in kept.values())}
    barcodes = {code for row in rows for code in _text(row, "barcodes").split()}
    return _SkuPage(
        skus,
        kept,
        products.known_codes(Category, sorted(categories)),
        products.owners_of_barcodes(sorted(barcodes)),
        actor.may("products.change_price"),
    )


def check_skus(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """What keeping these SKUs would do. Four statements."""
    page = _sku_page(actor, rows)
    return [page.judge(row)[0] for row in rows]


def apply_skus(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """Create the SKUs that are new and change those that differ; what became of each row."""
    skus = _codes(rows, "sku")
    services.lock_skus(skus, products=[*skus, *_codes(rows, "product")])
    page = _sku_page(actor, rows)
    judged = [page.judge(row) for row in rows]
    verdicts = [verdict for verdict, _given in judged]
    wanted = {row.number for row in _to_write(rows, verdicts)}
    given, prices = [], []
    for row, (_verdict, one) in zip(rows, judged, strict=True):
        if one is None or row.number not in wanted:
            continue
        given.append(one)
        amount = row.values.get("base_price")
        if amount is not None:
            prices.append(GivenPrice(one.code, "", amount))
    services.keep_skus(actor, given, prices=prices)
    return verdicts


def _code(name: str, label: Any, **more: Any) -> Column:
    return Column(name, label, CellKind.CODE, max_length=CODE_LENGTH, **more)


PRICES = Import(
    subject="products.prices",
    title=pgettext_lazy("import", "prices"),
    center="products",
    action="products.change_price",
    columns=(
        _code("sku", gettext_lazy("SKU code"), required=True, sample="TEA-250"),
        _code(
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
)
SKUS = Import(
    subject="products.skus",
    title=pgettext_lazy("import", "SKUs"),
    center="products",
    action="products.manage",
    columns=(
        _code("sku", gettext_lazy("SKU code"), required=True, sample="TEA-250"),
        _code(
            "product",
            gettext_lazy("product code"),
            note=gettext_lazy("Empty for a new SKU: a product of its own, with the same code."),
            sample="TEA",
        ),
        Column("name", gettext_lazy("product name"), max_length=NAME_LENGTH, sample="绿茶 250 克"),
        Column(
            "name_en",
            gettext_lazy("English name"),
            max_length=NAME_LENGTH,
            sample="Green tea 250 g",
        ),
        _code("category", gettext_lazy("category code"), sample="FOOD"),
        Column(
            "unit",
            gettext_lazy("unit"),
            CellKind.CHOICE,
            choices=tuple(Sku.Unit.choices),
            sample="each",
        ),
        Column(
            "barcodes",
            gettext_lazy("barcodes"),
            note=gettext_lazy("All of them, with spaces between. Empty: they stay as they are."),
            sample="6901234567892",
            max_length=BARCODES_AT_MOST * (CODE_LENGTH + 1),
        ),
        Column("on_sale", gettext_lazy("on sale"), CellKind.FLAG, sample="yes"),
        Column(
            "base_price",
            gettext_lazy("base price"),
            CellKind.AMOUNT,
            note=gettext_lazy("Tax included, at least 0. Empty: it stays as it is."),
            sample="19.90",
        ),
    ),
    key=("sku",),
    check=check_skus,
    apply=apply_skus,
)
IMPORTS = (PRICES, SKUS)
