"""Money is an integer count of minor units (分, cents) of the deployment's one currency."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

MAX_AMOUNT = 10**12
"""No single amount may exceed this many minor units (10 billion yuan)."""

# ISO 4217 minor-unit exponents that are not 2, for the currencies of markets the product serves.
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3}
SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}


def exponent() -> int:
    """Decimal places of the deployment's currency (ISO 4217)."""
    return EXPONENTS.get(settings.CURRENCY, 2)


def minor_per_major() -> int:
    """Minor units in one major unit: 100 for CNY."""
    return int(10 ** exponent())


def round_half_up(value: Decimal) -> int:
    """Round to a whole minor unit, halves away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_money(minor: int) -> str:
    """``123450`` → ``¥1,234.50`` in the deployment's currency."""
    places = exponent()
    sign = "-" if minor < 0 else ""
    symbol = SYMBOLS.get(settings.CURRENCY, settings.CURRENCY + " ")
    major = Decimal(abs(minor)).scaleb(-places)
    return f"{sign}{symbol}{major:,.{places}f}"
