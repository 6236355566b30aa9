"""The journal refuses UPDATE, DELETE and TRUNCATE in the database itself, whoever asks."""

from django.db import migrations


REFUSE = """
CREATE FUNCTION dmp_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The journal is append-only: % refused.', TG_OP USING ERRCODE = '42501';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON access_journalevent
  FOR EACH ROW EXECUTE FUNCTION dmp_refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON access_journalevent
  FOR EACH STATEMENT EXECUTE FUNCTION dmp_refuse_change();
"""
ALLOW = """
DROP TRIGGER journal_append_only ON access_journalevent;
DROP TRIGGER journal_no_truncate ON access_journalevent;
DROP FUNCTION dmp_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_grants")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
