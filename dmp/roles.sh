#!/bin/sh
# Make the roles and give them their passwords: run by the PostgreSQL image on its first start.
set -eu
connect="psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username $POSTGRES_USER --dbname $POSTGRES_DB"
$connect --file /dmp/roles.sql
$connect --set owner="$DMP_OWNER_PASSWORD" --set app="$DMP_APP_PASSWORD" \
    --set worker="$DMP_WORKER_PASSWORD" << 'SQL'
ALTER ROLE dmp_owner PASSWORD :'owner';
ALTER ROLE dmp_app PASSWORD :'app';
ALTER ROLE dmp_worker PASSWORD :'worker';
SQL
