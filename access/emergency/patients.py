"""Openings on the records of a treating GP's own patients, for their list: who, when, no content.

Each stays until the GP has come to the record after it, or for a month. Not journalled: nothing of
a record is read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from access import naming
from access.binding import bound
from access.models import Professional
from access.standing import BLOCKED, DOORS, LIVE, PRACTISING, REPRESENTS, parameters_of
from records.models import Person


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


KEPT: Final = dt.timedelta(days=30)
MOST: Final = 20

_OPENINGS = f"""
select o.id, r.id, h.first_given, coalesce(nullif(h.used_name, ''), h.birth_name),
  p.title, p.given_name, p.family_name, coalesce(place.name, ''), o.kind, o.since,
  {LIVE.format("o")}
from (select distinct a.record_id from access_authorisation a
      where a.professional_id = %(professional)s and a.kind = 'treating_gp'
        and {LIVE.format("a")}) mine
join records_record r on r.id = mine.record_id join records_person h on h.id = r.holder_id
join access_opening o on o.record_id = r.id and o.since <= %(at)s and o.since > %(from)s
join access_professional p on p.id = o.professional_id
left join access_structure place on place.id = o.structure_id,
{DOORS}
where r.status = 'open' and (r.died_on is null or r.died_on > %(today)s)
  and {PRACTISING} and not {BLOCKED} and doors.treating_gp
  and h.id is distinct from %(person)s
  and not exists (select 1 from records_representation x
      where x.record_id = r.id and x.person_id = %(person)s and {REPRESENTS})
  and not exists (select 1 from access_journalevent j
      where j.record_id = o.record_id and j.actor_professional_id = %(professional)s
        and j.at > o.since)
order by o.since desc, o.id limit %(limit)s
"""  # noqa: S608  # constants only; values are bound


@dataclass(frozen=True, slots=True)
class PatientOpening:
    """One opening on a patient's record."""

    opening_id: uuid.UUID
    record_id: uuid.UUID
    patient: str
    by: str
    place: str
    call: bool
    since: dt.datetime
    live: bool


def openings_of_patients(viewer: Viewer) -> tuple[PatientOpening, ...]:
    """Return what a treating GP has still to look at: one statement, whatever their patients."""
    moment = bound().moment
    asked = parameters_of(viewer, moment) | {"from": moment.at - KEPT, "limit": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_OPENINGS, asked)
        rows = cursor.fetchall()
    return tuple(
        PatientOpening(
            opening_id=opening,
            record_id=record,
            patient=Person(first_given=first, birth_name=family).full_name,
            by=naming.sentence_start(
                Professional(title=title, given_name=given, family_name=name).display_name
            ),
            place=place,
            call=kind == "regulation",
            since=since,
            live=live,
        )
        for opening, record, first, family, title, given, name, place, kind, since, live in rows
    )
