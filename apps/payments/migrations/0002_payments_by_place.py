"""The newest payments of a store, and of an owner."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("payments", "0001_initial")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                fields=["store", "-created_at", "-id"],
                name="payment_store_newest",
            ),
        ),
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                fields=["franchisee", "-created_at", "-id"],
                name="payment_owner_newest",
            ),
        ),
    ]
