"""How business keys stand in addresses."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class KeyConverter(StringConverter):
    """A SKU code, a number: no slash, and no control character, which the database would refuse."""

    regex = r"[^/\x00-\x1f\x7f]{1,64}"


register_converter(KeyConverter, "key")
