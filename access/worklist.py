"""A professional's own list: whose records they may come to, and single elements they may open.

Names, ages, days and, for the treating GP, how much waits for a synthesis: no clinical content.
Not journalled: nobody's care is read here; coming to a record is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from access import policy
from access.binding import PARIS, bound, now, today
from access.circle.directory import plain
from access.circle.periods import live
from access.drafts_due import Due, syntheses_due
from access.elements import KINDS
from access.emergency.patients import openings_of_patients
from access.models import Authorisation, AuthorisationKind
from access.policy import NotVisible
from access.standing import patients_of, read_standing
from records.dossier.entrance import age_on
from records.models import Person, Record


if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from access.emergency.patients import PatientOpening
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
    due = syntheses_due(by, moment)
    ready = {record_id: one for record_id, one in due.items() if one.ready}
    listing: dict[str, Any] = {
        "name": words,
        "unsigned": [key for key, one in ready.items() if one.signed_at is None],
        "changed": [key for key, one in ready.items() if one.signed_at is not None],
        "limit": PAGE,
    }
    found, total = patients_of(by, moment, **listing, offset=(page - 1) * PAGE)
    if not found and page > 1:
        page = 1
        found, total = patients_of(by, moment, **listing, offset=0)
    first = page == 1 and not words
    return Worklist(
        rows=tuple(
            Row(
                record_id=one.record_id,
                name=Person(first_given=one.first_name, birth_name=one.family_name).full_name,
                sex=one.sex,
                age=age_on(one.born_on, today()),
                born_on=one.born_on,
                treating_gp=one.treating_gp,
                due=due.get(one.record_id) if one.treating_gp else None,
            )
            for one in found
        ),
        shared=tuple(_shared(by)) if first else (),
        deposits=tuple(_singles(by, policy.written_by(by, limit=MOST_ELEMENTS))) if first else (),
        openings=openings_of_patients(by) if first else (),
        search=search[:MOST_LETTERS],
        page=page,
        pages=max(1, -(-total // PAGE)),
        total=total,
        ready=len(ready),
    )


def _shared(by: Viewer) -> list[Single]:
    shares = Authorisation.objects.filter(
        live(now()),
        kind=AuthorisationKind.SHARE,
        professional=by.professional_id,
        confirmed_at__lte=now(),
    )
    rows = shares.order_by("-since", "id").values_list("record_id", "element_id")[:MOST_ELEMENTS]
    return _singles(by, [(record, key) for record, key in rows if key is not None])


def _singles(by: Viewer, keys: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> list[Single]:
    """The elements among these keys that the gate gives out, each on its own record."""
    found = []
    for record_id, element_id in keys:
        standing = read_standing(by, record_id, bound().moment)
        for kind, model in KINDS.items():
            rows: QuerySet[Any] = policy.visible(model, standing)
            element = rows.filter(id=element_id).first()
            if element is not None:
                name = Record.objects.select_related("holder").get(id=record_id).holder.full_name
                on = element.created_at.astimezone(PARIS).date()
                found.append(Single(record_id, element_id, kind, name, on))
                break
    return found
