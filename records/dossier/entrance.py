"""Coming to a record: who is at the door, and what the top of a page may say of its holder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from access import policy
from access.binding import bound, today
from access.policy import NotVisible
from access.standing import Standing
from access.viewer import Role
from records.days import age_on
from records.models import Person, Record, RecordStatus


if TYPE_CHECKING:
    import datetime as dt
    import uuid

    from access.viewer import Viewer
    from records.models import Element


#: Asked about where there is no record, so that the same is read.
NO_RECORD: Final = UUID(int=0)
# How somebody without a door reads an element: they wrote it, or were given it alone.
WITHOUT_DOOR = frozenset({"share", "author"})


@dataclass(frozen=True, slots=True)
class Dossier:
    """A record as its reader comes to it: the holder's identity and by which door one came."""

    record_id: uuid.UUID
    standing: Standing
    first_name: str
    name: str
    sex: str
    born_on: dt.date
    age: int
    status: str
    door: str

    @property
    def by_family(self) -> bool:
        """The holder, a representative or a delegate reads: euros shown, no marks."""
        return self.door in {"holder", "representative", "delegate"}

    @property
    def by_holder(self) -> bool:
        """The person the record is about reads it."""
        return self.door == "holder"

    @property
    def has_door(self) -> bool:
        """Whoever reads came by a door; without one they have nothing but what they were given."""
        return self.door not in WITHOUT_DOOR

    @property
    def may_decide(self) -> bool:
        """The holder or their representative: they mask, share, name and close."""
        return self.door in {"holder", "representative"}

    @property
    def by_delegate(self) -> bool:
        """Somebody the holder chose reads, maybe a part alone: what isn't there is not denied."""
        return self.door == "delegate"

    @property
    def by_treating_gp(self) -> bool:
        """The treating GP reads: marks shown, the synthesis theirs to write."""
        return self.door == "treating_gp"


def door_of(standing: Standing) -> str:
    """Return the door a viewer comes by, the most favourable first; empty where there is none."""
    family = standing.is_holder or standing.is_representative
    if _is_shut(standing, family=family):
        return ""
    if family:
        return "holder" if standing.is_holder else "representative"
    viewer = standing.viewer
    if standing.representation == "suspended" or viewer.role is Role.REPRESENTATIVE:
        return ""
    if viewer.role is Role.DELEGATE:
        return "delegate" if standing.delegated else ""
    if not viewer.is_professional or standing.blocked:
        return ""
    doors = (
        ("treating_gp", standing.treating_gp),
        ("circle", standing.circle),
        ("emergency", standing.emergency),
        ("regulation", standing.regulation),
    )
    return next((name for name, held in doors if held), "")


def _is_shut(standing: Standing, *, family: bool) -> bool:
    """Lines 1 and 3: nobody comes to a closed record, nor to that of somebody who has died."""
    viewer = standing.viewer
    if not standing.exists or not viewer.admitted or standing.died:
        return True
    if viewer.role in policy.NO_CLINICAL_ROLE or standing.status == RecordStatus.CLOSED:
        return True
    return standing.status == RecordStatus.SUSPENDED and not family


def enter(*, by: Viewer, record_id: uuid.UUID) -> Dossier:
    """Return the record a viewer comes to. ``NotVisible`` for no record as for no door."""
    standing = _standing_of(by, record_id)
    door = door_of(standing)
    if not door:
        raise NotVisible
    return _dossier(standing, door)


def enter_by_element(*, by: Viewer, record_id: uuid.UUID, element_id: uuid.UUID) -> Dossier:
    """Return the record around one element the gate has already given out.

    An author or somebody who was given a share has no door, and still reads that one element.
    """
    standing = _standing_of(by, record_id)
    if not standing.exists:
        raise NotVisible
    shared = element_id in standing.shared
    return _dossier(standing, door_of(standing) or ("share" if shared else "author"))


def enter_by_list(*, by: Viewer, record_id: uuid.UUID, model: type[Element]) -> Dossier:
    """Return the record to whom comes by a door or, without one, sees an element of a kind.

    Raises ``NotVisible`` where there is neither: no door, no record and nothing to see are one
    answer.
    """
    standing = _standing_of(by, record_id)
    door = door_of(standing)
    if not door:
        found = policy.visible(model, standing)
        if found.query.is_empty():  # no record, a shut one: how long it takes tells neither
            found = policy.visible(model, _as_if_there(standing))
        if not found.exists():
            raise NotVisible
        door = "share" if standing.shared else "author"
    return _dossier(standing, door)


def _as_if_there(standing: Standing) -> Standing:
    """Return what somebody without a door would be to a record, of which there is nothing."""
    return Standing(
        viewer=standing.viewer, record_id=NO_RECORD, moment=standing.moment, exists=True,
        status=RecordStatus.OPEN, practising=True,
    )  # fmt: skip


def _standing_of(by: Viewer, record_id: uuid.UUID) -> Standing:
    standing = policy.standing_on(record_id)
    assert standing.viewer == by  # noqa: S101  # a door that binds one viewer asks for that one
    return standing


def _dossier(standing: Standing, door: str) -> Dossier:
    if door not in WITHOUT_DOOR:  # the navigation's links would be pages that aren't there
        state = bound()
        state.entered.add(standing.record_id)
        held = (("emergency", standing.emergency), ("regulation", standing.regulation))
        if openings := frozenset(name for name, live in held if live):
            state.openings[standing.record_id] = openings
    record = Record.objects.select_related("holder").get(id=standing.record_id)
    person: Person = record.holder
    return Dossier(
        record_id=record.id,
        standing=standing,
        first_name=person.first_given,
        name=person.full_name,
        sex=person.sex,
        born_on=person.born_on,
        age=age_on(person.born_on, today()),
        status=record.status,
        door=door,
    )
