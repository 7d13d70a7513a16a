"""Form fields that speak to people in their units and to the tables in ours."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from apps.common import money


class MoneyField(forms.DecimalField):
    """An amount in major units (19.99) on the screen, an integer of minor units (1999) for us."""

    widget = UnfoldAdminDecimalFieldWidget

    def __init__(self, **options: Any) -> None:
        largest = Decimal(money.MAX_AMOUNT).scaleb(-money.exponent())
        places = money.exponent()
        super().__init__(min_value=0, max_value=largest, decimal_places=places, **options)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value).scaleb(-money.exponent()) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else int(amount.scaleb(money.exponent()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
