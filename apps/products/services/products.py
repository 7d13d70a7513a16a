"""The life of products, and what is said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import sql
from apps.common.errors import Missing
from apps.products import product_rules as rules
from apps.products.models import Product
from apps.products.selectors.categories import attributes_of

MANAGE = "products.manage"
LOCK = "SELECT id FROM products_product WHERE id = ANY(%(products)s) ORDER BY id FOR NO KEY UPDATE"


class ProductNotFound(Missing):
    code = "product_not_found"
    message = _("There is no such product.")


def lock_product(code: str) -> Product:
    """The product under FOR UPDATE. Raises ProductNotFound."""
    found = Product.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise ProductNotFound(fields={"product": code})
    return found


def lock_products(ids: Sequence[int]) -> None:
    """These products stay as they are until the transaction ends; tills go on. One statement."""
    sql.rows(LOCK, {"products": list(ids)})


def submit_for_review(actor: Actor, code: str, *, reason: str = "") -> None:
    """Have a draft looked at by a second person, who lets it be sold.

    Raises ProductNotFound, ProductStatusRefused, AttributeUnknown, AttributeInvalid.
    """
    with transaction.atomic():
        product = lock_product(code)
        rules.require_step("submit", code=code, status=product.status)
        _require_described(product)
        _take(actor, "submit", product, reason=reason)


def submit_many(actor: Actor, ids: Sequence[int], *, reason: str) -> int:
    """The same of those of ``ids`` that are drafts; how many. One audit line.

    The caller has locked and judged them, and has asked whether ``actor`` may.
    """
    step = rules.STEPS["submit"]
    with transaction.atomic():
        drafts = Product.objects.filter(pk__in=ids, status=step.before)
        with accounts.noting(actor, reason=reason, under=MANAGE):
            changed = drafts.update(status=step.after)
        if changed:
            accounts.record(
                actor, "products.submit_for_review", target=("change", "products.product"),
                changes={"products": changed}, reason=reason, under=MANAGE,
            )  # fmt: skip
    return changed


def send_back(actor: Actor, code: str, *, reason: str) -> None:
    """Have a product in review be a draft again. Raises ProductNotFound, ProductStatusRefused."""
    _walk(actor, "send_back", code, reason)


def retire(actor: Actor, code: str, *, reason: str) -> None:
    """Have a product be sold no more; past orders stay. Raises ProductNotFound, ProductStatusRefused."""
    _walk(actor, "retire", code, reason)


def reactivate(actor: Actor, code: str, *, reason: str) -> None:
    """Have a retired product looked at anew. Raises ProductNotFound, ProductStatusRefused."""
    _walk(actor, "reactivate", code, reason)


def activate(actor: Actor, product: Product, *, reason: str, approval: str = "") -> None:
    """Let a locked product in review be sold. In the caller's transaction.

    Raises ProductStatusRefused.
    """
    _take(actor, "activate", product, reason=reason, approval=approval)


def set_attributes(
    actor: Actor, code: str, values: Mapping[str, Any], *, reason: str = ""
) -> dict[str, str | bool]:
    """Have a product's attributes be ``values``, by attribute code, and no others; as they are kept.

    Raises ProductNotFound, AttributeUnknown, AttributeInvalid.
    """
    with accounts.noting(actor, reason=reason, under=MANAGE), transaction.atomic():
        product = lock_product(code)
        before = product.attributes
        product.attributes = rules.checked_attributes(values, terms_for(product))
        if product.attributes != before:
            product.save(update_fields=["attributes"])
            accounts.record(
                actor,
                "products.set_attributes",
                target=("product", code),
                changes=_differing(before, product.attributes),
                reason=reason,
                under=MANAGE,
            )
    return dict(product.attributes)


def terms_for(product: Product) -> list[rules.AttributeTerms]:
    """What a product's attributes must be now: a draft may leave required ones for later."""
    terms = [one.terms for one in attributes_of(product.category_id)]
    if product.status == Product.Status.DRAFT:
        return [replace(one, required=False) for one in terms]
    return terms


def _require_described(product: Product) -> None:
    """Raises AttributeUnknown, AttributeInvalid."""
    terms = [one.terms for one in attributes_of(product.category_id)]
    rules.checked_attributes(rules.fitting_attributes(product.attributes, terms), terms)


def _walk(actor: Actor, name: str, code: str, reason: str) -> None:
    with transaction.atomic():
        _take(actor, name, lock_product(code), reason=reason)


def _take(actor: Actor, name: str, product: Product, *, reason: str, approval: str = "") -> None:
    step = rules.require_step(name, code=product.code, status=product.status)
    product.status = step.after
    with accounts.noting(actor, reason=reason, under=MANAGE):
        product.save(update_fields=["status"])
    accounts.record(
        actor,
        _RECORDED_AS[name],
        target=("product", product.code),
        changes={"status": list(step)} | ({"approval": approval} if approval else {}),
        reason=reason,
        under=MANAGE,
    )


_RECORDED_AS = {
    "submit": "products.submit_for_review",
    "send_back": "products.send_back",
    "activate": "products.activate",
    "retire": "products.retire",
    "reactivate": "products.reactivate",
}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    codes = sorted(before.keys() | after.keys())
    return {
        code: [before.get(code), after.get(code)]
        for code in codes
        if before.get(code) != after.get(code)
    }
