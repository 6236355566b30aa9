"""What waits to be announced is asked between days: the worker's clock reads no more than it tells.

A bound that is null is none.
"""

from django.db import migrations


WAITING = """
drop function dmp_unannounced_deposits({before});
create function dmp_unannounced_deposits({after})
returns table (
  record_id uuid, created_at timestamptz, unannounced_until date, secret boolean,
  about_another boolean
) language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
  return query
    select d.record_id, d.created_at, d.unannounced_until, d.secret, d.about_another
    from records_document d
    where d.unannounced_until > until_after and d.released_at is null
      and d.withdrawn_at is null{bounds};
end $$;
"""
BETWEEN = """
      and (last_day is null or d.unannounced_until <= last_day)
      and (deposited_before is null or d.created_at < deposited_before)"""
FORMER = "until_after date"
NOW = "until_after date, last_day date, deposited_before timestamptz"


class Migration(migrations.Migration):
    dependencies = [("access", "0014_invitations")]

    operations = [
        migrations.RunSQL(
            sql=WAITING.format(before="date", after=NOW, bounds=BETWEEN),
            reverse_sql=WAITING.format(
                before="date, date, timestamptz", after=FORMER, bounds=""
            ),
        )
    ]
