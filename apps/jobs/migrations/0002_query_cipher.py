"""The query string of the list that a job was asked for on, under the keys that are rotated."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("jobs", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="job",
            name="query_cipher",
            field=models.BinaryField(
                blank=True,
                help_text="Of the list it was asked for on; somebody may have typed a phone into it.",
                null=True,
                verbose_name="list and filters",
            ),
        ),
    ]
