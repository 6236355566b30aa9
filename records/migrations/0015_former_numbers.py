"""A former number still leads to its record; one noted by mistake leads to nothing."""

from django.db import migrations, models

from records.identifiers import NIR_RANK


class Migration(migrations.Migration):
    dependencies = [("records", "0014_keys_by_chance")]

    operations = [
        migrations.AddField(
            model_name="recordidentifier",
            name="theirs",
            field=models.BooleanField(default=True),
        ),
        migrations.RemoveConstraint(
            model_name="recordidentifier", name="one_live_record_per_identifier"
        ),
        migrations.AddConstraint(
            model_name="recordidentifier",
            constraint=models.UniqueConstraint(
                condition=models.Q(("theirs", True), models.Q(("system", NIR_RANK), _negated=True)),
                fields=("system", "digest"),
                name="one_record_per_identifier",
            ),
        ),
    ]
