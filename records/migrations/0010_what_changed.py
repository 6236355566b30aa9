"""What changed in claims since somebody's last visit: corrected lines, and those taken back.

A line the fund took back is withdrawn, and nobody sees it. Whoever would see it if it were not is
told that it went, by one narrow way; the gate is asked about each of its rows besides.
"""

from importlib import import_module

from django.db import migrations, models


made = import_module("access.migrations.0010_row_security")

WITHDRAWN = "withdrawn_at is null and "
assert made.CLAIM.startswith(WITHDRAWN)  # noqa: S101  # of 0010, which doesn't change

TAKEN_BACK = f"""
create function dmp_lines_taken_back(after timestamptz)
returns setof records_reimbursementline
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  line records_reimbursementline;
begin
  for line in
    select * from records_reimbursementline
    where record_id = dmp_bound('record') and withdrawn_reason = 'cancelled'
      and withdrawn_at > after and ({made.CLAIM.removeprefix(WITHDRAWN)})
  loop
    line.withdrawn_at := null;
    return next line;
  end loop;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0009_filling_by_set")]

    operations = [
        migrations.AddField(
            model_name="reimbursementline",
            name="corrected_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reimbursementline",
            name="price_corrected_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            sql=TAKEN_BACK, reverse_sql="drop function dmp_lines_taken_back(timestamptz);"
        ),
    ]
