"""Invented records as rows, by set-based SQL as the owner of the tables: only sizes matter here.

Every record has a treating GP, and in its circle five specialists and a pharmacy, with guardian's
rows; one more is in the circle of a quarter of all records. A tenth of the documents are masked.
Documents are laid down in the order of their days, as deposits come: a record's are scattered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections

from records import reference


if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


GPS = 25
SPECIALISTS = 150
PHARMACIES = 10
DOCUMENTS = 50
_MOST = 1_000_000  # documents are numbered record by record below this many records

# Keys look like those of production: in the order of time, then at random.
_FUNCTIONS = """
create or replace function pg_temp.key(tag text, n bigint) returns uuid language sql immutable as
$$ select (lpad(to_hex(n), 12, '0') || '7' || tag || '8' || substr(md5(tag || n), 1, 15))::uuid $$;
create or replace function pg_temp.long_ago() returns timestamptz language sql immutable as
$$ select timestamptz '2025-01-10 09:00+01' $$;
"""

_PROFESSIONALS = """
insert into auth_group (name) select 'structure ' || n from generate_series(1, %(places)s) n;
insert into access_structure (id, finess, name, kind, address, group_id)
select pg_temp.key('008', n), lpad(n::text, 9, '0'), 'Structure ' || n,
  case when n <= %(pharmacies)s then 'pharmacy' else 'practice' end, '', g.id
from generate_series(1, %(places)s) n join auth_group g on g.name = 'structure ' || n;

insert into access_professional
  (id, rpps, title, family_name, given_name, profession, specialty)
select pg_temp.key('007', n), lpad(n::text, 11, '0'), 'Dr', 'Exemple', 'Alix ' || n, '10', ''
from generate_series(1, %(professionals)s) n;
insert into access_practice (id, professional_id, structure_id, profession, unit, since)
select pg_temp.key('009', n), pg_temp.key('007', n),
  pg_temp.key('008', %(pharmacies)s + n), '10', '', pg_temp.long_ago()
from generate_series(1, %(professionals)s) n;
insert into access_user
  (id, password, is_superuser, email, fund_role, is_active, is_staff, created_at, professional_id)
select pg_temp.key('006', n), '!', false, 'pro' || n || '@exemple.test', '', true, false,
  pg_temp.long_ago(), pg_temp.key('007', n)
from generate_series(1, %(professionals)s) n;
"""

_RECORDS = """
insert into records_person
  (id, birth_name, used_name, given_names, first_given, sex, born_on, birthplace, language)
select pg_temp.key('001', n), 'EXEMPLE', '', 'Camille', 'Camille', 'F',
  date '1940-01-01' + (n * 7 %% 20000)::int, '75115', 'fr'
from generate_series(%(first)s, %(last)s) n;
insert into access_user
  (id, password, is_superuser, email, fund_role, is_active, is_staff, created_at, person_id)
select pg_temp.key('016', n), '!', false, 'titulaire' || n || '@exemple.test', '', true, false,
  pg_temp.long_ago(), pg_temp.key('001', n)
from generate_series(%(first)s, %(last)s) n;
insert into records_record
  (id, holder_id, status, opened_at, opened_by_kind, consent_at, consent_given_by, notify_by,
   key_wrapped)
select pg_temp.key('002', n), pg_temp.key('001', n), 'open', pg_temp.long_ago(), 'pharmacist',
  pg_temp.long_ago(), 'holder', '', decode(repeat('00', 60), 'hex')
from generate_series(%(first)s, %(last)s) n;
"""

# Who holds a door to record n: its GP, five specialists, one at every fourth, a pharmacy.
_HELD = """
create temporary table held on commit drop as
select n, 'treating_gp' as kind, 1 + n %% %(gps)s as pro, null::bigint as place, 0 as j
from generate_series(%(first)s, %(last)s) n
union all
select n, 'circle', 2 + %(gps)s + (n * 7 + j * 29) %% (%(specialists)s - 1), null, 1 + j
from generate_series(%(first)s, %(last)s) n, generate_series(0, 4) j
union all
select n, 'circle', 1 + %(gps)s, null, 6
from generate_series(%(first)s, %(last)s) n where n %% 4 = 0
union all
select n, 'circle', null, 1 + n %% %(pharmacies)s, 7
from generate_series(%(first)s, %(last)s) n;

insert into access_authorisation
  (id, record_id, kind, professional_id, structure_id, ground, given_at, confirmed_at, since,
   until, ended_at, removed_by_holder)
select pg_temp.key('005', n * 20 + j), pg_temp.key('002', n), kind, pg_temp.key('007', pro),
  pg_temp.key('008', place), 'holder', pg_temp.long_ago(), pg_temp.long_ago(),
  pg_temp.long_ago(), null::timestamptz, null::timestamptz, false
from held
union all  -- one period of another day, ended
select pg_temp.key('005', n * 20 + 10), pg_temp.key('002', n), 'circle',
  pg_temp.key('007', 1 + n %% %(gps)s), null, 'holder', pg_temp.long_ago(), pg_temp.long_ago(),
  pg_temp.long_ago(), null, pg_temp.long_ago() + interval '9 days', false
from held where j = 0;

