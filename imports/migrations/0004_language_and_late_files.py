from django.db import migrations, models


# Each scheme that sent claims in the three months before this one, and has not sent last month's.
# The desk asks it of every scheme, a record's page of those its own lines came from: one rule, and
# nothing else of the loads.
EXPECTED = """
CREATE FUNCTION dmp_expected_files(today date) RETURNS TABLE (scheme text, month date)
LANGUAGE sql STABLE AS $$
  WITH months AS (
    SELECT (date_trunc('month', today) - interval '1 month')::date AS last,
           (date_trunc('month', today) - interval '3 months')::date AS since
  ), sent AS (
    SELECT each ->> 'scheme' AS scheme, each ->> 'period' AS period
      FROM imports_load l, jsonb_array_elements(l.totals) AS each, months
     WHERE l.file_kind = 'lines' AND l.state = 'done'
       AND (l.finished_at AT TIME ZONE 'Europe/Paris')::date >= months.since
  )
  SELECT sent.scheme, months.last FROM sent, months
   GROUP BY sent.scheme, months.last
  HAVING NOT bool_or(sent.period = to_char(months.last, 'YYYY-MM'))
   ORDER BY sent.scheme
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='load',
            name='language',
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.RunSQL(EXPECTED, "DROP FUNCTION dmp_expected_files(date)"),
    ]
