"""Which syntheses are due, for a treating GP's own list: days and numbers, never what arrived.

One statement from the professional's own doors to all their records at once; no title, no text,
and nothing of a record where they are only in the circle. Not journalled: no content is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from access.standing import BLOCKED, DOORS, PRACTISING, REPRESENTS, parameters_of


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Moment, Viewer


# What is counted is what the treating GP sees (line 8): a function counts it, by their periods
# alone and past row security; here the whole rule says of which records they are.
_DUE = f"""
select r.id, due.signed_at, due.arrived
from dmp_syntheses_due() due
join records_record r on r.id = due.record_id join records_person h on h.id = r.holder_id,
{DOORS}
where r.status = 'open' and (r.died_on is null or r.died_on > %(today)s)
  and {PRACTISING} and not {BLOCKED} and doors.treating_gp
  and h.id is distinct from %(person)s
  and not exists (select 1 from records_representation x
      where x.record_id = r.id and x.person_id = %(person)s and {REPRESENTS})
"""  # noqa: S608  # constants only; values are bound


@dataclass(frozen=True, slots=True)
class Due:
    """When a record's synthesis was last signed, and how much arrived since.

    Where it never was, ``arrived`` is 1 if the record holds anything.
    """

    signed_at: dt.datetime | None
    arrived: int

    @property
    def ready(self) -> bool:
        """Tell whether a draft has something to say."""
        return self.arrived > 0


def syntheses_due(viewer: Viewer, moment: Moment) -> dict[uuid.UUID, Due]:
    """Return what is due on each record where a professional is the treating GP."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, parameters_of(viewer, moment))
        rows = cursor.fetchall()
    return {record_id: Due(signed_at, arrived) for record_id, signed_at, arrived in rows}
