"""Openings on the records of a treating GP's own patients, for their list: who, when, no content.

Each stays until the GP has come to the record after it, or for a month. Not journalled: nothing of
a record is read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from access import naming
from access.binding import bound
from access.models import Professional
from access.prepared import Statement
from access.standing import ALL_DOORS, COMES_TO, LIVE, parameters_of
from records.models.people import name_said


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer


KEPT: Final = dt.timedelta(days=30)
MOST: Final = 20

_OPENINGS = Statement(
    called="openings",
    sql=f"""
with {ALL_DOORS}
select o.id, r.id, h.first_given, coalesce(nullif(h.used_name, ''), h.birth_name),
  p.title, p.given_name, p.family_name, coalesce(place.name, ''), o.kind, o.since,
  {LIVE.format("o")}
from doors join records_record r on r.id = doors.record_id
join records_person h on h.id = r.holder_id
join access_opening o on o.record_id = r.id and o.since <= %(at)s and o.since > %(after)s
join access_professional p on p.id = o.professional_id
left join access_structure place on place.id = o.structure_id
where {COMES_TO} and doors.treating_gp
  and not exists (select 1 from access_journalevent j
      where j.record_id = o.record_id and j.actor_professional_id = %(professional)s
        and j.at > o.since)
order by o.since desc, o.id limit %(limit)s
""",  # noqa: S608  # constants only; values are bound
)


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
    asked = parameters_of(viewer, moment) | {"after": moment.at - KEPT, "limit": MOST}
    rows = _OPENINGS.rows(asked)
    return tuple(
        PatientOpening(
            opening_id=opening,
            record_id=record,
            patient=name_said(first, family),
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
