"""What bundles are made of."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Conflict
from apps.common.sql import constraint_of
from apps.products import packing
from apps.products.models import BundleComponent, Sku
from apps.products.packing import BundleComponentNotGoods

MANAGE = "products.manage"
KINDS_FIXED = ("component_is_goods", "components_of_bundle")


class NotABundle(Conflict):
    code = "not_a_bundle"
    message = _("Only a bundle has components; %(sku)s is none.")


def check_components(components: Mapping[Sku, Decimal]) -> None:
    """Raises BundleComponentNotGoods, ComponentFraction."""
    strange = sorted(sku.code for sku in components if sku.kind != packing.GOODS)
    if strange:
        raise _not_goods(strange)
    broken = sorted(
        sku.code
        for sku, quantity in components.items()
        if packing.Component(sku.pk, sku.code, sku.unit, quantity).is_broken
    )
    if broken:
        raise packing.ComponentFraction(fields={"components": broken}, skus=", ".join(broken[:10]))


def _not_goods(skus: list[str]) -> BundleComponentNotGoods:
    return BundleComponentNotGoods(fields={"components": skus}, skus=", ".join(skus[:10]))


def set_components(actor: Actor, *, bundle: Sku, components: Mapping[Sku, Decimal]) -> None:
    """Have a bundle be made of exactly these, SKU → quantity in its unit. What was sold stays.

    Raises NotABundle, BundleComponentNotGoods (also where one of them stops being goods at this
    moment), ComponentFraction; IntegrityError for a quantity out of range.
    """
    check_components(components)
    try:
        with accounts.noting(actor, under=MANAGE), transaction.atomic():
            _replace(actor, bundle, components)
    except IntegrityError as error:
        if constraint_of(error) == KINDS_FIXED[0]:
            raise _not_goods(sorted(sku.code for sku in components)) from error
        if constraint_of(error) == KINDS_FIXED[1]:
            raise NotABundle(fields={"sku": bundle.code}, sku=bundle.code) from error
        raise


def _replace(actor: Actor, bundle: Sku, components: Mapping[Sku, Decimal]) -> None:
    rows = BundleComponent.objects.filter(bundle=bundle)
    before = dict(rows.values_list("component__code", "quantity"))
    rows.delete()
    BundleComponent.objects.bulk_create(
        BundleComponent(bundle=bundle, component=sku, quantity=quantity)
        for sku, quantity in sorted(components.items(), key=lambda one: one[0].pk)
    )
    accounts.record(
        actor,
        "products.set_components",
        target=("sku", bundle.code),
        changes={"components": [_said(before), _said({s.code: q for s, q in components.items()})]},
        under=MANAGE,
    )


def _said(components: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: f"{quantity:f}" for code, quantity in sorted(components.items())}
