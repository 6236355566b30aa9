"""A record is destroyed by one function of the database, in one transaction.

It empties every table that has the record's key (a house test says that each one that leads to a
record does), so that a table made later is not forgotten. The journal's events become tombstones.
"""

from django.db import migrations, models


DUE = """
CREATE FUNCTION dmp_destruction_is_due(r records_record) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT r.status = 'closed'
     AND (coalesce(r.erasure_asked_at <= now() - interval '30 days', false)
          OR coalesce(r.closed_at <= now() - interval '10 years', false))
$$;
"""

ROWS = """
CREATE FUNCTION dmp_destroy_rows(target uuid, why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  place record;
  around uuid[];
BEGIN
  -- Who is filling it ends first, and nobody begins after.
  DELETE FROM records_filling WHERE record_id = target;
  PERFORM FROM records_record WHERE id = target FOR UPDATE;
  INSERT INTO records_destruction (record_id, ground, destroyed_at) VALUES (target, why, now());
  SELECT array_agg(person) INTO around FROM (
    SELECT holder_id AS person FROM records_record WHERE id = target
    UNION SELECT person_id FROM records_representation WHERE record_id = target
    UNION SELECT person_id FROM access_delegation WHERE record_id = target) AS people;
  PERFORM FROM access_journalhead WHERE record_id = target FOR UPDATE;
  UPDATE access_journalevent SET
      act = '', actor_user_id = NULL, actor_person_id = NULL, actor_professional_id = NULL,
      actor_role = '', actor_name = '', actor_profession = '', actor_structure_id = NULL,
      actor_structure_name = '', on_behalf_of = NULL, door = '', reason = '', element_kind = '',
      element_id = NULL, shown = NULL, rests_on_secret = false, title_sealed = NULL, salt = ''
    WHERE record_id = target;
  FOR place IN
    SELECT c.oid::regclass AS name, a.attname AS key
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace
       AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attname IN ('record_id', 'content_object_id') AND a.atttypid = 'uuid'::regtype
       AND NOT a.attisdropped
       AND c.relname NOT IN ('access_journalevent', 'access_journalhead', 'records_destruction')
     -- History last: to remove a row writes down what it was.
     ORDER BY c.relname LIKE '%event', c.relname
  LOOP
    EXECUTE format('DELETE FROM %s WHERE %I = $1', place.name, place.key) USING target;
  END LOOP;
  DELETE FROM records_record WHERE id = target;
  -- People who are here for nothing else: no account, no other record.
  SELECT array_agg(p.id) INTO around FROM records_person p
   WHERE p.id = ANY (around)
     AND NOT EXISTS (SELECT FROM access_user WHERE person_id = p.id)
     AND NOT EXISTS (SELECT FROM records_record WHERE holder_id = p.id)
     AND NOT EXISTS (SELECT FROM records_representation WHERE person_id = p.id)
     AND NOT EXISTS (SELECT FROM access_delegation WHERE person_id = p.id);
  DELETE FROM records_contactpoint WHERE person_id = ANY (around);
  DELETE FROM records_person WHERE id = ANY (around);
END $$;
REVOKE ALL ON FUNCTION dmp_destroy_rows(uuid, text) FROM PUBLIC;
"""

DUE_ROWS = """
CREATE FUNCTION dmp_destroy_due_record(target uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  whole records_record;
BEGIN
  -- Who is filling it ends first; who takes the demand back now has done so before it is read.
  PERFORM FROM records_filling WHERE record_id = target FOR UPDATE;
  SELECT * INTO whole FROM records_record
   WHERE id = (SELECT coalesce(merged_into_id, id) FROM records_record WHERE id = target)
   FOR UPDATE;
  IF NOT FOUND OR NOT dmp_destruction_is_due(whole) THEN
    RETURN false;
  END IF;
  PERFORM dmp_destroy_rows(
    target, CASE WHEN whole.erasure_asked_at IS NULL THEN 'years' ELSE 'asked' END);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION dmp_destroy_due_record(uuid) FROM PUBLIC;
"""

TOMBSTONES = """
CREATE OR REPLACE FUNCTION dmp_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stone record;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    stone := OLD;
    stone.act := ''; stone.actor_user_id := NULL; stone.actor_person_id := NULL;
    stone.actor_professional_id := NULL; stone.actor_role := ''; stone.actor_name := '';
    stone.actor_profession := ''; stone.actor_structure_id := NULL;
    stone.actor_structure_name := ''; stone.on_behalf_of := NULL; stone.door := '';
    stone.reason := ''; stone.element_kind := ''; stone.element_id := NULL;
    stone.shown := NULL; stone.rests_on_secret := false; stone.title_sealed := NULL;
    stone.salt := '';
    IF to_jsonb(NEW) = to_jsonb(stone) AND EXISTS (
      SELECT FROM public.records_destruction
       WHERE record_id = OLD.record_id AND files_gone_at IS NULL)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'The journal is append-only: % refused.', TG_OP USING ERRCODE = '42501';
END $$;
"""

REFUSE = """
CREATE OR REPLACE FUNCTION dmp_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The journal is append-only: % refused.', TG_OP USING ERRCODE = '42501';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0005_deposits_by_author"),
        ("access", "0006_notices_are_sent"),
    ]

    operations = [
        migrations.CreateModel(
            name="Destruction",
            fields=[
                ("record_id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("asked", "demandée par la personne"),
                            ("years", "dix ans après la fermeture"),
                            ("operator", "ordonnée à l'exploitant"),
                        ],
                        max_length=8,
                    ),
                ),
                ("destroyed_at", models.DateTimeField()),
                ("files_gone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("status", "closed")),
                fields=["closed_at"],
                name="record_closed",
            ),
        ),
        migrations.RunSQL(DUE, "DROP FUNCTION dmp_destruction_is_due(records_record)"),
        migrations.RunSQL(ROWS, "DROP FUNCTION dmp_destroy_rows(uuid, text)"),
        migrations.RunSQL(DUE_ROWS, "DROP FUNCTION dmp_destroy_due_record(uuid)"),
        migrations.RunSQL(TOMBSTONES, REFUSE),
    ]
