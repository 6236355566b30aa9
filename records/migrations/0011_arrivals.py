"""What arrived on a record since a day is found without walking the record.

For the list of a treating GP's patients, which asks it of hundreds of records at once.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0010_what_changed")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                fields=["record", "created_at"],
                condition=models.Q(withdrawn_at__isnull=True, archived_at__isnull=True),
                name="document_by_arrival",
            ),
        ),
        migrations.AddIndex(
            model_name="reimbursementline",
            index=models.Index(
                fields=["record", "created_at"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="line_by_arrival",
            ),
        ),
    ]
