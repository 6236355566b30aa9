"""A synthesis that was taken back isn't signed any more: the work list asks what is still there."""

from importlib import import_module

from django.db import migrations


former = import_module("access.migrations.0017_work_list")

STILL_THERE = """where s.record_id = mine.record_id and exists (
        select from records_synthesisline l
        where l.record_id = s.record_id and l.synthesis_id = s.id and l.withdrawn_at is null)
      order by s.number"""
GONE = "drop function dmp_syntheses_due();\ndrop function dmp_arrived_since_synthesis(uuid[]);\n"


def _now(made: str) -> str:
    return made.replace("where s.record_id = mine.record_id order by s.number", STILL_THERE)


class Migration(migrations.Migration):
    dependencies = [("access", "0019_synthesis_asked")]

    operations = [
        migrations.RunSQL(
            sql=GONE + _now(former.SYNTHESES_DUE) + _now(former.ARRIVED),
            reverse_sql=GONE + former.SYNTHESES_DUE + former.ARRIVED,
        )
    ]
