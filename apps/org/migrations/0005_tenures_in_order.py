"""Tenures in the order of their list."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("org", "0004_configuration_history")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="tenure",
            index=models.Index(fields=["-starts_on", "-id"], name="tenure_newest_first"),
        )
    ]
