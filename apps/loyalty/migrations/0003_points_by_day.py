"""The points entries of a business day, for its roll-up."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("loyalty", "0002_manual_points")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="pointsentry",
            index=models.Index(fields=["business_day"], name="points_day"),
        )
    ]
