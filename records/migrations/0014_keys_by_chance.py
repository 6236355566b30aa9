"""The key of a record, and of a person, no longer says when it was made: it is drawn by chance.

The counter finds the day's records by the day they were opened, as keys no longer sort by it.
"""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0013_choices_of_a_minor")]

    operations = [
        *(
            migrations.AlterField(
                model_name=name,
                name="id",
                field=models.UUIDField(
                    default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                ),
            )
            for name in ("person", "record")
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["opened_at"], name="record_by_day"),
        ),
    ]