insert into access_recordusergrant (permission_id, user_id, content_object_id)
select p.id, pg_temp.key('006', pro), pg_temp.key('002', n)
from held join auth_permission p
  on p.codename = case kind when 'circle' then 'consult_record' else 'treat_record' end
where pro is not null;
insert into access_recordgroupgrant (permission_id, group_id, content_object_id)
select p.id, s.group_id, pg_temp.key('002', n)
from held join auth_permission p on p.codename = 'consult_record'
  join access_structure s on s.id = pg_temp.key('008', place)
where place is not null;
"""

_DOCUMENTS = """
insert into records_document
  (id, record_id, occurred_on, type_code, class_code, categories, episodes, author_id,
   author_structure_id, secret, about_another, unannounced_until, withdrawn_at, withdrawn_reason,
   created_at, title, author_kind, author_name, author_profession, author_specialty,
   author_structure_name)
select pg_temp.key('003', i * %(most)s + n), pg_temp.key('002', n),
  date '2025-01-10' + (i * 7 + n %% 7)::int,
  (%(types)s::text[])[1 + (i + n) %% %(type_count)s],
  (%(classes)s::text[])[1 + (i + n) %% %(type_count)s],
  case when i %% 25 = 7 then 1 << (n %% 7)::int else 0 end,
  array[pg_temp.key('00a', n * 16 + i %% 12)],
  pg_temp.key('007', author), pg_temp.key('008', %(pharmacies)s + author), i = 11, i = 13,
  case when i = 17 then date '2099-01-01' end,
  case when i = 19 then pg_temp.long_ago() end, case when i = 19 then 'error' else '' end,
  timestamptz '2025-01-10 09:00+01' + (i * 7) * interval '1 day',
  'Compte rendu ' || i, 'professional', 'Dr Alix Exemple', '10', '', 'Cabinet Exemple'
from generate_series(1, %(documents)s) i, generate_series(%(first)s, %(last)s) n,
lateral (select case when i %% 5 = 0 then 1 + n %% %(gps)s
  else 2 + %(gps)s + (n * 7 + i) %% (%(specialists)s - 1) end as author) wrote
order by i, n;
"""

# Five documents of fifty: from everyone, from a specialist of the circle, from a structure.
_MASKS = """
insert into access_mask
  (id, record_id, target, target_id, target_categories, audience, audience_id,
   audience_profession, opens_in_emergency, set_by_kind, secret, since, ended_at)
select pg_temp.key('004', n * 20 + i), pg_temp.key('002', n), 'element',
  pg_temp.key('003', i * %(most)s + n), 0,
  case when i < 22 then 'everyone' when i = 25 then 'structure' else 'professional' end,
  case when i < 22 then null when i = 25 then pg_temp.key('008', 1 + n %% %(pharmacies)s)
       else pg_temp.key('007', 2 + %(gps)s + (n * 7) %% (%(specialists)s - 1)) end,
  '', false, 'holder', false, pg_temp.long_ago(), null::timestamptz
from generate_series(%(first)s, %(last)s) n, generate_series(20, 25) i where i <> 24
union all
select pg_temp.key('004', n * 20 + 17), pg_temp.key('002', n), 'category', null, 1, 'everyone',
  null, '', false, 'holder', false, pg_temp.long_ago(), null
from generate_series(%(first)s, %(last)s) n where n %% 5 = 0
union all
select pg_temp.key('004', n * 20 + 18), pg_temp.key('002', n), 'everything', null, 0, 'everyone',
  null, '', false, 'holder', false, pg_temp.long_ago(),
  pg_temp.long_ago() + interval '9 days'
from generate_series(%(first)s, %(last)s) n;
"""

# Row history would double the rows and is no part of what is read here.
_TRIGGERED = ("records_document", "access_authorisation", "access_mask")


def people() -> None:
    """Insert the professionals, their places and their accounts, once."""
    professionals = GPS + SPECIALISTS
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FUNCTIONS)
        cursor.execute(
            _PROFESSIONALS,
            {
                "places": PHARMACIES + professionals,
                "pharmacies": PHARMACIES,
                "professionals": professionals,
            },
        )


def grow(first: int, last: int, *, documents: int = DOCUMENTS) -> None:
    """Insert the records numbered from ``first`` to ``last``, and let the planner know them."""
    types = [kind for kind in reference.document_types() if kind.in_matrix][:12]
    numbers: dict[str, Any] = {
        "first": first,
        "last": last,
        "documents": documents,
        "most": _MOST,
        "gps": GPS,
        "specialists": SPECIALISTS,
        "pharmacies": PHARMACIES,
        "types": [kind.code for kind in types],
        "classes": [kind.class_code for kind in types],
        "type_count": len(types),
    }
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(_FUNCTIONS)
        _history(cursor, on=False)
        for part in (_RECORDS, _HELD, _DOCUMENTS, _MASKS):
            # One transaction a part: the temporary table goes with its own.
            cursor.execute(f"begin; {part} commit", numbers)
        _history(cursor, on=True)
        cursor.execute("vacuum analyze")


def _history(cursor: CursorWrapper, *, on: bool) -> None:
    for table in _TRIGGERED:
        cursor.execute(f"alter table {table} {'enable' if on else 'disable'} trigger user")
