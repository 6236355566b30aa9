"""What a viewer is to one record at one instant, read in one statement before any element.

It says who somebody is (holder, representative, delegate, blocked, treating GP, which doors),
never what they see: the ladder in ``access.policy`` decides that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from access.prepared import Statement


if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence

    from access.viewer import Moment, Viewer


DOCTOR = "10"
# Letters as they are typed: for names, in SQL.
ACCENTED = "àáâäãåçèéêëìíîïñòóôöõùúûüýÿ'’-"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyy   "

LIVE = (
    "{0}.since <= %(at)s and ({0}.until is null or {0}.until > %(at)s)"
    " and ({0}.ended_at is null or {0}.ended_at > %(at)s)"
)

# What the viewer holds among the rows of ``period``, by the rows of ``granted``: one record's, or
# all of theirs at once. Each period needs guardian's row beside it (a late sweep never opens, nor
# a stray grant); and whoever the holder removed returns only by the holder's own act (policy
# section 4), through where they work no more than in person.
_HELD = f"""
    select a.record_id, a.kind, a.professional_id, a.element_id from period a
    where a.confirmed_at <= %(at)s and {LIVE.format("a")}
      and exists (
        select 1 from granted g
        where g.record_id = a.record_id
          and g.codename = case a.kind when 'treating_gp' then 'treat_record'
            when 'circle' then 'consult_record' when 'share' then 'receive_share' end
          and case when g.personal then a.professional_id = %(professional)s
            else a.structure_id = %(structure)s end)
      and not exists (
        select 1 from period x
        where x.record_id = a.record_id and x.kind = a.kind and a.ground <> 'holder'
          and (x.professional_id = %(professional)s or x.structure_id = a.structure_id)
          and x.removed_by_holder and x.ended_at <= a.given_at
          and not exists (
            select 1 from period y
            where y.record_id = a.record_id and y.kind = a.kind and y.ground = 'holder'
              and (y.professional_id = x.professional_id
                or y.structure_id in (x.structure_id, a.structure_id))
              and y.given_at >= x.ended_at and y.given_at <= a.given_at))"""  # noqa: S608  # constants only; values are bound

_AS_DOORS = """
    coalesce(bool_or(kind = 'treating_gp' and professional_id = %(professional)s), false)
      and exists (select 1 from access_professional gp where gp.id = %(professional)s
        and (gp.registration_ended_at is null or gp.registration_ended_at > %(at)s))
      as treating_gp,
    coalesce(bool_or(kind = 'circle'), false) as circle"""
_GROUP = "(select group_id from access_structure where id = %(structure)s)"

# Asked of the few rows of one record: joined, the whole table would be read.
_CODENAME = "(select p.codename from auth_permission p where p.id = g.permission_id)"

# On record r: the record's own periods and grants are read once, never the viewer's, who may have
# those of thousands of patients.
DOORS = f"""lateral (
  with period as materialized (
    select * from access_authorisation where record_id = r.id and %(professional)s is not null
  ), granted as materialized (
    select g.content_object_id as record_id, {_CODENAME} as codename, true as personal
    from access_recordusergrant g
    where g.content_object_id = r.id and g.user_id = %(user)s
    union all
    select g.content_object_id, {_CODENAME}, false
    from access_recordgroupgrant g where g.content_object_id = r.id and g.group_id = {_GROUP}
  ), held as ({_HELD})
  select {_AS_DOORS},
    array_agg(element_id) filter (where kind = 'share') as shared
  from held) doors"""  # noqa: S608  # constants only; values are bound

# On every record at once, for a list: from the viewer's own periods and grants, each read once.
# No other row of theirs is asked for: a removal, and what undoes it, names them or their place.
ALL_DOORS = f"""
period as materialized (
  select a.record_id, a.kind, a.professional_id, a.structure_id, a.element_id, a.ground,
    a.given_at, a.confirmed_at, a.since, a.until, a.ended_at, a.removed_by_holder
  from access_authorisation a
  where a.kind in ('treating_gp', 'circle')
    and (a.professional_id = %(professional)s or a.structure_id = %(structure)s)
), granted as materialized (
  select g.content_object_id as record_id, p.codename, true as personal
  from access_recordusergrant g join auth_permission p on p.id = g.permission_id
  where g.user_id = %(user)s
  union all
  select g.content_object_id, p.codename, false
  from access_recordgroupgrant g join auth_permission p on p.id = g.permission_id
  where g.group_id = {_GROUP}
), held as ({_HELD}),
doors as (select record_id, {_AS_DOORS} from held group by record_id)"""  # noqa: S608  # constants only; values are bound

# Every representation that began in childhood ends at 18 (policy line 5), a parent's in any case.
_ADULT = "h.born_on + interval '18 years' <= %(today)s"
REPRESENTS = f"""x.since <= %(at)s and (x.until is null or x.until > %(at)s)
          and not ({_ADULT} and (x.ground = 'parent'
            or (x.since at time zone 'Europe/Paris')::date < h.born_on + interval '18 years'))"""
PRACTISING = """exists (select 1 from access_practice w
      where w.id = %(practice)s and w.since <= %(at)s and (w.until is null or w.until > %(at)s))"""
_BLOCKS = """select b.record_id from access_block b
      where b.professional_id = %(professional)s
        and b.since <= %(at)s and (b.ended_at is null or b.ended_at > %(at)s)"""
BLOCKED = f"exists ({_BLOCKS} and b.record_id = r.id)"

# That a professional may come to record r of holder h by a door they hold (lines 1, 3 to 5 and 7),
# for a list: what is few (blocks, those they represent) is read once and not record by record.
COMES_TO = f"""r.status = 'open' and (r.died_on is null or r.died_on > %(today)s)
  and {PRACTISING} and r.id not in ({_BLOCKS}) and h.id is distinct from %(person)s
  and r.id not in (
    select x.record_id from records_representation x
      join records_record whose on whose.id = x.record_id
      join records_person h on h.id = whose.holder_id
    where x.person_id = %(person)s and {REPRESENTS})"""  # noqa: S608  # constants only; values are bound

_REPRESENTATION = f"""(select case
      when bool_or(rep.live and not rep.suspended) then 'live'
      when bool_or(rep.live) then 'suspended' else '' end
   from (select
        {REPRESENTS} as live,
        x.suspended_at is not null and x.suspended_at <= %(at)s as suspended
      from records_representation x
      where x.record_id = r.id and x.person_id = %(person)s) rep)"""  # noqa: S608  # as above
_DELEGATED = f"""array(
      select unnest(case when d.everything then array['everything'] else d.kinds end)
      from access_delegation d
      where d.record_id = r.id and d.person_id = %(person)s and {LIVE.format("d")}
        and not (d.named_by_representative and {_ADULT}))"""  # noqa: S608  # as above


def _asking(*, representation: str, delegated: str) -> str:
    return f"""
