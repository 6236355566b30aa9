"""A record that keeps an old line, as a synthesis rests on it, is rolled once: not every night.

Such a line stays for good. Once a filling has found it older than the 24 months there is nothing
left to do, and nearly every record with a synthesis holds one after two years.
"""

from django.db import migrations


PAST = """
create or replace function dmp_records_past(since date, but_section text)
returns table (record_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select distinct l.record_id from records_reimbursementline l
    where l.occurred_on < since and l.section <> but_section%s;
end $$;
"""
BUT_ONES_ROLLED = """
      and not (
        exists (select from records_synthesissource s
          where s.record_id = l.record_id and s.element_id = l.id and s.kind = 'line')
        and exists (select from records_filling f
          where f.record_id = l.record_id and f.state = 'done'
            and l.occurred_on
              < (f.finished_at at time zone 'Europe/Paris')::date - interval '24 months'))"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0023_nobody_reviews_an_opening"),
        ("records", "0016_former_numbers_of_people"),
    ]

    operations = [migrations.RunSQL(PAST % BUT_ONES_ROLLED, PAST % "")]
