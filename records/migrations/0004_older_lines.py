from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("records", "0003_opening")]

    operations = [
        migrations.AddField(
            model_name="filling",
            name="older_lines",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
