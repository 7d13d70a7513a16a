"""Which orders of an owner or a store wait to be fulfilled, without reading all of them."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("orders", "0002_adjustment_sources")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=["franchisee", "store", "placed_at"],
                condition=models.Q(("status", "paid")),
                name="order_to_fulfil",
            ),
        ),
    ]
