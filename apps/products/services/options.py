"""In what a product's SKUs differ, and the SKUs that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Conflict, Malformed
from apps.products import product_rules as rules
from apps.products.models import OptionValue, Product, ProductOption, Sku
from apps.products.services.products import MANAGE, lock_product

SKU_CODE_LENGTH = 32
VALUE_CODE_LENGTH = 20
NAME_LENGTH = 64
CODE_SIGNS = frozenset(ascii_letters + digits + "._-")


class OptionInvalid(Malformed):
    code = "option_invalid"
    message = _(
        "Options and values have names, and each value a code of its own: letters, digits, “.”, “_”, "
        "“-”, 20 at most."
    )


class OptionInUse(Conflict):
    code = "option_in_use"
    message = _("SKUs are made of these options; only new values can be added: %(skus)s.")


class OptionsMissing(Conflict):
    code = "options_missing"
    message = _("This product has no options with values yet.")


class SkuCodeTaken(Conflict):
    code = "sku_code_taken"
    message = _("Another product has a SKU of this code: %(skus)s.")


class SkuCodeTooLong(Malformed):
    code = "sku_code_too_long"
    message = _("These codes would be longer than 32 characters: %(skus)s.")


@dataclass(frozen=True, slots=True)
class GivenValue:
    """One value of an option."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class GivenOption:
    """An option with its values, in the order in which they are shown."""

    name: str
    name_en: str
    values: tuple[GivenValue, ...]


def set_options(
    actor: Actor, product: str, given: Sequence[GivenOption], *, reason: str = ""
) -> None:
    """Have a product's options be these, of which SKUs are made by ``build_matrix``.

    Raises TooManyOptions, TooManyCombinations, OptionInvalid, ProductNotFound, OptionInUse (a SKU
    that was made of the options is none of theirs any more).
    """
    codes = [[value.code for value in option.values] for option in given]
    rules.require_few(codes)
    _require_valid(given)
    with accounts.noting(actor, reason=reason, under=MANAGE), transaction.atomic():
        row = lock_product(product)
        before = _codes_of(row)
        _require_free(row, before, codes)
        _keep(row, given)
        accounts.record(
            actor,
            "products.set_options",
            target=("product", product),
            changes={"options": [before, codes]},
            reason=reason,
            under=MANAGE,
        )


def build_matrix(actor: Actor, product: str, *, reason: str = "") -> int:
    """Create the SKUs that are missing among the combinations of the options; how many.

    A SKU is called like its product and its values, ``TEA-RED-L``; it is on sale as soon as it has a
    price and its product is active. Raises ProductNotFound, OptionsMissing, TooManyCombinations,
    SkuCodeTooLong, SkuCodeTaken.
    """
    with accounts.noting(actor, reason=reason, under=MANAGE), transaction.atomic():
        row = lock_product(product)
        values = _codes_of(row)
        rules.require_few(values)
        wanted = rules.combinations(values)
        if not wanted:
            raise OptionsMissing(fields={"product": product})
        made = set(row.skus.exclude(option="").values_list("option", flat=True))
        missing = [one for one in wanted if rules.BETWEEN_VALUES.join(one) not in made]
        skus = [_sku(row, one) for one in missing]
        _require_free_codes(skus)
        Sku.objects.bulk_create(skus)
        if skus:
            accounts.record(
                actor, "products.build_matrix", target=("product", product),
                changes={"skus": len(skus)}, reason=reason, under=MANAGE,
            )  # fmt: skip
    return len(skus)


def _sku(row: Product, values: tuple[str, ...]) -> Sku:
    option = rules.BETWEEN_VALUES.join(values)
    return Sku(product=row, code="-".join((row.code, *values)), option=option)


def _require_free_codes(skus: Sequence[Sku]) -> None:
    """Raises SkuCodeTooLong, SkuCodeTaken."""
    long = [sku.code for sku in skus if len(sku.code) > SKU_CODE_LENGTH]
    if long:
        raise SkuCodeTooLong(fields={"skus": long[:10]}, skus=", ".join(long[:10]))
    codes = [sku.code for sku in skus]
    taken = sorted(Sku.objects.filter(code__in=codes).values_list("code", flat=True)[:10])
    if taken:
        raise SkuCodeTaken(fields={"skus": taken}, skus=", ".join(taken))
    own = sorted({code for code in codes if codes.count(code) > 1})  # A-B + C and A + B-C
    if own:
        raise SkuCodeTaken(fields={"skus": own[:10]}, skus=", ".join(own[:10]))


def _codes_of(row: Product) -> list[list[str]]:
    """The codes of the values of each option."""
    found: dict[int, list[str]] = {}
    pairs = row.options.order_by("position", "values__position").values_list("pk", "values__code")
    for option, code in pairs:
        found.setdefault(option, []).extend([code] if code else [])
    return list(found.values())


def _require_valid(given: Sequence[GivenOption]) -> None:
    for option in given:
        codes = [value.code for value in option.values]
        names = [option.name, *(value.name for value in option.values)]
        names += [option.name_en or "-", *(value.name_en or "-" for value in option.values)]
        if (
            not codes
            or len(codes) != len(set(codes))
            or not all(0 < len(code) <= VALUE_CODE_LENGTH for code in codes)
            or not CODE_SIGNS.issuperset("".join(codes))
            or not all(0 < len(name) <= NAME_LENGTH and name.isprintable() for name in names)
        ):
            raise OptionInvalid(fields={"option": option.name[:NAME_LENGTH]})


def _require_free(row: Product, before: list[list[str]], after: list[list[str]]) -> None:
    """Raises OptionInUse if a SKU was made of the options before and would not be of those after."""
    made_of = {rules.BETWEEN_VALUES.join(one) for one in rules.combinations(before)}
    fits = {rules.BETWEEN_VALUES.join(one) for one in rules.combinations(after)}
    skus = row.skus.filter(option__in=made_of - fits).order_by("code")
    lost = list(skus.values_list("code", flat=True)[:10])
    if lost:
        raise OptionInUse(fields={"skus": lost}, skus=", ".join(lost))


def _keep(row: Product, given: Sequence[GivenOption]) -> None:
    """A row that stays keeps its number, so that its versions tell one life."""
    kept = {option.position: option for option in row.options.prefetch_related("values")}
    for place, one in enumerate(given):
        option = kept.pop(place, None) or ProductOption(product=row, position=place)
        option.name, option.name_en = one.name, one.name_en
        option.save()
        _keep_values(option, one.values)
    ProductOption.objects.filter(pk__in=[option.pk for option in kept.values()]).delete()


def _keep_values(option: ProductOption, given: Sequence[GivenValue]) -> None:
    kept = {value.code: value for value in option.values.all()}
    rows = [kept.get(one.code) or OptionValue(option=option, code=one.code) for one in given]
    for place, (value, one) in enumerate(zip(rows, given, strict=True)):
        value.position, value.name, value.name_en = place, one.name, one.name_en
    gone = kept.keys() - {one.code for one in given}
    option.values.filter(code__in=gone).delete()
    old = [value for value in rows if value.pk is not None]
    OptionValue.objects.bulk_update(old, ["position", "name", "name_en"])
    OptionValue.objects.bulk_create([value for value in rows if value.pk is None])
