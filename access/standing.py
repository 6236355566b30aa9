"""What a viewer is to one record at one instant, read in one statement before any element.

It says who somebody is (holder, representative, delegate, blocked, treating GP, which doors),
never what they see: the ladder in ``access.policy`` decides that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from access.prepared import Statement


if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from access.viewer import Moment, Viewer


DOCTOR = "10"
# Letters as they are typed: for names, in SQL.
ACCENTED = "àáâäãåçèéêëìíîïñòóôöõùúûüýÿ'’-"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyy   "

LIVE = (
    "{0}.since <= %(at)s and ({0}.until is null or {0}.until > %(at)s)"
    " and ({0}.ended_at is null or {0}.ended_at > %(at)s)"
)

# Asked of the few rows of one record: joined, the whole table would be read.
_CODENAME = "(select p.codename from auth_permission p where p.id = g.permission_id)"

# What the viewer holds on record r: the record's own periods and grants are read once, never the
# viewer's, who may have those of thousands of patients. Each period needs guardian's row beside
# it (a late sweep never opens, nor a stray grant); and whoever the holder removed returns only by
# the holder's own act (policy section 4), through where they work no more than in person.
DOORS = f"""lateral (
  with period as materialized (
    select * from access_authorisation where record_id = r.id and %(professional)s is not null
  ), granted as materialized (
    select {_CODENAME} as codename, true as personal
    from access_recordusergrant g
    where g.content_object_id = r.id and g.user_id = %(user)s
    union all
    select {_CODENAME}, false
    from access_recordgroupgrant g
    where g.content_object_id = r.id
      and g.group_id = (select group_id from access_structure where id = %(structure)s)
  ), held as (
    select a.kind, a.professional_id, a.element_id from period a
    where a.confirmed_at <= %(at)s and {LIVE.format("a")}
      and exists (
        select 1 from granted g
        where g.codename = case a.kind when 'treating_gp' then 'treat_record'
            when 'circle' then 'consult_record' when 'share' then 'receive_share' end
          and case when g.personal then a.professional_id = %(professional)s
            else a.structure_id = %(structure)s end)
      and not exists (
        select 1 from period x
        where x.kind = a.kind and a.ground <> 'holder'
          and (x.professional_id = %(professional)s or x.structure_id = a.structure_id)
          and x.removed_by_holder and x.ended_at <= a.given_at
          and not exists (
            select 1 from period y
            where y.kind = a.kind and y.ground = 'holder'
              and (y.professional_id = x.professional_id
                or y.structure_id in (x.structure_id, a.structure_id))
              and y.given_at >= x.ended_at and y.given_at <= a.given_at))
  )
  select
    coalesce(bool_or(kind = 'treating_gp' and professional_id = %(professional)s), false)
      and exists (select 1 from access_professional gp where gp.id = %(professional)s
        and (gp.registration_ended_at is null or gp.registration_ended_at > %(at)s))
      as treating_gp,
    coalesce(bool_or(kind = 'circle'), false) as circle,
    array_agg(element_id) filter (where kind = 'share') as shared
  from held) doors"""  # noqa: S608  # constants only; values are bound

# Every representation that began in childhood ends at 18 (policy line 5), a parent's in any case.
_ADULT = "h.born_on + interval '18 years' <= %(today)s"
REPRESENTS = f"""x.since <= %(at)s and (x.until is null or x.until > %(at)s)
          and not ({_ADULT} and (x.ground = 'parent'
            or (x.since at time zone 'Europe/Paris')::date < h.born_on + interval '18 years'))"""
PRACTISING = """exists (select 1 from access_practice w
      where w.id = %(practice)s and w.since <= %(at)s and (w.until is null or w.until > %(at)s))"""
BLOCKED = """exists (select 1 from access_block b
      where b.record_id = r.id and b.professional_id = %(professional)s
        and b.since <= %(at)s and (b.ended_at is null or b.ended_at > %(at)s))"""

_STATEMENT = Statement(
    called="standing",
    sql=f"""
select r.status, r.died_on is not null and r.died_on <= %(today)s,
  r.emergency_refused is true, r.regulation_refused is true,
  coalesce(r.holder_id = %(person)s, false),
  {_ADULT},
  (select case
      when bool_or(rep.live and not rep.suspended) then 'live'
      when bool_or(rep.live) then 'suspended'
      when count(*) > 0 then 'ended' else '' end
   from (select
        {REPRESENTS} as live,
        x.suspended_at is not null and x.suspended_at <= %(at)s as suspended
      from records_representation x
      where x.record_id = r.id and x.person_id = %(person)s) rep),
  array(
      select unnest(case when d.everything then array['everything'] else d.kinds end)
      from access_delegation d
      where d.record_id = r.id and d.person_id = %(person)s and {LIVE.format("d")}
        and not (d.named_by_representative and {_ADULT})),
  {BLOCKED}, {PRACTISING}, doors.treating_gp, doors.circle, doors.shared,
  array(select o.kind from access_opening o
   where o.record_id = r.id and o.professional_id = %(professional)s and {LIVE.format("o")})
from records_record r join records_person h on h.id = r.holder_id, {DOORS}
where r.id = %(record)s
""",  # noqa: S608  # constants only; values are bound
)

# From the viewer's own periods to the records they open; each record by the very conditions above.
_PATIENTS = f"""
select r.id, h.first_given, coalesce(nullif(h.used_name, ''), h.birth_name), h.sex, h.born_on,
  doors.treating_gp as gp, count(*) over ()
