"""TRUNCATE of one part of the journal is refused too: a partition doesn't take its parent's own."""

from django.db import migrations


EACH_PART = """
DO $$
DECLARE
  part regclass;
BEGIN
  FOR part IN
    SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'access_journalevent'::regclass
  LOOP
    EXECUTE format('{}', part);
  END LOOP;
END $$;
"""
REFUSE = (
    "CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON %s"
    " FOR EACH STATEMENT EXECUTE FUNCTION dmp_refuse_change()"
)
ALLOW = "DROP TRIGGER journal_no_truncate ON %s"


class Migration(migrations.Migration):
    dependencies = [("access", "0021_sight_in_fewer_words")]

    operations = [
        migrations.RunSQL(sql=EACH_PART.format(REFUSE), reverse_sql=EACH_PART.format(ALLOW))
    ]
