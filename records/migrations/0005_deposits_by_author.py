"""A professional's own deposits are found without walking every record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0004_older_lines")]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                fields=["author_id", "-created_at"], name="document_by_author_date"
            ),
        ),
    ]
