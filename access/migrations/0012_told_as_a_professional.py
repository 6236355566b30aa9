"""A notice may be for a professional: the treating GP is told of an opening."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0011_cases_and_unusual")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="professional_id",
            field=models.UUIDField(null=True),
        ),
    ]
