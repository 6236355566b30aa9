-- What only the tests need, beside dmp/roles.sql: a role that changes roles as it is told, and
-- the right to make a database.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dmp_test') THEN
        CREATE ROLE dmp_test;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dmp_test', current_database());
END
$$;
-- NOINHERIT: on its own it may do nothing; it takes one role at a time with SET ROLE.
ALTER ROLE dmp_test LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS;
GRANT dmp_app, dmp_worker, dmp_owner TO dmp_test;
ALTER ROLE dmp_owner CREATEDB;
-- A test's own database is dropped although a thread may still be connected to it.
GRANT pg_signal_backend TO dmp_owner;
-- A test's own database is dropped while a thread of its live server may still hang up.
GRANT pg_signal_backend TO dmp_owner;
