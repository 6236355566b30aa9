"""A small cast for the tests of doors and masks: people, a record and what is in it, as rows."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from access.models import Delegation, Practice, Professional, Structure, User
from access.viewer import PracticeFacts, Role, Viewer
from records.keys import new_wrapped_key
from records.models import (
    Document,
    DocumentVersion,
    Person,
    Record,
    ReimbursementLine,
    Representation,
)


PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime(2026, 6, 15, 12, tzinfo=PARIS)
LONG_AGO = dt.datetime(2025, 1, 10, 9, tzinfo=PARIS)


@dataclass(frozen=True)
class Pro:
    """A professional with an account and a place of work."""

    professional: Professional
    practice: Practice | None
    user: User | None
    viewer: Viewer

    @property
    def id(self) -> uuid.UUID:
        return self.professional.id


def person(
    first: str = "Jeanne", family: str = "Morel", born: dt.date = dt.date(1958, 3, 4)
) -> Person:
    return Person.objects.create(
        birth_name=family.upper(),
        used_name=family,
        given_names=first,
        first_given=first,
        sex="F",
        born_on=born,
        birthplace="75115",
    )


def record(holder: Person, **facts: Any) -> Record:
    key = uuid.uuid4()
    given = {
        "opened_at": LONG_AGO,
        "consent_at": LONG_AGO,
        "opened_by_kind": "counter",
        "key_wrapped": new_wrapped_key(key.bytes),
    }
    return Record.objects.create(id=key, holder=holder, **(given | facts))


def family_viewer(
    who: Person, role: Role = Role.PATIENT, *, account: User | None = None
) -> Viewer:
    user = account or User.objects.create(email=f"{uuid.uuid4().hex}@exemple.test", person=who)
    return Viewer(
        user_id=user.id,
        person_id=who.id,
        role=role,
        active=True,
        second_factor="totp",
        name=who.full_name,
    )


def structure(name: str = "Cabinet du Port", kind: str = "practice") -> Structure:
    key = uuid.uuid4()
    return Structure.objects.create(id=key, finess=key.hex[:9], name=name, kind=kind)


def pro(
    family: str = "Martin",
    *,
    profession: str = "10",
    title: str = "Dr",
    place: Structure | None = None,
    account: bool = True,
    specialty: str = "",
) -> Pro:
    key = uuid.uuid4()
    professional = Professional.objects.create(
        id=key,
        rpps=str(key.int)[:11],
        title=title,
        family_name=family,
        given_name="Alix",
        profession=profession,
        specialty=specialty,
    )
    practice = Practice.objects.create(
        professional=professional, structure=place, profession=profession, since=LONG_AGO
    )
    user = None
    if account:
        user = User.objects.create(email=f"{key.hex}@exemple.test", professional=professional)
    viewer = Viewer(
        user_id=user.id if user else None,
        role=Role.PROFESSIONAL,
        active=True,
        second_factor="totp",
        practice=PracticeFacts(
            id=practice.id,
            professional_id=professional.id,
            profession=profession,
            structure_id=place.id if place else None,
            structure_name=place.name if place else "",
            structure_kind=place.kind if place else "",
        ),
        name=professional.full_name,
    )
    return Pro(professional, practice, user, viewer)


def document(
    of: Record, *, title: str = "Lettre", by: Pro | None = None, **facts: Any
) -> Document:
    given: dict[str, Any] = {
        "title": title,
        "type_code": "11488-4",
        "class_code": "10",
        "occurred_on": dt.date(2026, 5, 4),
        "created_at": NOON - dt.timedelta(days=40),
        "author_kind": "professional",
        "author_id": by.id if by else uuid.uuid4(),
        "author_name": by.professional.full_name if by else "Dr Inconnu",
    }
    made = Document.objects.create(record=of, **(given | facts))
    DocumentVersion.objects.create(
        record_id=of.id, document=made, number=1, deposited_at=made.created_at
    )
    return made


def line(of: Record, *, label: str = "Consultation", **facts: Any) -> ReimbursementLine:
    on = facts.get("occurred_on", dt.date(2026, 5, 4))
    given: dict[str, Any] = {
        "type_code": "REMB",
        "occurred_on": on,
        "created_at": NOON - dt.timedelta(days=30),
        "pays_for": "11488-4",
        "scheme": "general",
        "line_key": uuid.uuid4().hex,
        "section": "CARE",
        "care_end": on,
        "code_system": "NGAP",
        "code": "X1",
        "label": label,
        "flow_date": dt.date(2026, 5, 30),
        "digest": b"\0" * 32,
        "performer_kind": "person",
    }
    return ReimbursementLine.objects.create(record=of, **(given | facts))


def represent(of: Record, who: Person, **facts: Any) -> Representation:
    given = {"ground": "parent", "since": LONG_AGO}
    return Representation.objects.create(person=who, record=of, **(given | facts))


def minor_and_mother() -> tuple[Record, Viewer, Viewer]:
    """The record of a minor of sixteen, Lou, and the eyes of Lou and of Marie, the mother."""
    minor, mother = person("Lou", born=dt.date(2010, 1, 5)), person("Marie")
    of = record(minor)
    represent(of, mother)
    return of, family_viewer(minor), family_viewer(mother, Role.REPRESENTATIVE)


def delegate(of: Record, who: Person, **facts: Any) -> Delegation:
    given = {"everything": True, "since": LONG_AGO, "until": NOON + dt.timedelta(days=90)}
    return Delegation.objects.create(record=of, person=who, **(given | facts))
