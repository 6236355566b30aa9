"""Who has looked at an opening is their event in the journal; the two columns held nothing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0022_no_part_is_emptied")]

    operations = [
        migrations.RemoveField(model_name="opening", name="reviewed_at"),
        migrations.RemoveField(model_name="opening", name="reviewed_by"),
    ]
