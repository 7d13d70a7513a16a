"""What took something off, such as a coupon, leads to the orders on which it did."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("orders", "0001_initial")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="lineadjustment",
            index=models.Index(
                fields=["source", "-id"],
                condition=models.Q(("source", ""), _negated=True),
                name="adjustment_source_newest",
            ),
        )
    ]
