"""Writes of the product center."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common.errors import Unprocessable
from apps.common.money import MAX_AMOUNT
from apps.products.models import Barcode, Category, Price, PriceList, Product, Sku

BASE_PRICE_LIST = "BASE"


class PriceOutOfRange(Unprocessable):
    code = "price_out_of_range"
    message = _("A price lies between 0 and 10^12 minor units.")


def base_price_list() -> PriceList:
    """The one base list, made at first use."""
    price_list, _created = PriceList.objects.get_or_create(
        is_base=True, defaults={"code": BASE_PRICE_LIST, "name": "基础价", "name_en": "Base prices"}
    )
    return price_list


def create_sku(
    *,
    code: str,
    name: str,
    name_en: str,
    category: Category,
    unit: str = Sku.Unit.EACH,
    barcodes: Sequence[str] = (),
) -> Sku:
    """A product with a single SKU of the same code."""
    product = Product.objects.create(code=code, name=name, name_en=name_en, category=category)
    sku = Sku.objects.create(product=product, code=code, unit=unit)
    Barcode.objects.bulk_create(Barcode(sku=sku, code=barcode) for barcode in barcodes)
    return sku


def set_base_price(actor: Actor, *, sku: Sku, amount: int) -> Price:
    """Set the base unit price of ``sku`` in minor units. Raises PriceOutOfRange."""
    if not 0 <= amount <= MAX_AMOUNT:
        raise PriceOutOfRange(fields={"amount": amount})
    price_list = base_price_list()
    before = Price.objects.filter(sku=sku, price_list=price_list).values_list("amount").first()
    price, _created = Price.objects.update_or_create(
        sku=sku, price_list=price_list, defaults={"amount": amount}
    )
    accounts.record(
        actor,
        "products.set_price",
        target=("sku", sku.code),
        changes={"base_price": [before[0] if before else None, amount]},
    )
    return price
