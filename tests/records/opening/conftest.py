"""A counter, its pharmacist, and the people of the demonstration's cards written out by hand."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest

from access.binding import binding, frozen_clock
from access.models import Practice, Professional, Structure, User
from access.viewer import PracticeFacts, Role, Viewer
from records.opening import Contact, Identity, open_record
from records.traits import Traits
from tests.clients import sign_in


NOON = dt.datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Paris"))

JEANNE = Traits("MOREL", "Jeanne Marie Louise", "F", dt.date(1955, 3, 14), "29155")
JEANNE_NIR = "255032915595184"
JEANNE_CARD = "8025000000000000001"
ELODIE = Traits("GUILLOU", "Élodie Soizic", "F", dt.date(1988, 4, 3), "22016", "TANGUY")
ELODIE_NIR = "288042201696020"
JULES = Traits("TANGUY", "Jules Malo", "M", dt.date(2018, 10, 12), "29084")
JULES_NIR = "118102908496108"
FAMILY_CARD = "8025000000000000008"
ANGELE = Traits("PAOLETTI", "Angèle Marie", "F", dt.date(1974, 8, 27), "2A041")
ANGELE_NIR = "274082A04195905"
ANGELE_CARD = "8025000000000000007"
OUTDATED_CARD = "8025000000000000009"


@pytest.fixture
def noon():
    """Hold the clock at noon on 23 November 2026 in Paris."""
    with frozen_clock(NOON):
        yield NOON


def professional(profession="21", kind="pharmacy", name="Pharmacie du Port"):
    """Insert somebody at work, and return their user and practice."""
    structure = Structure.objects.create(
        id=uuid.uuid4(), finess=uuid.uuid4().hex[:9], name=name, kind=kind
    )
    person = Professional.objects.create(
        id=uuid.uuid4(),
        rpps=uuid.uuid4().hex[:12],
        family_name="Roy",
        given_name="Sam",
        profession=profession,
    )
    practice = Practice.objects.create(
        professional=person,
        structure=structure,
        profession=profession,
        since=NOON - dt.timedelta(days=400),
    )
    user = User.objects.create(
        email=f"{uuid.uuid4().hex}@exemple.test",
        password="!",  # noqa: S106  # no password matches it
        professional=person,
    )
    return user, practice


def viewer_at(user, practice):
    """Return the viewer of somebody at work."""
    facts = PracticeFacts(
        id=practice.id,
        professional_id=practice.professional_id,
        profession=practice.profession,
        structure_id=practice.structure_id,
        structure_name=practice.structure.name,
        structure_kind=practice.structure.kind,
    )
    return Viewer(
        user_id=user.id,
        role=Role.PROFESSIONAL,
        active=True,
        second_factor="totp",
        practice=facts,
        name="Sam Roy",
    )


@pytest.fixture
def pharmacist(db):
    return viewer_at(*professional())


@pytest.fixture
def counter(db, settings):
    """A browser at the pharmacy's counter, with the demonstration's reader."""
    settings.DMP_DEMO = True
    user, practice = professional()
    return sign_in(user, f"professional:{practice.id}")


@pytest.fixture
def opening(pharmacist, noon):
    """Open a record the way a counter does; say otherwise what differs."""

    def go(**different):
        by = different.pop("by", pharmacist)
        told = {
            "attempt": uuid.uuid4(),
            "identity": Identity(JEANNE_NIR, JEANNE, "cni"),
            "contact": Contact(mobile="0639980001"),
        } | different
        with binding(by):
            return open_record(by=by, **told)

    return go


def as_patient(person, user):
    """Return the viewer of somebody who reads their own record."""
    return Viewer(
        user_id=user.id,
        person_id=person.id,
        role=Role.PATIENT,
        active=True,
        second_factor="totp",
        name=person.full_name,
    )