select r.id, r.status, r.died_on is not null and r.died_on <= %(today)s,
  r.emergency_refused is true, r.regulation_refused is true,
  coalesce(r.holder_id = %(person)s, false),
  {_ADULT}, {representation}, {delegated},
  {BLOCKED}, {PRACTISING}, doors.treating_gp, doors.circle, doors.shared,
  array(select o.kind from access_opening o
   where o.record_id = r.id and o.professional_id = %(professional)s and {LIVE.format("o")})
from records_record r join records_person h on h.id = r.holder_id, {DOORS}
where r.id"""  # noqa: S608  # constants only; values are bound


_STANDING = _asking(representation=_REPRESENTATION, delegated=_DELEGATED)
_ONE = Statement(f"{_STANDING} = %(record)s", called="standing")
# Of who is no person we know: nobody's representative, nobody's delegate.
_OF_NO_PERSON = Statement(
    _asking(representation="''", delegated="array[]::text[]") + " = %(record)s",
    called="standing",
)
_SEVERAL = Statement(f"{_STANDING} = any(%(records)s)", called="standings")
# The same words for each of several viewers: theirs is a row's where one viewer's is a value.
_WHO = ("person", "user", "professional", "structure", "practice")
_THEIRS = re.sub(rf"%\(({'|'.join(_WHO)})\)s", r'viewer."\1"', f"{_STANDING} = %(record)s")
_EACH = Statement(
    called="standings_each",
    sql=f"""
select viewer.place, seen.*
from unnest({", ".join(f"%({name}s)s::uuid[]" for name in _WHO)})
  with ordinality viewer({", ".join(f'"{name}"' for name in _WHO)}, place),
lateral ({_THEIRS}) seen
order by viewer.place
""",  # noqa: S608  # constants only; values are bound
)


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
    def speaks_for_minor(self) -> bool:
        """They represent a minor, whose own settings and acts they never read (line 5)."""
        return self.is_representative and not (self.is_holder or self.holder_is_adult)

    @property
    def has_door(self) -> bool:
        """Line 11: circle, emergency or regulation."""
        return self.circle or self.emergency or self.regulation


def read_standing(viewer: Viewer, record_id: uuid.UUID, moment: Moment) -> Standing:
    """Return what a viewer is to a record; the same statement for all records, found or not."""
    statement = _ONE if viewer.person_id else _OF_NO_PERSON
    rows = statement.rows({"record": record_id} | parameters_of(viewer, moment))
    if not rows:
        return Standing(viewer=viewer, record_id=record_id, moment=moment)
    return _standing(viewer, moment, rows[0])


def read_standings(
    viewer: Viewer, record_ids: Collection[uuid.UUID], moment: Moment
) -> dict[uuid.UUID, Standing]:
    """Return what a viewer is to each of these records that exist, in one statement."""
    if not record_ids:
        return {}
    rows = _SEVERAL.rows({"records": list(record_ids)} | parameters_of(viewer, moment))
    return {row[0]: _standing(viewer, moment, row) for row in rows}


def read_standings_of(
    viewers: Sequence[Viewer], record_id: uuid.UUID, moment: Moment
) -> list[Standing]:
    """Return what each of several viewers is to a record, in their order, in one statement."""
    if not viewers:
        return []
    each = [parameters_of(viewer, moment) for viewer in viewers]
    asked = {f"{name}s": [one[name] for one in each] for name in _WHO}
    rows = _EACH.rows(asked | {"record": record_id, "at": moment.at, "today": moment.today})
    found = {place: row for place, *row in rows}
    return [
        _standing(viewer, moment, found[place])
        if place in found
        else Standing(viewer=viewer, record_id=record_id, moment=moment)
        for place, viewer in enumerate(viewers, start=1)
    ]


def _standing(viewer: Viewer, moment: Moment, row: Sequence[Any]) -> Standing:
    (record_id, status, died, emergency_refused, regulation_refused, is_holder, adult) = row[:7]
    (representation, delegated, blocked, practising, gp, circle) = row[7:13]
    shared, openings = row[13:]
    opened = set(openings)
    doctor = practising and viewer.profession == DOCTOR
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
        emergency="emergency" in opened and doctor and not emergency_refused,
        regulation="regulation" in opened and doctor and viewer.at_samu and not regulation_refused,
        shared=tuple(shared or ()) if practising else (),
    )


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
