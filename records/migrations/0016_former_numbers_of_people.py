"""Somebody is still known under the numbers they had before, with or without a record."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0015_former_numbers")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="former_digests",
            field=ArrayField(
                base_field=models.BinaryField(max_length=32),
                blank=True,
                editable=False,
                null=True,
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=GinIndex(fields=["former_digests"], name="person_by_former_number"),
        ),
    ]
