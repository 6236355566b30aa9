"""What stands around a record: who works, doors, journal, notices, receipts; rows only."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from access import journal
from access.journal import Act, Action
from access.models import (
    ActivationCode,
    Authorisation,
    Case,
    Invitation,
    Mask,
    Notice,
    Receipt,
    Rush,
)
from access.receipts import new_number
from access.viewer import Moment
from records.files import record_key
from records.identifiers import INS_TEST, identifier_digest
from records.keys import seal, seal_with_master
from records.leaflet_codes import code_digest
from records.models import (
    DoctorProposal,
    Document,
    Filling,
    RecordIdentifier,
    SynthesisConsent,
)
from records.uuid7 import uuid7
from tests.access.cast import LONG_AGO, NOON
from tests.jeanne import circle_period


if TYPE_CHECKING:
    import uuid

    from access.viewer import Viewer
    from records.models import Record
    from tests.access import cast
    from tests.interference.scene import Scene


#: The code somebody was sent by the person whose record is nobody's business here.
INVITATION = "ACDEFGHJK"
YESTERDAY = NOON - dt.timedelta(days=1)


def enrol(scene: Scene, name: str, one: cast.Pro) -> cast.Pro:
    world = scene.world
    world.viewers[name], world.professionals[name] = one.viewer, one
    assert one.user is not None
    world.users[name] = one.user
    return one


def give_door(record: Record, one: cast.Pro) -> None:
    circle_period(record, "circle", professional=one.professional, user=one.user)


def name_at_a_counter(record: Record, one: cast.Pro, by: cast.Pro) -> None:
    """Somebody at a counter said that this doctor treats them: it waits to be confirmed."""
    assert by.user is not None
    Authorisation.objects.create(
        record=record, kind="treating_gp", professional=one.professional, ground="presence",
        given_by=by.user.id, given_at=YESTERDAY, since=YESTERDAY,
    )  # fmt: skip


def identify(record: Record, nir: str) -> None:
    key = uuid7()
    RecordIdentifier.objects.create(
        id=key, record=record, system=INS_TEST, digest=identifier_digest(INS_TEST, nir),
        value_sealed=seal_with_master(nir.encode(), about=key.bytes), status="qualified",
        since=LONG_AGO,
    )  # fmt: skip


def event(  # noqa: PLR0917 - one line of the journal
    record: Record, by: Viewer, act: Action, kind: str, element: Any, door: str, *, days: int,
    secret: bool = False,
) -> None:  # fmt: skip
    key = element.id if element is not None else None
    done = Act(
        record.id, act, by, door=door, element_kind=kind, element_id=key, shown=1,
        rests_on_secret=secret,
    )  # fmt: skip
    journal.write([done], days_ago(days))


def question(record: Record, by: Viewer, *, secret: bool = False) -> None:
    asked = Act(
        record.id, Action.ASKED_TO_SEE, by, door="circle", element_kind="question",
        reason="other:always", rests_on_secret=secret,
    )  # fmt: skip
    journal.write([asked], days_ago(2))


def days_ago(days: int) -> Moment:
    at = NOON - dt.timedelta(days=days)
    return Moment(at=at, today=at.date())


def invite(record: Record, code: str) -> None:
    """Somebody was invited to help, and hasn't answered."""
    key = uuid7()
    Invitation.objects.create(
        id=key, record=record, name="Paul, le voisin", channel="email", everything=True,
        address_sealed=seal_with_master(b"paul@exemple.test", about=key.bytes),
        until=NOON + dt.timedelta(days=90), digest=code_digest(code), made_at=YESTERDAY,
        expires_at=NOON + dt.timedelta(days=6),
    )  # fmt: skip


