"""A doctor's own openings that still run, for their list: whose record, until when, no content.

What each still opens is the gate's standing to say. Not journalled: nothing of a record is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from access.binding import bound, now
from access.emergency.strip import until_words
from access.models import Opening, OpeningKind
from access.models.periods import live
from access.patients import holders_of
from access.standing import DOCTOR, read_standings
from records.dossier.entrance import door_of
from records.models.people import name_said


if TYPE_CHECKING:
    import uuid

    from access.standing import Standing
    from access.viewer import Viewer


MOST: Final = 50


@dataclass(frozen=True, slots=True)
class RunningOpening:
    """One record that a doctor still comes to by an opening of theirs."""

    record_id: uuid.UUID
    patient: str
    call: bool
    until: str


def running_openings_of(viewer: Viewer) -> tuple[RunningOpening, ...]:
    """Return what a doctor opened and may still read, the longest first; a record once.

    Three statements, however many there are; one where there is none.
    """
    me = viewer.professional_id
    if me is None or viewer.profession != DOCTOR:
        return ()
    mine = Opening.objects.filter(live(now()), professional_id=me)
    openings = list(mine.order_by("-until", "id")[:MOST])
    standings = read_standings(viewer, {one.record_id for one in openings}, bound().moment)
    held: dict[uuid.UUID, Opening] = {}
    for one in openings:
        standing = standings.get(one.record_id)
        if standing is not None and _opens(standing, one):
            held.setdefault(one.record_id, one)
    names = holders_of(held)
    return tuple(
        RunningOpening(
            record_id=record_id,
            patient=name_said(*names[record_id]),
            call=one.kind == OpeningKind.REGULATION,
            until=until_words(one.until),
        )
        for record_id, one in held.items()
        if record_id in names  # else destroyed meanwhile
    )


def _opens(standing: Standing, opening: Opening) -> bool:
    """Whether they come to the record, and this opening counts: it is what its strip says."""
    held = {OpeningKind.EMERGENCY: standing.emergency, OpeningKind.REGULATION: standing.regulation}
    return bool(door_of(standing)) and held[OpeningKind(opening.kind)]
