"""The newest points entries of a store, and of an owner."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("loyalty", "0003_points_by_day")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="pointsentry",
            index=models.Index(
                fields=["store", "-at", "-id"],
                name="points_store_newest",
            ),
        ),
        AddIndexConcurrently(
            model_name="pointsentry",
            index=models.Index(
                fields=["franchisee", "-at", "-id"],
                name="points_owner_newest",
            ),
        ),
    ]
