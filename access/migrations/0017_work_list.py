"""A professional's own list asks for little: what is due, what they deposited, nothing else.

Which drafts are ready is told of all patients, and how much arrived of those on the page; a
deposit's day comes with its key. Each still answers for the bound professional alone.
"""

import re
from importlib import import_module

from django.db import migrations


made = import_module("access.migrations.0010_row_security")
narrow = import_module("access.migrations.0013_narrow_ways")

# Who asks, and when: told once, not for each of their patients.
ASKED = f"""  now_at timestamptz := dmp_at();
  me uuid := (select w.professional from dmp_work(now_at) w where {narrow.ADMITTED});"""
# The records of the bound professional's patients as treating GP, by their periods.
MINE = """select distinct a.record_id from access_authorisation a
      where a.kind = 'treating_gp' and a.professional_id = me and a.confirmed_at <= now_at
        and dmp_live(a.since, a.until, a.ended_at, now_at)"""
SIGNED = """left join lateral (
      select s.signed_at as at from records_synthesis s
      where s.record_id = mine.record_id order by s.number desc limit 1
    ) signed on true"""
# What the treating GP sees is all that isn't withdrawn (line 8).
LINES = """select from records_reimbursementline e
        where e.record_id = mine.record_id and e.withdrawn_at is null
          and e.created_at > coalesce(signed.at, '-infinity')"""
DOCUMENTS = """select from records_document e
        where e.record_id = mine.record_id and e.withdrawn_at is null and e.archived_at is null
          and e.created_at > coalesce(signed.at, '-infinity')"""

SYNTHESES_DUE = narrow.function(
    "dmp_syntheses_due()",
    "table (record_id uuid, signed_at timestamptz, ready boolean)",
    f"""  return query
    select mine.record_id, signed.at, exists ({DOCUMENTS}) or exists ({LINES})
    from ({MINE}) mine
    {SIGNED};""",
    declare=ASKED,
)
ARRIVED = narrow.function(
    "dmp_arrived_since_synthesis(among uuid[])",
    "table (record_id uuid, number integer)",
    f"""  if among = '{{}}' then
    return;
  end if;
  return query
    select mine.record_id, (select count(*)::integer from ({DOCUMENTS} union all {LINES}) new)
    from ({MINE} and a.record_id = any(among)) mine
    {SIGNED};""",
    declare=ASKED,
)
DEPOSITED = """
create function dmp_deposited_by_me(most integer)
returns table (record_id uuid, id uuid, created_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select d.record_id, d.id, d.created_at from records_document d
    where d.author_id = (select w.professional from dmp_work(dmp_at()) w)
      and current_setting('dmp.admitted', true) = 'yes' and d.withdrawn_at is null
    order by d.created_at desc, d.id limit most;
end $$;
"""
FORMER_DEPOSITED = re.search(
    r"create function dmp_deposited_by_me.*?end \$\$;\n", made.PAST, re.DOTALL
)[0]
GONE = "drop function dmp_syntheses_due();\ndrop function dmp_deposited_by_me(integer);\n"


class Migration(migrations.Migration):
    dependencies = [("access", "0016_row_security_on"), ("records", "0011_arrivals")]

    operations = [
        migrations.RunSQL(
            sql=GONE + SYNTHESES_DUE + ARRIVED + DEPOSITED,
            reverse_sql=GONE
            + "drop function dmp_arrived_since_synthesis(uuid[]);\n"
            + narrow.SYNTHESES_DUE
            + FORMER_DEPOSITED,
        )
    ]
