"""SKUs as a spreadsheet, with their products, barcodes and base prices."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.accounts.actor import Actor
from apps.common.errors import DomainError
from apps.jobs.registry import Import, Pass
from apps.jobs.rules import CellKind, Column, Refusal, Row, Verdict
from apps.products import selectors as products
from apps.products import services
from apps.products.barcodes import BarcodeTaken, Format, as_kept, judge
from apps.products.files.judging import (
    CODE_LENGTH,
    Changes,
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
from apps.products.models import Category, Sku
from apps.products.selectors import ProductState, SkuState
from apps.products.services import GivenPrice, GivenSku

NAME_LENGTH = 128
BARCODES_AT_MOST = 20


@dataclass(slots=True)
class Earlier:
    """What rows of the file leave behind for those after them: compact, for 200,000 rows."""

    products: dict[str, bytes] = field(default_factory=dict)
    """Code → the product as the row leaves it, packed."""
    owners: dict[str, str] = field(default_factory=dict)
    """Barcode → the SKU that has it then; "" where it is given up."""

    def product(self, code: str) -> ProductState | None:
        packed = self.products.get(code)
        return None if packed is None else ProductState(*packed.decode().split(_BETWEEN))

    def promise(self, product: ProductState) -> None:
        words = (product.code, product.name, product.name_en, product.category)
        self.products[product.code] = _BETWEEN.join(words).encode()

    def add(self, later: "Earlier") -> None:
        self.products |= later.products
        self.owners |= later.owners


_BETWEEN = "\x00"
"""Stands in no text of a file: the database takes none with it."""


@dataclass(slots=True)
class _SkuPage:
    """What is known about the SKUs that a page of rows names; ``categories`` are codes.

    ``before`` is what the pages before leave behind, ``earlier`` what the rows of this one do.
    """

    skus: Mapping[str, SkuState]
    products: Mapping[str, ProductState]
    categories: set[str]
    owners: Mapping[str, str]
    may_price: bool
    before: Earlier
    formats: Sequence[Format] = ()
    earlier: Earlier = field(default_factory=Earlier)

    def judge(self, row: Row) -> tuple[Verdict, GivenSku | None]:
        given = self.wanted(row)
        refusals = faults_of(row) + self._refusals(row, given)
        if refusals:
            return refused(*refusals), None
        verdict = judged(self._changes(row, given), known=self.skus.get(given.code))
        self._leave(given)
        return verdict, given

    def _leave(self, given: GivenSku) -> None:
        """A row that is good counts for those after it."""
        self.earlier.promise(_product_in(given))
        known = self.skus.get(given.code)
        if given.barcodes is not None:
            self.earlier.owners |= dict.fromkeys(known.barcodes if known else (), "")
            self.earlier.owners |= dict.fromkeys(given.barcodes, given.code)

    def wanted(self, row: Row) -> GivenSku:
        """What the row asks for; an empty cell leaves what there is."""
        code = text_of(row, "sku")
        known = self.skus.get(code)
        product = text_of(row, "product") or (known.product if known else code)
        kept = self._product(product)
        on_sale = row.values.get("on_sale")
        had = known.barcodes if known else ()
        told = {self._kept(one, had) for one in text_of(row, "barcodes").split()}
        barcodes = tuple(sorted(told))
        return GivenSku(
            code=code,
            product=product,
            name=text_of(row, "name") or (kept.name if kept else ""),
            name_en=text_of(row, "name_en") or (kept.name_en if kept else ""),
            category=text_of(row, "category") or (kept.category if kept else ""),
            unit=text_of(row, "unit") or (known.unit if known else Sku.Unit.EACH.value),
            is_active=(known.is_active if known else True) if on_sale in (None, "") else on_sale,
            barcodes=barcodes or None,
        )

    def _kept(self, barcode: str, had: Sequence[str]) -> str:
        """As it is kept: one that the SKU has already stays as it is."""
        return barcode if barcode in had else as_kept(barcode, self.formats).code

    def _promised(self, code: str) -> ProductState | None:
        """As an earlier row of the file leaves it."""
        return self.earlier.product(code) or self.before.product(code)

    def _product(self, code: str) -> ProductState | None:
        """As an earlier row of the file leaves it, else as it is."""
        return self._promised(code) or self.products.get(code)

    def _owner(self, barcode: str) -> str:
        """The SKU that has it when the row's turn comes; "" if none."""
        for known in (self.earlier.owners, self.before.owners, self.owners):
            if barcode in known:
                return known[barcode]
        return ""

    def _refusals(self, row: Row, given: GivenSku) -> list[Refusal]:
        price = row.values.get("base_price")
        return [
            *out_of_range("base_price", price),
            *([] if price is None or self.may_price else [_no_right_to_price()]),
            *self._about_code(given),
            *self._about_product(row, given),
            *self._about_barcodes(given),
        ]

    def _about_code(self, given: GivenSku) -> list[Refusal]:
        if products.is_reference(given.code) and given.code not in self.skus:
            return [Refusal("sku", "sku_code_colon", _("A SKU code has no colon."))]
        return []

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
        promised = self._promised(given.product)
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
        state = self.skus.get(given.code)
        fresh = sorted(set(barcodes) - set(state.barcodes if state else ()))
        found = [*self._taken(barcodes, given.code), *self._misread(fresh)]
        return [Refusal("barcodes", refusal.code, refusal.detail) for refusal in found]

    def _taken(self, barcodes: Sequence[str], sku: str) -> Iterator[DomainError]:
        for barcode in barcodes:
            owner = self._owner(barcode)
            if owner and owner != sku:
                yield BarcodeTaken(barcode=barcode, sku=owner)

    def _misread(self, fresh: Sequence[str]) -> Iterator[DomainError]:
        """Only new ones are judged: what a SKU has already may have any last digit."""
        for barcode in fresh:
            try:
                judge(barcode, self.formats)
            except DomainError as refusal:
                yield refusal

    def _changes(self, row: Row, given: GivenSku) -> Changes:
        known, product = self.skus.get(given.code), self._product(given.product)
        price = row.values.get("base_price")
        before = known.base_price if known else None
        barcodes = known.barcodes if known else ()
        return differing(
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
                ("base_price", money(before), money(before if price is None else price)),
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


def _sku_page(actor: Actor, rows: Sequence[Row], before: Earlier | None) -> _SkuPage:
    """Four statements, and one where a barcode may be that of weighed goods."""
    before = before or Earlier()
    skus = products.sku_states(codes_of(rows, "sku"))
    named = {*codes_of(rows, "sku"), *codes_of(rows, "product")}
    named |= {state.product for state in skus.values()}
    kept = products.product_states(sorted(named))
    states = [*kept.values(), *(state for code in named if (state := before.product(code)))]
    categories = {*codes_of(rows, "category"), *(state.category for state in states)}
    told = {code for row in rows for code in text_of(row, "barcodes").split()}
    formats = products.weighed_formats(told)
    barcodes = told | {as_kept(code, formats).code for code in told}
    return _SkuPage(
        skus,
        kept,
        products.known_codes(Category, sorted(categories)),
        products.owners_of_barcodes(sorted(barcodes)),
        actor.may("products.change_price"),
        before,
        formats,
    )


class SkuPass(Pass):
    """Products and barcodes that earlier rows give: two rows may not contradict one another."""

    def __init__(self, one: Import) -> None:
        super().__init__(one)
        self.before, self.page = Earlier(), Earlier()

    def check(self, actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
        page = _sku_page(actor, rows, self.before)
        self.page = page.earlier
        return [page.judge(row)[0] for row in rows]

    def apply(self, actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
        page = _locked_page(actor, rows, self.before)
        self.page = page.earlier
        return _kept(actor, rows, page)

    def remember(self) -> None:
        self.before.add(self.page)
        self.page = Earlier()

    def recall(self, actor: Actor, rows: Sequence[Row]) -> None:
        if rows:
            self.check(actor, rows)
            self.remember()


def check_skus(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """What keeping these SKUs would do. Four statements."""
    return SkuPass(SKUS).check(actor, rows)


def apply_skus(actor: Actor, rows: Sequence[Row]) -> list[Verdict]:
    """Create the SKUs that are new and change those that differ; what became of each row."""
    return SkuPass(SKUS).apply(actor, rows)


def _locked_page(actor: Actor, rows: Sequence[Row], before: Earlier) -> _SkuPage:
    """The page, of which nothing is changed by others until the transaction ends."""
    skus = codes_of(rows, "sku")
    services.lock_skus(skus, products=[*skus, *codes_of(rows, "product")])
    return _sku_page(actor, rows, before)


def _kept(actor: Actor, rows: Sequence[Row], page: _SkuPage) -> list[Verdict]:
    judged = [page.judge(row) for row in rows]
    verdicts = [verdict for verdict, _given in judged]
    wanted = {row.number for row in to_write(rows, verdicts)}
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


SKUS = Import(
    subject="products.skus",
    title=pgettext_lazy("import", "SKUs"),
    action="products.manage",
    columns=(
        code_column("sku", gettext_lazy("SKU code"), required=True, sample="TEA-250"),
        code_column(
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
        code_column("category", gettext_lazy("category code"), sample="FOOD"),
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
    through=SkuPass,
)