from (select distinct a.record_id from access_authorisation a
      where (a.professional_id = %(professional)s or a.structure_id = %(structure)s)
        and a.kind in ('treating_gp', 'circle') and {LIVE.format("a")}) mine
join records_record r on r.id = mine.record_id join records_person h on h.id = r.holder_id,
{DOORS}
where r.status = 'open' and (r.died_on is null or r.died_on > %(today)s)
  and {PRACTISING} and not {BLOCKED} and (doors.treating_gp or doors.circle)
  and h.id is distinct from %(person)s
  and not exists (select 1 from records_representation x
      where x.record_id = r.id and x.person_id = %(person)s and {REPRESENTS})
  and (%(name)s = '' or translate(lower(
      h.first_given || ' ' || h.used_name || ' ' || h.birth_name), %(accented)s, %(plain)s)
      like %(like)s)
order by gp desc,
  case when r.id = any(%(unsigned)s::uuid[]) then 0 when r.id = any(%(changed)s::uuid[]) then 1
    else 2 end, 3, 2, 1 limit %(limit)s offset %(offset)s
"""  # noqa: S608  # constants only; values are bound


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts of lines 3 to 11 for one viewer and one record."""

    viewer: Viewer
    record_id: uuid.UUID
    moment: Moment
    exists: bool = False
    status: str = ""
    died: bool = False
    is_holder: bool = False
    holder_is_adult: bool = True
    representation: str = ""
    delegated: frozenset[str] = frozenset()
    blocked: bool = False
    practising: bool = False
    treating_gp: bool = False
    circle: bool = False
    emergency: bool = False
    regulation: bool = False
    shared: tuple[uuid.UUID, ...] = field(default=())
    # False where somebody asks who may not know of a minor's masks: what they are told leaves
    # them out (section 7), what the viewer sees doesn't.
    secret_masks: bool = True

    @property
    def is_representative(self) -> bool:
        """Tell whether they represent the holder today."""
        return self.representation == "live"

    @property
    def has_door(self) -> bool:
        """Line 11: circle, emergency or regulation."""
        return self.circle or self.emergency or self.regulation


def read_standing(viewer: Viewer, record_id: uuid.UUID, moment: Moment) -> Standing:
    """Return what a viewer is to a record; the same statement whoever asks, found or not."""
    rows = _STATEMENT.rows({"record": record_id} | parameters_of(viewer, moment))
    if not rows:
        return Standing(viewer=viewer, record_id=record_id, moment=moment)
    [row] = rows
    (status, died, emergency_refused, regulation_refused, is_holder, adult) = row[:6]
    (representation, delegated, blocked, practising, gp, circle) = row[6:12]
    shared, openings = row[12:]
    opened = set(openings)
    doctor = viewer.profession == DOCTOR
    return Standing(
        viewer=viewer,
        record_id=record_id,
        moment=moment,
        exists=True,
        status=status,
        died=died,
        is_holder=is_holder,
        holder_is_adult=adult,
        representation=representation,
        delegated=frozenset(delegated),
        blocked=blocked,
        practising=practising,
        treating_gp=gp and practising,
        circle=circle and practising,
        emergency="emergency" in opened and practising and doctor and not emergency_refused,
        regulation="regulation" in opened
        and practising
        and doctor
        and viewer.at_samu
        and not regulation_refused,
        shared=tuple(shared or ()) if practising else (),
    )


@dataclass(frozen=True, slots=True)
class Patient:
    """A record a professional comes to by their own door: whose it is, nothing of its content."""

    record_id: uuid.UUID
    first_name: str
    family_name: str
    sex: str
    born_on: dt.date
    treating_gp: bool


def patients_of(
    viewer: Viewer,
    moment: Moment,
    *,
    name: str,
    unsigned: Sequence[uuid.UUID],
    changed: Sequence[uuid.UUID],
    limit: int,
    offset: int,
) -> tuple[list[Patient], int]:
    """Return a page of the records a professional has a door to, and how many there are in all.

    Treating GP first, and of those the records without a synthesis, then the ones that changed
    since; then by name. ``name`` is what their names hold, without accents.
    """
    parameters: dict[str, Any] = parameters_of(viewer, moment) | {
        "name": name,
        "like": f"%{name}%",
        "accented": ACCENTED,
        "plain": PLAIN,
        "unsigned": list(unsigned),
        "changed": list(changed),
        "limit": limit,
        "offset": offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PATIENTS, parameters)
        rows = cursor.fetchall()
    return [Patient(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def parameters_of(viewer: Viewer, moment: Moment) -> dict[str, Any]:
    """Return what the conditions above are asked with."""
    practice = viewer.practice
    return {
        "person": viewer.person_id,
        "user": viewer.user_id,
        "professional": viewer.professional_id,
        "structure": viewer.structure_id,
        "practice": practice.id if practice else None,
        "at": moment.at,
        "today": moment.today,
    }


def release_day(deposited: dt.date) -> dt.date:
    """Return the day a not-announced element opens by itself: the same day of the next month.

    Its last day where that day is missing (CSP R1111-53, one month after deposit, at 00:00).
    """
    year, month = divmod(deposited.year * 12 + deposited.month, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (following - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(deposited.day, last))
