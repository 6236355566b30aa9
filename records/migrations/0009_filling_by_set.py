"""Records are filled as a set: what their lines rest on is kept, and the worker sees all of them.

The worker's policies took one record; they take each of those it has bound, and still no other.
"""

from django.db import migrations, models


FILLED = ("records_document", "records_reimbursementline", "records_synthesissource")
ONE = "record_id = (select dmp_bound('record'))"
# Made keys inside the sub-select, once; the cast outside only says that it is an array.
EACH = (
    "record_id = any((select string_to_array("
    "nullif(current_setting('dmp.record', true), ''), ',')::uuid[])::uuid[])"
)


def filled(which):
    """Return the statements that give the worker's policies their words."""
    return "".join(
        f"alter policy worker_fills on {table} using ({which}) with check ({which});\n"
        for table in FILLED
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0008_synthesis_carried"), ("access", "0013_narrow_ways")]

    operations = [
        migrations.AddField(
            model_name="filling",
            name="worked_from",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.RunSQL(sql=filled(EACH), reverse_sql=filled(ONE)),
    ]
