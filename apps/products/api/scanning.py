"""What a scanner read: the SKU, and how much of it the barcode says."""

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.request import Request

from apps.common import api
from apps.common.authentication import actor
from apps.common.schema import operation
from apps.common.views import Endpoint
from apps.orders.rules import quantity_text
from apps.org import selectors as org
from apps.org.selectors import ActionNotPermitted
from apps.products import selectors as products
from apps.products.barcodes import BarcodeCheckDigit
from apps.products.models import PackSize
from apps.products.selectors import BarcodeNotFound, ScanResult


class Pack(msgspec.Struct):
    """So much of the SKU, in its unit, under a name."""

    code: str
    name: str
    name_en: str
    contains: str


class Scan(msgspec.Struct):
    """What was scanned. `quantity` is in the SKU's unit: the content of a pack, the weight on a scale's
    label, else 1. A label that tells the price gives `amount`, in minor units, and no quantity."""

    barcode: str
    kind: str
    sku: str
    name: str
    name_en: str
    unit: str
    is_active: bool
    quantity: str | None
    amount: int | None
    pack: Pack | None


MAX_LENGTH = 64
WEIGHED = {
    "barcode": "2100042",
    "kind": "weighed",
    "sku": "RICE",
    "name": "大米",
    "name_en": "Rice",
    "unit": "kg",
    "is_active": True,
    "quantity": "1.25",
    "amount": None,
    "pack": None,
}


class Scans(Endpoint):
    """One barcode, as the scanner read it."""

    actions = {"get": "products.see"}

    @operation(
        "scan_read",
        "Read what a barcode leads to",
        description="Finds a GTIN with or without its leading zeros, packs, and labels of weighed goods "
        "with the weight or the price in them.",
        answers={200: Scan},
        refusals=[ActionNotPermitted, api.BodyInvalid, BarcodeNotFound, BarcodeCheckDigit],
        parameters=[
            OpenApiParameter(
                "code",
                str,
                required=True,
                description="The barcode.",
                examples=[
                    OpenApiExample("Goods", value="6901234567892"),
                    OpenApiExample("1.250 kg from the scale", value="2100042012509"),
                ],
            )
        ],
        examples=[OpenApiExample("From the scale", value=WEIGHED, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "products.see")
        return api.answer(shape(products.scan(caller, _code(request))))


def _code(request: Request) -> str:
    """Raises BodyInvalid unless exactly one code is asked for, and nothing else."""
    asked = request.query_params
    wrong = sorted(name for name, said in asked.lists() if name != "code" or said[1:])
    code = str(asked.get("code", ""))
    if wrong or not 0 < len(code.strip()) <= MAX_LENGTH or "\0" in code:
        raise api.BodyInvalid(
            problem=", ".join(wrong) or "code", fields={"query": wrong or ["code"]}
        )
    return code


def shape(found: ScanResult) -> Scan:
    """What was scanned, with the product loaded."""
    product = found.sku.product
    return Scan(
        barcode=found.barcode,
        kind=found.kind,
        sku=found.sku.code,
        name=product.name,
        name_en=product.name_en,
        unit=found.sku.unit,
        is_active=found.sku.is_active,
        quantity=None if found.quantity is None else quantity_text(found.quantity),
        amount=found.amount,
        pack=_pack(found.pack) if found.pack else None,
    )


def _pack(pack: PackSize) -> Pack:
    return Pack(pack.code, pack.name, pack.name_en, quantity_text(pack.contains))
