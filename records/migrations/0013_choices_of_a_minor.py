from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0012_refilled_faster'),
    ]

    operations = [
        migrations.AddField(
            model_name='record',
            name='family_choices',
            field=models.JSONField(blank=True, null=True),
        ),
    ]
