from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("records", "0006_destruction")]

    operations = [
        migrations.RemoveConstraint(
            model_name="recordidentifier", name="one_live_record_per_identifier"
        ),
        migrations.AddConstraint(
            model_name="recordidentifier",
            constraint=models.UniqueConstraint(
                fields=["system", "digest"],
                condition=models.Q(("until__isnull", True), models.Q(("system", "nir:rank"), _negated=True)),
                name="one_live_record_per_identifier",
            ),
        ),
        migrations.AddIndex(
            model_name="recordidentifier",
            index=models.Index(
                fields=["digest"],
                condition=models.Q(("system", "nir:rank")),
                name="identifier_by_rank",
            ),
        ),
    ]
