"""Many at once: SKUs put on sale and taken off it, products submitted for review."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.common.errors import ActionNotPermitted
from apps.jobs.registry import Change, Options
from apps.jobs.rules import Skip, Step
from apps.org import selectors as org
from apps.products import product_rules as rules
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Product, Sku
from apps.products.services import selling


def judge_off_sale(actor: Actor, skus: Sequence[Any], options: Options) -> list[Step]:
    """What taking these SKUs off sale would do. No statement."""
    _require_catalogue(actor)
    return [_off_sale(sku.code, sku.is_active) for sku in skus]


def apply_off_sale(actor: Actor, skus: Sequence[Any], options: Options) -> list[Step]:
    """Take those off sale that are on it; what became of each."""
    _require_catalogue(actor)
    states = _locked_states(skus)
    steps = [_off_sale(sku.code, states[sku.pk][0]) for sku in skus]
    selling.take_off_sale(actor, _to_change(skus, steps), reason=options["reason"])
    return steps


def judge_on_sale(actor: Actor, skus: Sequence[Any], options: Options) -> list[Step]:
    """What putting these SKUs on sale would do. No statement."""
    _require_catalogue(actor)
    return [_on_sale(sku.code, sku.is_active, sku.base_price) for sku in skus]


def apply_on_sale(actor: Actor, skus: Sequence[Any], options: Options) -> list[Step]:
    """Put those on sale that are off it and have a base price; what became of each."""
    _require_catalogue(actor)
    states = _locked_states(skus)
    steps = [_on_sale(sku.code, *states[sku.pk]) for sku in skus]
    selling.put_on_sale(actor, _to_change(skus, steps), reason=options["reason"])
    return steps


def judge_submit(actor: Actor, rows: Sequence[Any], options: Options) -> list[Step]:
    """What submitting these products for review would do. One statement."""
    _require_catalogue(actor)
    terms = products.attributes_by_category([product.category_id for product in rows])
    return [_submit(product, [one.terms for one in terms[product.category_id]]) for product in rows]


def apply_submit(actor: Actor, rows: Sequence[Any], options: Options) -> list[Step]:
    """Submit those that are drafts and say all that their category asks; what became of each."""
    _require_catalogue(actor)
    ids = [product.pk for product in rows]
    services.lock_products(ids)
    found = Product.objects.in_bulk(ids)
    steps = judge_submit(actor, [found[pk] for pk in ids], options)
    services.submit_many(actor, _to_change(rows, steps), reason=options["reason"])
    return steps


def _submit(product: Product, terms: Sequence[rules.AttributeTerms]) -> Step:
    if product.status != rules.STEPS["submit"].before:
        return Step(product.code, skip=Skip("product_not_draft", _("It is no draft.")))
    try:
        rules.checked_attributes(rules.fitting_attributes(product.attributes, terms), terms)
    except rules.AttributeInvalid as refusal:
        return Step(product.code, skip=Skip(refusal.code, refusal.detail))
    step = rules.STEPS["submit"]
    return Step(product.code, {"status": (step.before, step.after)})


def _require_catalogue(actor: Actor) -> None:
    """The catalogue is the brand's: who changes it reaches everything."""
    if not org.reach_of(actor, selling.MANAGE).everything:
        raise ActionNotPermitted


def _locked_states(skus: Sequence[Any]) -> dict[int, tuple[bool, int | None]]:
    """Whether each is on sale, and its base price, as they are under the lock."""
    ids = [sku.pk for sku in skus]
    selling.lock_for_sale(ids)
    found: Any = products.skus_with_base_price(Sku.objects.filter(pk__in=ids))
    return {sku.pk: (sku.is_active, sku.base_price) for sku in found}


def _to_change(rows: Sequence[Any], steps: Sequence[Step]) -> list[int]:
    return [row.pk for row, step in zip(rows, steps, strict=True) if step.skip is None]


def _off_sale(code: str, active: bool) -> Step:
    if not active:
        return Step(code, skip=Skip("sku_off_sale", _("It is off sale already.")))
    return Step(code, {"is_active": (True, False)})


def _on_sale(code: str, active: bool, base_price: int | None) -> Step:
    if active:
        return Step(code, skip=Skip("sku_on_sale", _("It is on sale already.")))
    if base_price is None:
        return Step(code, skip=Skip("sku_not_priced", _("It has no base price.")))
    return Step(code, {"is_active": (False, True)})


LABELS = {"is_active": gettext_lazy("on sale")}

TAKE_OFF_SALE = Change(
    subject="products.take_off_sale",
    title=gettext_lazy("take off sale"),
    listing="products.sku",
    offices=("admin",),
    action=selling.MANAGE,
    labels=LABELS,
    judge=judge_off_sale,
    apply=apply_off_sale,
)
PUT_ON_SALE = Change(
    subject="products.put_on_sale",
    title=gettext_lazy("put on sale"),
    listing="products.sku",
    offices=("admin",),
    action=selling.MANAGE,
    labels=LABELS,
    judge=judge_on_sale,
    apply=apply_on_sale,
)
SUBMIT_FOR_REVIEW = Change(
    subject="products.submit_for_review",
    title=gettext_lazy("submit for review"),
    listing="products.product",
    offices=("admin",),
    action=selling.MANAGE,
    labels={"status": gettext_lazy("status")},
    judge=judge_submit,
    apply=apply_submit,
    values={"status": dict(Product.Status.choices)},
)
CHANGES = (TAKE_OFF_SALE, PUT_ON_SALE, SUBMIT_FOR_REVIEW)
