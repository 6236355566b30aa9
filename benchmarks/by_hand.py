"""The floor of `visible_list`: lines 2 to 15 for documents, written by hand in one statement.

Nothing here is derived from the product: who writes it by hand knows the tables and the policy.
Sent by psycopg2 alone, in autocommit, the rows left as tuples.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import psycopg2
import psycopg2.extensions
from django.db import connections

from access import matrix


if TYPE_CHECKING:
    import datetime as dt

    from benchmarks.asking import Subject


_HOLDER = """
select d.id, d.title, d.type_code, d.class_code, d.occurred_on, d.author_name,
  d.author_structure_name, d.author_kind, false, false, false
from records_record r join records_document d on d.record_id = r.id
where r.id = %(record)s and r.holder_id = %(person)s and r.status in ('open', 'suspended')
  and (r.died_on is null or r.died_on > %(today)s)
  and d.withdrawn_at is null and d.archived_at is null
  and not (coalesce(d.unannounced_until > %(today)s, false)
    and (d.released_at is null or d.released_at > %(at)s))
order by d.occurred_on desc, d.id desc
"""

_PROFESSIONAL = """
with period as materialized (
  select * from access_authorisation a where a.record_id = %(record)s
), held as materialized (
  select a.kind, a.element_id from period a
  where a.confirmed_at <= %(at)s and a.since <= %(at)s
    and (a.until is null or a.until > %(at)s) and (a.ended_at is null or a.ended_at > %(at)s)
    and case when a.professional_id is not null then a.professional_id = %(professional)s
      and exists (select 1 from access_recordusergrant g
        join auth_permission p on p.id = g.permission_id
        where g.content_object_id = %(record)s and g.user_id = %(user)s
          and p.codename = case a.kind when 'treating_gp' then 'treat_record'
            when 'circle' then 'consult_record' else 'receive_share' end)
      else a.structure_id = %(structure)s
      and exists (select 1 from access_recordgroupgrant g
        join auth_permission p on p.id = g.permission_id
        join access_structure s on s.group_id = g.group_id
        where g.content_object_id = %(record)s and s.id = %(structure)s
          and p.codename = case a.kind when 'circle' then 'consult_record'
            else 'receive_share' end)
      end
    and not exists (
      select 1 from period x where x.kind = a.kind and a.ground <> 'holder'
        and (x.professional_id = a.professional_id or x.structure_id = a.structure_id)
        and x.removed_by_holder and x.ended_at <= a.given_at
        and not exists (select 1 from period y where y.kind = a.kind and y.ground = 'holder'
          and (y.professional_id = a.professional_id or y.structure_id = a.structure_id)
          and y.given_at >= x.ended_at and y.given_at <= a.given_at))
), standing as materialized (
  select r.id,
    exists (select 1 from held where kind = 'treating_gp')
      and exists (select 1 from access_professional gp where gp.id = %(professional)s
        and (gp.registration_ended_at is null or gp.registration_ended_at > %(at)s)) as gp,
    exists (select 1 from held where kind = 'circle') as circle,
    exists (select 1 from access_opening o
      where o.record_id = r.id and o.professional_id = %(professional)s and o.kind = 'emergency'
        and o.since <= %(at)s and o.until > %(at)s
        and (o.ended_at is null or o.ended_at > %(at)s)
        and r.emergency_refused is not true) as emergency
  from records_record r
  where r.id = %(record)s and r.status = 'open'
    and (r.died_on is null or r.died_on > %(today)s)
    and r.holder_id is distinct from %(person)s
    and not exists (select 1 from records_representation p
      where p.record_id = r.id and p.person_id = %(person)s)
    and not exists (select 1 from access_block b
      where b.record_id = r.id and b.professional_id = %(professional)s and b.since <= %(at)s
        and (b.ended_at is null or b.ended_at > %(at)s))
    and exists (select 1 from access_practice w where w.id = %(practice)s and w.since <= %(at)s
      and (w.until is null or w.until > %(at)s))
), mask as materialized (
  select m.*, m.audience <> 'everyone' as named from access_mask m
  where m.record_id = %(record)s and m.since <= %(at)s
    and (m.until is null or m.until > %(at)s) and (m.ended_at is null or m.ended_at > %(at)s)
)
select d.id, d.title, d.type_code, d.class_code, d.occurred_on, d.author_name,
  d.author_structure_name, d.author_kind,
  s.gp and exists (select 1 from mask m
    where (m.audience <> 'professional' or m.audience_id <> %(professional)s) and (
      m.target = 'everything'
      or m.target = 'element' and m.target_id = d.id
      or m.target = 'episode' and m.target_id = any(d.episodes)
      or m.target = 'professional'
        and m.target_id in (d.author_id, d.performer_id, d.prescriber_id)
      or m.target = 'category' and m.target_categories & d.categories <> 0)),
  coalesce(d.unannounced_until > %(today)s, false)
    and (d.released_at is null or d.released_at > %(at)s),
  d.secret
from standing s join records_document d on d.record_id = s.id
where d.withdrawn_at is null and d.archived_at is null and (
  s.gp or d.author_id = %(professional)s
  or exists (select 1 from held where kind = 'share' and element_id = d.id)
  or d.type_code = any(%(types)s) and (
    s.circle or s.emergency) and not exists (select 1 from mask m
    where (m.audience = 'everyone'
        or m.audience = 'professional' and m.audience_id = %(professional)s
        or m.audience = 'profession' and m.audience_profession = %(profession)s
        or m.audience = 'structure' and m.audience_id = %(structure)s)
      and not (s.emergency and m.opens_in_emergency
        and (m.audience <> 'professional' or m.audience_id <> %(professional)s))
      and not (s.circle and not m.named
        and coalesce(d.author_structure_id = %(structure)s, false))
      and (m.target = 'everything'
        or m.target = 'element' and m.target_id = d.id
        or m.target = 'episode' and m.target_id = any(d.episodes)
        or m.target = 'professional'
          and m.target_id in (d.author_id, d.performer_id, d.prescriber_id)
        or m.target = 'category' and m.target_categories & d.categories <> 0)))
order by d.occurred_on desc, d.id desc
"""


class ByHand:
    """A bare connection of psycopg2 for a role without row security, on the same database."""

    def __init__(self, at: dt.datetime) -> None:
        self._bare = psycopg2.connect(**connections["owner"].get_connection_params())
        self._bare.autocommit = True
        # As `psycopg2.extras.register_uuid` does, which changes the driver for everybody besides.
        key = psycopg2.extensions.new_type(
            (2950,), "UUID", lambda text, _: None if text is None else uuid.UUID(text)
        )
        psycopg2.extensions.register_type(key, self._bare)
        self._moment = {"at": at, "today": at.date()}

    def documents(self, subject: Subject) -> list[tuple[Any, ...]]:
        """Return what the viewer sees, the latest first, in the columns of the product's list."""
        practice = subject.viewer.practice
        values = subject.values | self._moment
        if practice:
            values["profession"] = practice.profession
            values["types"] = list(matrix.readable_types(practice.profession))
        with self._bare.cursor() as cursor:
            cursor.execute(_PROFESSIONAL if practice else _HOLDER, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def close(self) -> None:
        """Hang up."""
        self._bare.close()
