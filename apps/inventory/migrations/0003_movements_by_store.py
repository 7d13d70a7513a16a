"""The newest movements of a store."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("inventory", "0002_transfers")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="movement",
            index=models.Index(
                fields=["store", "-at", "-id"],
                name="movement_store_newest",
            ),
        ),
    ]
