"""A minor of 14 with a sign-in: care given in secret, and what was decided alone around it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from access import journal
from access.journal import Act, Action
from access.models import Block, User
from access.viewer import Moment, Role
from records.models import Episode
from tests import jeanne as adult
from tests.access import cast
from tests.access.cast import LONG_AGO, NOON
from tests.interference.traces import (
    around,
    days_ago,
    enrol,
    event,
    give_door,
    identify,
    name_at_a_counter,
    question,
    report,
    rush,
)
from tests.jeanne import add_document, add_entry, add_synthesis, circle_period, hide


if TYPE_CHECKING:
    from records.models import Record
    from tests.interference.scene import Scene


NIR = "112035915512304"


def add_minor(scene: Scene) -> None:
    """A minor of 14 with a sign-in: care given in secret, and what was decided alone around it."""
    world = scene.world
    leo = cast.person("Léo", "Vidal", dt.date(2012, 3, 4))
    # He refuses openings, which his mother doesn't know of.
    record = cast.record(
        leo, activated_at=LONG_AGO, emergency_refused=True,
        family_choices={"emergency_refused": False},
    )  # fmt: skip
    scene.records["leo"] = record
    identify(record, NIR)
    mother = cast.person("Claire", "Vidal", dt.date(1980, 5, 6))
    cast.represent(record, mother)
    # A court suspended him: the record is nothing to him any more.
    father = cast.person("Hugo", "Vidal", dt.date(1979, 8, 9))
    cast.represent(record, father, suspended_at=NOON - dt.timedelta(days=60))
    for name, who, role in (("leo", leo, Role.PATIENT), ("mother", mother, Role.REPRESENTATIVE),
                            ("father", father, Role.REPRESENTATIVE)):  # fmt: skip
        scene.viewers[name] = cast.family_viewer(who, role)
        world.users[name] = User.objects.get(id=scene.viewers[name].user_id)
    petit, garnier = world.professionals["petit"], world.professionals["garnier"]
    midwife = enrol(scene, "midwife", cast.pro("Aubry", profession="50", title=""))
    circle_period(record, "treating_gp", professional=petit.professional, user=petit.user)
    give_door(record, garnier)
    circle_period(
        record, "circle", professional=midwife.professional, user=midwife.user,
        given_by=world.users["leo"].id, given_at=NOON - dt.timedelta(days=9),
    )  # fmt: skip
    care = Episode.objects.create(record=record, secret=True, created_at=LONG_AGO)
    martin = world.professionals["martin"]
    eyes = add_document(record, title="Lettre de l'ophtalmologue", by=martin,
                        occurred_on=dt.date(2026, 3, 1))  # fmt: skip
    school = add_document(record, title="Certificat de sport", by=petit, type_code="CERT_DECL",
                          class_code="52", occurred_on=dt.date(2026, 4, 1))  # fmt: skip
    secret = add_document(record, title="Consultation confidentielle", by=garnier, secret=True,
                          categories=2, episodes=[care.id],
                          occurred_on=dt.date(2026, 5, 6))  # fmt: skip
    waits = add_document(record, title="Génétique", by=garnier, occurred_on=dt.date(2026, 6, 9),
                         created_at=NOON - dt.timedelta(days=6),
                         unannounced_until=dt.date(2026, 7, 9))  # fmt: skip
    visit = adult.a_visit(record, dt.date(2026, 4, 2), petit)
    same = adult.a_visit(record, dt.date(2026, 5, 6), garnier, episodes=[care.id])
    pill = adult.sertraline(record, dt.date(2026, 5, 7), garnier, episodes=[care.id])
    asthma = adult.metformin(record, dt.date(2026, 4, 3), petit)
    allergy = add_entry(record, leo, "allergy", content={"answer": "known", "text": "Noix"})
    private = add_entry(record, leo, "history", content={"text": "Confidence"}, secret=True)
    add_synthesis(record, petit, 1, NOON - dt.timedelta(days=30),
                  [("Asthme", visit), ("Suivi confidentiel", secret)])  # fmt: skip
    scene.elements["leo"] = {
        "eyes": eyes, "school": school, "secret": secret, "waits": waits, "visit": visit,
        "same": same,
        "pill": pill, "asthma": asthma, "allergy": allergy, "private": private,
    }  # fmt: skip
    hide(record, school, audience="professional", audience_id=garnier.id, secret=True)
    _ended_alone(scene, record)
    _leo_traces(scene, record, midwife)


def _ended_alone(scene: Scene, record: Record) -> None:
    """What his mother gave, hid and whom she blocked, that he ended: to her nothing did."""
    nurse, colleague = (scene.world.professionals[name] for name in ("nurse", "colleague"))
    at, leo, garnier = days_ago(3).at, scene.viewers["leo"], scene.viewers["garnier"]
    # Guardian's row is still there, as after a late sweep: the gate asks for a live period too.
    circle_period(
        record, "circle", professional=nurse.professional, user=nurse.user, ended_at=at,
        ended_by=leo.user_id, removed_by_holder=True,
    )  # fmt: skip
    hide(record, scene.elements["leo"]["eyes"], audience="professional", ended_at=at,
         audience_id=garnier.professional_id, set_by_kind="representative")  # fmt: skip
    Block.objects.create(
        record=record, professional=colleague.professional, since=LONG_AGO, ended_at=at
    )
    for act, about in ((Action.CIRCLE_ENDED, nurse), (Action.UNBLOCKED, colleague)):
        event(record, leo, act, "professional", about.professional, "holder", days=3, secret=True)
    eyes = scene.elements["leo"]["eyes"]
    event(record, leo, Action.UNMASKED, "document", eyes, "holder", days=3, secret=True)


def _leo_traces(scene: Scene, record: Record, midwife: cast.Pro) -> None:
    held, viewers = scene.elements["leo"], scene.viewers
    leo, mother = viewers["leo"], viewers["mother"]
    for days, by, act, kind, element, door, hushed in (
        (12, viewers["garnier"], Action.DEPOSITED, "document", held["secret"], "circle", True),
        (11, viewers["petit"], Action.ELEMENT_READ, "document", held["school"], "treating_gp",
         False),
        (10, leo, Action.ELEMENT_READ, "document", held["school"], "holder", False),
        (9, leo, Action.CIRCLE_GIVEN, "professional", midwife.professional, "holder", True),
        (8, leo, Action.MASKED, "document", held["school"], "holder", True),
        (7, mother, Action.LIST_READ, "document", None, "representative", False),
        (7, viewers["midwife"], Action.LIST_READ, "document", None, "circle", False),
        (6, viewers["garnier"], Action.ELEMENT_READ, "line", held["same"], "circle", False),
    ):  # fmt: skip
        event(record, by, act, kind, element, door, days=days, secret=hushed)
    refused = Act(record.id, Action.EMERGENCY_REFUSED, viewers["stranger"], door="emergency")
    journal.write([refused], days_ago(5))
    question(record, viewers["garnier"])
    question(record, viewers["midwife"], secret=True)
    at = NOON - dt.timedelta(days=4)
    for name in ("stranger", "martin"):
        whom = scene.world.professionals[name].professional
        block = Block.objects.create(record=record, professional=whom, since=at)
        alone = Act(record.id, Action.BLOCKED, leo, door="holder", element_kind="professional",
                    element_id=whom.id, rests_on_secret=True)  # fmt: skip
        journal.write([alone], Moment(at=at, today=at.date()))
        if name == "martin":
            report(record, scene.world.professionals[name], days=5, secret=True, block=block)
    # His mother is to confirm it, and isn't told that he blocked them.
    pros = scene.world.professionals
    name_at_a_counter(record, pros["stranger"], pros["pharmacist"])
    rush(scene.world.professionals["garnier"], days=6)
    assert leo.person_id is not None
    around(record, leo.person_id)
