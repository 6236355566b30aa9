"""What a professional was told is found by whom: the requests in front of a doctor's list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index, of the few notices that go to professionals."""

    dependencies = [("access", "0018_sight_in_steps")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["professional_id", "-made_at"],
                condition=models.Q(professional_id__isnull=False),
                name="notice_by_professional",
            ),
        ),
    ]
