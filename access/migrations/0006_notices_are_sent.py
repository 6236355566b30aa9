"""A notice says what became of it. Those written before anybody sent any stay on the site."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("access", "0004_access_tokens")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="due_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="notice",
            name="once",
            field=models.BinaryField(blank=True, max_length=32, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "en attente"),
                    ("sending", "en cours d'envoi"),
                    ("sent", "envoyé"),
                    ("site", "sur le site"),
                    ("failed", "en échec"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunSQL("UPDATE access_notice SET state = 'site'", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["due_at"],
                name="notice_waiting",
            ),
        ),
    ]
