from django.db import migrations


# Of each of the last three months: the schemes that had sent claims in the three months before it
# was due, and have not sent it. One that a later month overtook is missing all the same. A scheme
# that sends for the first time is not asked for what came before.
EXPECTED = """
CREATE OR REPLACE FUNCTION dmp_expected_files(today date) RETURNS TABLE (scheme text, month date)
LANGUAGE sql STABLE AS $$
  WITH due AS (
    SELECT ago, (date_trunc('month', today) - ago * interval '1 month')::date AS begins
      FROM generate_series(0, 2) AS ago
  ), sent AS (
    SELECT each ->> 'scheme' AS scheme, each ->> 'period' AS period,
           (l.finished_at AT TIME ZONE 'Europe/Paris')::date AS came
      FROM imports_load l, jsonb_array_elements(l.totals) AS each
     WHERE l.file_kind = 'lines' AND l.state = 'done'
       AND l.finished_at >= date_trunc('month', today) - interval '6 months'
  )
  SELECT sent.scheme, (due.begins - interval '1 month')::date AS month
    FROM sent, due
   WHERE sent.came >= due.begins - interval '3 months'
     AND (due.ago = 0 OR sent.came < due.begins + 5)
   GROUP BY sent.scheme, due.begins
  HAVING NOT EXISTS (
           SELECT 1 FROM sent AS its
            WHERE its.scheme = sent.scheme
              AND its.period = to_char(due.begins - interval '1 month', 'YYYY-MM'))
   ORDER BY sent.scheme, month
$$
"""
LAST_MONTH_ALONE = """
CREATE OR REPLACE FUNCTION dmp_expected_files(today date) RETURNS TABLE (scheme text, month date)
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
        ('imports', '0004_language_and_late_files'),
    ]

    operations = [
        migrations.RunSQL(EXPECTED, LAST_MONTH_ALONE),
    ]
