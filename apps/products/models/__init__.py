"""Tables of the product center."""

from apps.products.models.assortment import AssortmentRule
from apps.products.models.attributes import Attribute, CategoryAttribute
from apps.products.models.bundles import BundleComponent
from apps.products.models.catalogue import Product, Sku
from apps.products.models.categories import Category
from apps.products.models.costs import Supplier, SupplierCost
from apps.products.models.feed import CatalogueChange, CatalogueFanOut
from apps.products.models.guards import PriceGuard, UndercutCode
from apps.products.models.identifiers import (
    Barcode,
    ExternalReference,
    PackSize,
    WeighedPrefix,
)
from apps.products.models.options import OptionValue, ProductOption
from apps.products.models.prices import Audience, Price, PriceList
from apps.products.models.taxes import TaxClass, TaxRate

__all__ = [
    "AssortmentRule",
    "Attribute",
    "Audience",
    "Barcode",
    "BundleComponent",
    "CatalogueChange",
    "CatalogueFanOut",
    "Category",
    "CategoryAttribute",
    "ExternalReference",
    "OptionValue",
    "PackSize",
    "Price",
    "PriceGuard",
    "PriceList",
    "Product",
    "ProductOption",
    "Sku",
    "Supplier",
    "SupplierCost",
    "TaxClass",
    "TaxRate",
    "UndercutCode",
    "WeighedPrefix",
]
