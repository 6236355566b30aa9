from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='load',
            name='language',
            field=models.CharField(blank=True, max_length=2),
        ),
    ]
