"""Let a product be sold: an act for two people."""

from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.flows.approval_acts import Act, Execution, Subject
from apps.org import selectors as org
from apps.products import product_rules as rules
from apps.products import services as products

MANAGE = "products.manage"


class ProductActivation(msgspec.Struct, forbid_unknown_fields=True):
    """The product in review, by its code."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


def examine(actor: Actor, asked: ProductActivation) -> Subject:
    """The product, if it is in review; it concerns the whole brand.

    Raises ActionNotPermitted, ProductNotFound, ProductStatusRefused.
    """
    org.require_action(actor, MANAGE)
    product = products.lock_product(asked.product)
    rules.require_step("activate", code=product.code, status=product.status)
    return Subject(business_key=product.code, action=MANAGE)


def activate_step(actor: Actor, asked: ProductActivation, execution: Execution) -> dict[str, Any]:
    """Raises ProductNotFound, ProductStatusRefused."""
    product = products.lock_product(asked.product)
    products.activate(actor, product, reason=execution.reason, approval=execution.number)
    return {"status": product.status}


def describe(asked: ProductActivation) -> str:
    return _("Product %(code)s is sold wherever its assortment says.") % {"code": asked.product}


ACTIVATE_PRODUCT = Act(
    gettext_lazy("let a product be sold"), ProductActivation, examine, activate_step, describe
)
