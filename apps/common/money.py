"""Money is an integer count of minor units (分, cents) of the deployment's one currency."""

from collections.abc import Sequence
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


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` in proportion to ``weights`` (largest remainder, ties to the earlier).

    The parts sum to ``total`` exactly. Weights are >= 0; if all are zero the first takes it all.
    Raises ValueError without weights.
    """
    if not weights:
        raise ValueError("nothing to allocate to")
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    shares = [divmod(total * weight, whole) for weight in weights]
    parts = [share[0] for share in shares]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def format_money(minor: int) -> str:
    """``123450`` → ``¥1,234.50`` in the deployment's currency."""
    places = exponent()
    sign = "-" if minor < 0 else ""
    symbol = SYMBOLS.get(settings.CURRENCY, settings.CURRENCY + " ")
    major = Decimal(abs(minor)).scaleb(-places)
    return f"{sign}{symbol}{major:,.{places}f}"