def around(record: Record, holder: uuid.UUID) -> None:
    Notice.objects.create(
        record_id=record.id, person_id=holder, kind="new_document", channel="site", body="…",
        made_at=YESTERDAY, due_at=YESTERDAY,
    )  # fmt: skip
    DoctorProposal.objects.create(
        record=record, professional_id=uuid7(), rpps="10000000001", since=dt.date(2024, 1, 1),
        flow_date=dt.date(2026, 5, 1),
    )  # fmt: skip
    Filling.objects.create(
        record=record, state="done", requested_at=YESTERDAY, finished_at=YESTERDAY, lines=12
    )
    ActivationCode.objects.create(
        record=record, digest=bytes(32), made_at=YESTERDAY, expires_at=NOON + dt.timedelta(days=9)
    )
    invite(record, record.id.hex[:9])
    gesture = uuid7()
    Mask.objects.create(
        record=record, target="category", target_categories=8, audience="everyone",
        gesture=gesture, since=LONG_AGO,
    )  # fmt: skip
    receipt(record, holder, gesture)
    shown_again(record, holder)


def shown_again(record: Record, person: uuid.UUID) -> None:
    """What somebody took out of hiding, on paper: a rule, and all the letters of the record."""
    key = uuid7()
    letters = Document.objects.filter(record=record).order_by("id").values_list("id", flat=True)
    said = [{"kind": "element", "id": str(one), "categories": 0, "title": ""} for one in letters]
    body = {
        "by": "Jeanne Morel", "audience": "everyone", "until": None,
        "targets": [{"kind": "everything", "id": None, "categories": 0, "title": ""}, *said],
    }  # fmt: skip
    Receipt.objects.create(
        id=key, record=record, number=new_number(), kind="showing", given_to=person,
        made_at=YESTERDAY,
        body_sealed=seal(record_key(record), json.dumps(body).encode(), about=key.bytes),
    )  # fmt: skip


def consent(record: Record, by: cast.Pro, element: Any) -> None:
    """The holder agreed that a word which names what they hid is said in the synthesis."""
    key = uuid7()
    covers = json.dumps({"key": "garnier", "word": "Garnier", "line": "Suivie par Garnier"})
    SynthesisConsent.objects.create(
        id=key, record=record, rests_on_kind="document", rests_on=element.id,
        covers_sealed=seal(record_key(record), covers.encode(), about=key.bytes),
        recorded_by=by.id, recorded_at=YESTERDAY,
    )  # fmt: skip


def receipt(record: Record, person: uuid.UUID, gesture: uuid.UUID) -> None:
    """What was hidden in one gesture, on paper."""
    key = uuid7()
    body = b'{"by": "Jeanne Morel", "audience": "everyone", "until": null, "targets": []}'
    Receipt.objects.create(
        id=key, record=record, number=new_number(), kind="hiding", given_to=person,
        gesture=gesture, made_at=YESTERDAY,
        body_sealed=seal(record_key(record), body, about=key.bytes),
    )  # fmt: skip


def rush(one: cast.Pro, *, days: int) -> None:
    """They read more records than one can, around one of their visits here."""
    at = days_ago(days).at
    wide = dt.timedelta(minutes=20)
    Rush.objects.create(professional_id=one.id, since=at - wide, until=at + wide)


def report(record: Record, one: cast.Pro, *, days: int, answer: str = "", **facts: Any) -> Case:
    """Somebody didn't know who came; the fund has answered, or has not."""
    key = uuid7()
    if answer:
        facts |= {
            "state": "answered", "outcome": "explained", "closed_at": YESTERDAY,
            "answer_sealed": seal(record_key(record), answer.encode(), about=key.bytes),
        }  # fmt: skip
    place = one.practice.structure if one.practice else None
    return Case.objects.create(
        id=key, record=record, number=new_number(), professional=one.professional,
        structure_id=place.id if place else None, structure_name=place.name if place else "",
        visit_on=days_ago(days).today, opened_at=YESTERDAY,
        due_on=NOON.date() + dt.timedelta(days=14), **facts,
    )  # fmt: skip
