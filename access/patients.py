"""The records a professional comes to by their own doors: whose, and which synthesis is due.

One statement from their own periods to a page of the list; by name, nothing of what is in a
record but days and numbers. It must not know what a page shows, nor any element.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access.notices.wording import SYNTHESIS_ASKED
from access.prepared import Statement
from access.standing import ACCENTED, ALL_DOORS, COMES_TO, LIVE, PLAIN, parameters_of


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Collection

    from access.viewer import Moment, Viewer


# Treating GP first, and of those the patients who ask for a synthesis (nothing is written, or what
# was then is all hidden from them), the other records without one, then the ones that changed
# since; then by name.
_ORDER = """order by treating_gp desc,
  case when asked_at is not null then 0 when ready and signed_at is null then 1
    when ready then 2 else 3 end,
  family_name, first_given, id"""

# What is due is what the treating GP sees (line 8): functions say it, by their periods alone and
# past row security; here the whole rule says of which records they are. How much arrived is
# counted for the page alone.
_LIST = Statement(
    called="patients",
    sql=f"""
with {ALL_DOORS},
asked as materialized (
  select n.record_id, max(n.made_at) as at from access_notice n
  where n.professional_id = %(professional)s and n.kind = '{SYNTHESIS_ASKED}'
  group by n.record_id
),
page as materialized (
  select * from (
    select mine.*, count(*) filter (where named) over () as total,
      count(*) filter (where ready) over () as drafts, bool_or(opened) over () as some_opened
    from (
      select r.id, h.first_given, coalesce(nullif(h.used_name, ''), h.birth_name) as family_name,
        h.sex, h.born_on, doors.treating_gp, due.signed_at, coalesce(due.ready, false) as ready,
        case when doors.treating_gp and asked.at > coalesce(due.signed_at, '-infinity')
          then asked.at end as asked_at,
        %(words)s = '' or translate(
          lower(h.first_given || ' ' || h.used_name || ' ' || h.birth_name),
          %(accented)s, %(plain)s) like %(like)s as named,
        doors.treating_gp and exists (
          select from access_opening o
          where o.record_id = r.id and o.since <= %(at)s and o.since > %(after)s) as opened
      from doors join records_record r on r.id = doors.record_id
      join records_person h on h.id = r.holder_id
      left join dmp_syntheses_due() due on due.record_id = r.id and doors.treating_gp
      left join asked on asked.record_id = r.id
      where {COMES_TO} and (doors.treating_gp or doors.circle)
    ) mine
  ) every
  where named {_ORDER} limit %(limit)s offset %(offset)s
)
select id, first_given, family_name, sex, born_on, treating_gp, signed_at, asked_at,
  coalesce(arrived.number, ready::integer), total, drafts, some_opened
from page left join dmp_arrived_since_synthesis(
    array(select p.id from page p where p.ready and p.signed_at is not null)
  ) arrived on arrived.record_id = page.id
{_ORDER}
""",  # noqa: S608  # constants only; values are bound
)
_SHARES = Statement(
    called="shares",
    sql=f"""
select a.record_id, a.element_id from access_authorisation a
where a.kind = 'share' and a.professional_id = %(professional)s
  and a.confirmed_at <= %(at)s and {LIVE.format("a")}
order by a.since desc, a.id limit %(limit)s
""",  # noqa: S608  # constants only; values are bound
)
_HOLDERS = Statement(
    called="holders",
    sql="""
select r.id, h.first_given, coalesce(nullif(h.used_name, ''), h.birth_name)
from records_record r join records_person h on h.id = r.holder_id
where r.id = any(%(records)s)
""",
)


@dataclass(frozen=True, slots=True)
class Due:
    """When a record's synthesis was last signed, and how much arrived since.

    Where it never was, ``arrived`` is 1 if the record holds anything. ``asked_at`` is since when
    one is asked for.
    """

    signed_at: dt.datetime | None
    asked_at: dt.datetime | None
    arrived: int

    @property
    def ready(self) -> bool:
        """Tell whether a draft has something to say."""
        return self.arrived > 0


@dataclass(frozen=True, slots=True)
class Patient:
    """A record a professional comes to by their own door: whose it is, nothing of its content.

    ``due`` for their treating GP only.
    """

    record_id: uuid.UUID
    first_name: str
    family_name: str
    sex: str
    born_on: dt.date
    due: Due | None

    @property
    def treating_gp(self) -> bool:
        """They are this person's treating GP."""
        return self.due is not None


@dataclass(frozen=True, slots=True)
class Patients:
    """A page of the list; of all pages, how many there are, and how many drafts are ready.

    ``opened`` tells that somebody opened the record of one they treat without authorisation.
    """

    rows: tuple[Patient, ...] = ()
    total: int = 0
    ready: int = 0
    opened: bool = False


def patients_of(
    viewer: Viewer,
    moment: Moment,
    *,
    name: str,
    opened_after: dt.datetime,
    limit: int,
    offset: int,
) -> Patients:
    """Return a page of the records a professional has a door to as treating GP or in the circle.

    ``name`` is what their names hold, without accents.
    """
    parameters: dict[str, Any] = parameters_of(viewer, moment) | {
        "words": name,
        "like": f"%{name}%",
        "accented": ACCENTED,
        "plain": PLAIN,
        "after": opened_after,
        "limit": limit,
        "offset": offset,
    }
    rows = _LIST.rows(parameters)
    if not rows:
        return Patients()
    *_, total, ready, opened = rows[0]
    return Patients(
        rows=tuple(
            Patient(
                key, first, family, sex, born, Due(signed, asked, arrived) if treated else None
            )
            for key, first, family, sex, born, treated, signed, asked, arrived, *_ in rows
        ),
        total=total,
        ready=ready,
        opened=opened,
    )


def shares_of(viewer: Viewer, moment: Moment, *, limit: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return the record and the element of each live share with a professional, the last first.

    Keys to ask the gate about: a share alone doesn't say that they see it.
    """
    asked = parameters_of(viewer, moment) | {"limit": limit}
    return [(record_id, element_id) for record_id, element_id in _SHARES.rows(asked)]


def holders_of(record_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Return the first and the family name of the holder of each record, in one statement."""
    if not record_ids:
        return {}
    rows = _HOLDERS.rows({"records": list(record_ids)})
    return {record_id: (first, family) for record_id, first, family in rows}
