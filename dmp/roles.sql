-- The three roles of the database, made once by a superuser connected to it: by the embedded
-- launcher, by docker-compose, or by hand (docs/operations.md). Running it again changes nothing.
-- Passwords are not here: dmp/roles.sh sets them where roles are reached over the network.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['dmp_owner', 'dmp_app', 'dmp_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
        -- None of them is a superuser, makes roles, or passes row security.
        EXECUTE format(
            'ALTER ROLE %I LOGIN INHERIT NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS', name
        );
        -- The server's log says what went wrong, never with which values: a statement holds what
        -- a person typed, and a detail quotes it.
        EXECUTE format('ALTER ROLE %I SET log_min_error_statement = %L', name, 'panic');
        EXECUTE format('ALTER ROLE %I SET log_error_verbosity = %L', name, 'terse');
    END LOOP;

    -- The owner owns the database and whatever migrations make in it; the others own nothing.
    EXECUTE format('ALTER DATABASE %I OWNER TO dmp_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dmp_app, dmp_worker', current_database());
END
$$;

-- The owner makes and drops the scratch database of `manage.py check_policy`.
ALTER ROLE dmp_owner CREATEDB;

-- What each may do with the schema and each table is given by `manage.py migrate` (dmp/roles.py).

-- A page that takes half a minute is broken: it must not hold a connection for ever.
ALTER ROLE dmp_app SET statement_timeout = '30s';
ALTER ROLE dmp_app SET idle_in_transaction_session_timeout = '60s';
