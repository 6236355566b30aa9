"""A professional's own list: whose records they may come to, and single elements they may open.

Names, ages, days and, for the treating GP, how much waits for a synthesis: no clinical content.
Not journalled: nobody's care is read here; coming to a record is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access import policy
from access.binding import PARIS, bound, today
from access.circle.directory import plain
from access.elements import KINDS
from access.emergency.patients import KEPT, openings_of_patients
from access.emergency.running import running_openings_of
from access.patients import holders_of, patients_of, shares_of
from access.policy import NotVisible
from access.standing import read_standings
from records.days import age_on
from records.models.people import name_said


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from django.db.models import QuerySet

    from access.emergency.patients import PatientOpening
    from access.emergency.running import RunningOpening
    from access.patients import Due
    from access.viewer import Viewer


PAGE = 50
MOST_ELEMENTS = 10
MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list; ``due`` for their treating GP only."""

    record_id: uuid.UUID
    name: str
    sex: str
    age: int
    born_on: dt.date
    treating_gp: bool
    due: Due | None


@dataclass(frozen=True, slots=True)
class Single:
    """One element a professional may open without a door: whose it is and since when."""

    record_id: uuid.UUID
    element_id: uuid.UUID
    kind: str
    name: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of the list."""

    rows: tuple[Row, ...]
    shared: tuple[Single, ...]
    deposits: tuple[Single, ...]
    search: str
    page: int
    pages: int
    total: int
    # Openings without authorisation on their patients' records, for the treating GP.
    openings: tuple[PatientOpening, ...]
    # What they opened so themselves, and still read.
    running: tuple[RunningOpening, ...]
    # Drafts that have something to say, on all the pages.
    ready: int

    @property
    def first(self) -> Row | None:
        """The first person of this page whose draft is ready."""
        return next((row for row in self.rows if row.due is not None and row.due.ready), None)

    @property
    def before(self) -> int:
        """The page before this one."""
        return self.page - 1

    @property
    def after(self) -> int:
        """The page after this one."""
        return self.page + 1


def read_worklist(*, by: Viewer, search: str = "", page: int = 1) -> Worklist:
    """Return the records a professional has a live door to, as treating GP or in the circle."""
    if not by.admitted or not by.is_professional:
        raise NotVisible
    words = plain(search[:MOST_LETTERS]).replace("%", "").replace("_", "")
    page = max(page, 1)
    moment = bound().moment
    asked: dict[str, Any] = {"name": words, "opened_after": moment.at - KEPT, "limit": PAGE}
    found = patients_of(by, moment, **asked, offset=(page - 1) * PAGE)
    if not found.rows and page > 1:
        page = 1
        found = patients_of(by, moment, **asked, offset=0)
    first = page == 1 and not words
    return Worklist(
        rows=tuple(
            Row(
                record_id=one.record_id,
                name=name_said(one.first_name, one.family_name),
                sex=one.sex,
                age=age_on(one.born_on, today()),
                born_on=one.born_on,
                treating_gp=one.treating_gp,
                due=one.due,
            )
            for one in found.rows
        ),
        shared=tuple(_shared(by)) if first else (),
        deposits=tuple(_deposits(by)) if first else (),
        openings=openings_of_patients(by) if first and found.opened else (),
        running=running_openings_of(by) if first else (),
        search=search[:MOST_LETTERS],
        page=page,
        pages=max(1, -(-found.total // PAGE)),
        total=found.total,
        ready=found.ready,
    )


def _deposits(by: Viewer) -> list[Single]:
    found = policy.written_by(by, limit=MOST_ELEMENTS)
    names = holders_of({one.record_id for one in found})
    return [
        Single(
            record_id=one.record_id,
            element_id=one.document_id,
            kind="document",
            name=name_said(*names[one.record_id]),
            on=_day(one.created_at),
        )
        for one in found
        if one.record_id in names  # else destroyed meanwhile
    ]


def _shared(by: Viewer) -> list[Single]:
    keys = shares_of(by, bound().moment, limit=MOST_ELEMENTS)
    records = {record for record, _key in keys}
    standings = read_standings(by, records, bound().moment)
    names = holders_of(records)
    found = []
    for record_id, element_id in keys:
        if record_id not in standings:
            continue  # destroyed meanwhile
        for kind, model in KINDS.items():
            given: QuerySet[Any] = policy.visible(model, standings[record_id])
            element = given.filter(id=element_id).first()
            if element is not None:
                name = name_said(*names[record_id])
                found.append(Single(record_id, element_id, kind, name, _day(element.created_at)))
                break
    return found


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(PARIS).date()
