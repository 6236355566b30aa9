from importlib import import_module

from django.db import migrations


BEFORE = import_module("imports.migrations.0005_months_that_never_came").EXPECTED
# As before, but for what it is for a month to have come. A file is of the months that hold half as
# many lines as its fullest one, or more: one line whose date is wrong brings no month, two months
# caught up with at once are both there. So is one of which it holds what the slip announces, to
# the cent. What was refused and came back corrected is of its file. The same rows once more bring
# nothing: they are gone when the load that had brought them is taken back.
EXPECTED = """
CREATE OR REPLACE FUNCTION dmp_expected_files(today date) RETURNS TABLE (scheme text, month date)
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE due AS (
    SELECT ago, (date_trunc('month', today) - ago * interval '1 month')::date AS begins
      FROM generate_series(0, 2) AS ago
  ), part AS (
    SELECT id, id AS file FROM imports_load WHERE corrects IS NULL
     UNION ALL
    SELECT l.id, part.file FROM imports_load l JOIN part ON l.corrects = part.id
  ), sent AS (
    SELECT part.file, each.scheme, each.period, each.lines, each.paid_cents,
           each.reimbursed_cents,
           EXISTS (SELECT FROM imports_load gone
                    WHERE gone.state = 'undone' AND gone.finished_at > l.finished_at
                      AND (gone.file_sha256 = l.file_sha256
                           OR gone.recognised ->> 'rows' = l.recognised ->> 'rows')) AS is_gone,
           (l.finished_at AT TIME ZONE 'Europe/Paris')::date AS came
      FROM imports_load l JOIN part USING (id), jsonb_to_recordset(l.totals) AS each (
           scheme text, period text, lines bigint, paid_cents bigint, reimbursed_cents bigint)
     WHERE l.file_kind = 'lines' AND l.state = 'done'
       AND l.finished_at >= date_trunc('month', today) - interval '6 months'
  ), months AS (
    SELECT scheme, period, sum(lines) AS lines, sum(paid_cents) AS paid_cents,
           sum(reimbursed_cents) AS reimbursed_cents,
           max(sum(lines)) OVER (PARTITION BY file, scheme) AS fullest
      FROM sent WHERE NOT is_gone GROUP BY file, scheme, period
  )
  SELECT sent.scheme, (due.begins - interval '1 month')::date AS month
    FROM sent, due
   WHERE sent.came >= due.begins - interval '3 months'
     AND (due.ago = 0 OR sent.came < due.begins + 5)
   GROUP BY sent.scheme, due.begins
  HAVING NOT EXISTS (
           SELECT 1 FROM months AS its
             LEFT JOIN imports_controltotal AS slip USING (scheme, period)
            WHERE its.scheme = sent.scheme
              AND its.period = to_char(due.begins - interval '1 month', 'YYYY-MM')
              AND (2 * its.lines >= its.fullest
                   OR (its.lines, its.paid_cents, its.reimbursed_cents)
                    = (slip.lines, slip.paid_cents, slip.reimbursed_cents)))
   ORDER BY sent.scheme, month
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0005_months_that_never_came'),
    ]

    operations = [
        migrations.RunSQL(EXPECTED, BEFORE),
    ]
