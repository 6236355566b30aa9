"""Whom a minor blocked alone: kept out, and neither shown nor told to anybody else."""

from __future__ import annotations

import datetime as dt

import pytest

from access import circle, policy
from access.binding import binding
from access.models import Authorisation
from access.policy import Refused
from access.reading_journal import read_journal
from access.seeing import who_sees
from access.viewer import Role
from records.models import Document
from tests.access import cast
from tests.access.cast import NOON


def standing(viewer, record):
    with binding(viewer, at=NOON):
        return policy.standing_on(record.id)


@pytest.fixture
def minor(world, as_owner):
    """Lou, 16, with their own sign-in; Luc, their parent; Dr Martin, whom Lou blocked alone."""
    with as_owner():
        person = cast.person("Lou", born=dt.date(2010, 1, 5))
        record = cast.record(person)
        parent = cast.person("Luc")
        cast.represent(record, parent)
        lou, luc = cast.family_viewer(person), cast.family_viewer(parent, Role.REPRESENTATIVE)
    with binding(lou, at=NOON - dt.timedelta(hours=1)):
        circle.block(by=lou, record_id=record.id, professional_id=world.martin.id)
    return record, lou, luc


@pytest.mark.parametrize(
    "ask",
    [
        lambda by, record, who: circle.authorise(by=by, record_id=record, professional_id=who),
        lambda by, record, who: circle.declare_treating_gp(
            by=by, record_id=record, professional_id=who
        ),
        lambda by, record, who: circle.block(by=by, record_id=record, professional_id=who),
    ],
    ids=["authorise", "declare", "block"],
)
def test_a_representative_is_answered_alike_for_whom_a_minor_blocked(world, minor, ask):
    record, lou, luc = minor
    shown = []
    # Of two doctors Lou alone blocked one: what Luc is told of them differs in nothing.
    for who in (world.martin, world.garnier):
        with binding(luc, at=NOON):
            ask(luc, record.id, who.id)
        with binding(luc, at=NOON):
            team = circle.read_team(by=luc, record_id=record.id)
        with binding(luc, at=NOON):
            journal = read_journal(by=luc, record_id=record.id)
        held = (team.members, team.blocked, team.waiting_gp)
        about = [visit.sentence for visit in (*journal.visits, *journal.mine)]
        name = who.professional.display_name
        shown.append(repr((team.standing_of(who.id), [name in repr(one) for one in held],
                           [name in sentence for sentence in about])))  # fmt: skip
        with binding(luc, at=NOON):
            circle.unblock(by=luc, record_id=record.id, professional_id=who.id)
    assert shown[0] == shown[1]
    assert standing(world.martin.viewer, record).blocked
    assert not standing(world.garnier.viewer, record).blocked
    with binding(lou, at=NOON), pytest.raises(Refused):
        circle.authorise(by=lou, record_id=record.id, professional_id=world.martin.id)


def test_who_sees_says_nothing_of_a_block_by_the_minor_alone(world, minor, as_owner):
    record, lou, luc = minor
    with as_owner():
        letter = cast.document(record, title="Lettre", by=world.petit)
    with binding(luc, at=NOON):
        circle.authorise(by=luc, record_id=record.id, professional_id=world.martin.id)
        seen = {
            one.name: one.sees for one in who_sees(by=luc, record_id=record.id, element=letter)
        }
    assert seen["Dr Martin"]
    with binding(lou, at=NOON):
        told = {
            one.name: one.sees for one in who_sees(by=lou, record_id=record.id, element=letter)
        }
    assert not told.get("Dr Martin", False)
    with binding(world.martin.viewer, at=NOON):
        assert not policy.can_see(Document, policy.standing_on(record.id), letter.id)


def test_a_representative_who_blocks_is_told_of_no_door_the_minor_gave(world, minor):
    record, lou, luc = minor
    with binding(lou, at=NOON):
        circle.authorise(by=lou, record_id=record.id, professional_id=world.garnier.id)
    with binding(luc, at=NOON):
        circle.block(by=luc, record_id=record.id, professional_id=world.garnier.id)
    with binding(luc, at=NOON):
        page = read_journal(by=luc, record_id=record.id)
    said = " ".join(visit.sentence for visit in (*page.visits, *page.mine))
    assert "bloqué" in said
    assert "retiré" not in said


def test_a_representative_who_removes_the_treating_gp_is_told_of_no_door_either(world, minor):
    record, lou, luc = minor
    asked = {"record_id": record.id, "professional_id": world.garnier.id}
    with binding(lou, at=NOON):
        circle.declare_treating_gp(by=lou, **asked)
        circle.authorise(by=lou, **asked)
    with binding(luc, at=NOON):
        circle.end_treating_gp(by=luc, record_id=record.id)
    with binding(luc, at=NOON):
        page = read_journal(by=luc, record_id=record.id)
    said = " ".join(visit.sentence for visit in (*page.visits, *page.mine))
    assert "comme médecin traitant" in said
    assert "l&#x27;accès" not in said
    assert not standing(world.garnier.viewer, record).circle


def test_a_guardian_reads_of_the_adults_door_that_they_ended(world, as_owner):
    with as_owner():
        helper = cast.person("Luc")
        cast.represent(world.record, helper, ground="guardian")
        luc = cast.family_viewer(helper, Role.REPRESENTATIVE)
    asked = {"record_id": world.record.id, "professional_id": world.garnier.id}
    with binding(world.jeanne, at=NOON):
        circle.authorise(by=world.jeanne, **asked)
    with binding(luc, at=NOON):
        circle.block(by=luc, **asked)
    with binding(luc, at=NOON):
        [own] = read_journal(by=luc, record_id=world.record.id).mine
    assert "retiré l&#x27;accès" in own.sentence


def test_a_door_the_family_gave_stays_on_their_list_when_the_minor_blocks(world, minor):
    record, lou, luc = minor
    who = world.garnier
    with binding(luc, at=NOON - dt.timedelta(minutes=30)):
        circle.authorise(by=luc, record_id=record.id, professional_id=who.id)

    def told():
        with binding(luc, at=NOON):
            team = circle.read_team(by=luc, record_id=record.id)
            return team.members, team.blocked

    before = told()
    with binding(lou, at=NOON - dt.timedelta(minutes=10)):
        circle.block(by=lou, record_id=record.id, professional_id=who.id)

    assert told() == before
    assert standing(who.viewer, record).blocked
    with binding(lou, at=NOON):
        [held] = circle.read_team(by=lou, record_id=record.id).members
    assert held.paused


def test_a_door_the_family_gave_stays_on_their_list_when_the_minor_gives_another(world, minor):
    record, lou, luc = minor
    given = {"record_id": record.id, "professional_id": world.garnier.id}
    with binding(luc, at=NOON - dt.timedelta(minutes=30)):
        circle.authorise(by=luc, **given)
    with binding(luc, at=NOON):
        before = circle.read_team(by=luc, record_id=record.id).members
    with binding(lou, at=NOON - dt.timedelta(minutes=10)):
        circle.authorise(by=lou, until=NOON.date(), **given)

    with binding(luc, at=NOON):
        assert circle.read_team(by=luc, record_id=record.id).members == before
    assert standing(world.garnier.viewer, record).circle


def test_a_door_the_minor_gave_too_outlives_the_one_their_family_takes_back(world, minor):
    record, lou, luc = minor
    given = {"record_id": record.id, "professional_id": world.garnier.id}
    for by, ago in ((luc, 30), (lou, 20), (lou, 19)):
        with binding(by, at=NOON - dt.timedelta(minutes=ago)):
            door = circle.authorise(by=by, **given)
            if by is luc:
                theirs = door
    with binding(luc, at=NOON - dt.timedelta(minutes=10)):
        circle.end_authorisation(by=luc, record_id=record.id, authorisation_id=theirs)
    assert standing(world.garnier.viewer, record).circle
    with binding(lou, at=NOON):
        assert len(circle.read_team(by=lou, record_id=record.id).members) == 1


def test_of_two_doors_the_one_that_ends_last_says_until_when(world, minor, as_owner):
    record, lou, luc = minor
    given = {"record_id": record.id, "professional_id": world.garnier.id}
    with as_owner():
        letter = cast.document(record, by=world.petit)
    for by, ago, last in ((lou, 30, NOON.date()), (luc, 10, dt.date(2027, 3, 3))):
        with binding(by, at=NOON - dt.timedelta(minutes=ago)):
            circle.authorise(by=by, until=last, **given)
    with binding(lou, at=NOON):
        people = who_sees(by=lou, record_id=record.id, element=letter)
    [why] = [one.why for one in people if one.why.startswith("a accès")]
    assert "3 mars 2027" in why.replace("\xa0", " ")


def test_a_counter_is_not_told_whom_the_holder_blocked(world):
    with binding(world.jeanne, at=NOON):
        circle.block(by=world.jeanne, record_id=world.record.id, professional_id=world.petit.id)
    viewer = world.pharmacist.viewer
    with binding(viewer, at=NOON):
        circle.declare_at_counter(
            by=viewer, record_id=world.record.id, professional_id=world.petit.id
        )
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with binding(world.jeanne, at=NOON):
        waiting = circle.read_team(**asked).waiting_gp
        told = circle.weigh_waiting(**asked)
    assert told.blocked
    with binding(world.jeanne, at=NOON), pytest.raises(Refused) as refused:
        circle.confirm_treating_gp(**asked, authorisation_id=waiting.authorisation_id)
    assert "Débloquez-le" in refused.value.reason
    assert not standing(world.petit.viewer, world.record).treating_gp


def test_a_representative_is_told_nothing_of_whom_a_minor_blocked(world, as_owner):
    with as_owner():
        minor = cast.person("Lou", born=dt.date(2010, 1, 5))
        record = cast.record(minor)
        parent = cast.person("Luc")
        cast.represent(record, parent)
        lou, luc = cast.family_viewer(minor), cast.family_viewer(parent, Role.REPRESENTATIVE)
    with binding(lou, at=NOON):
        circle.block(by=lou, record_id=record.id, professional_id=world.martin.id)
    with binding(luc, at=NOON + dt.timedelta(days=1)):
        circle.unblock(by=luc, record_id=record.id, professional_id=world.martin.id)
        assert circle.read_team(by=luc, record_id=record.id).blocked == ()
    with binding(lou, at=NOON + dt.timedelta(days=2)):
        [blocked] = circle.read_team(by=lou, record_id=record.id).blocked
    assert blocked.professional_id == world.martin.id


def test_unblocking_says_whether_they_come_back_through_where_they_work(world):
    def unblock():
        return circle.unblock(
            by=world.jeanne, record_id=world.record.id, professional_id=world.pharmacist.id
        )

    with binding(world.jeanne, at=NOON):
        circle.authorise(
            by=world.jeanne, record_id=world.record.id, structure_id=world.pharmacy.id
        )
        circle.block(
            by=world.jeanne, record_id=world.record.id, professional_id=world.pharmacist.id
        )
        assert unblock()
    assert standing(world.pharmacist.viewer, world.record).circle
    with binding(world.jeanne, at=NOON):
        door = Authorisation.objects.get(structure=world.pharmacy)
        circle.end_authorisation(
            by=world.jeanne, record_id=world.record.id, authorisation_id=door.id
        )
        assert not unblock()


def test_what_only_waits_is_no_access_that_comes_back(world, as_owner):
    with as_owner():
        Authorisation.objects.create(
            record=world.record, kind="circle", professional=world.martin.professional,
            ground="presence", given_at=NOON, since=NOON,
        )  # fmt: skip
    with binding(world.jeanne, at=NOON):
        assert not circle.unblock(
            by=world.jeanne, record_id=world.record.id, professional_id=world.martin.id
        )


def test_taking_back_a_door_says_whether_they_come_by_where_they_work(world):
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with binding(world.jeanne, at=NOON):
        place = circle.authorise(**asked, structure_id=world.pharmacy.id)
        first, other = (
            circle.authorise(**asked, professional_id=one.id)
            for one in (world.pharmacist, world.martin)
        )
        assert circle.end_authorisation(**asked, authorisation_id=first)
        assert not circle.end_authorisation(**asked, authorisation_id=other)
    assert standing(world.pharmacist.viewer, world.record).circle
    with binding(world.jeanne, at=NOON):
        circle.block(**asked, professional_id=world.pharmacist.id)
        assert not circle.end_authorisation(**asked, authorisation_id=first)
        assert not circle.end_authorisation(**asked, authorisation_id=place)


def test_so_does_declaring_another_treating_gp(world, as_owner):
    with as_owner():
        place = cast.structure("Maison de santé")
        former = cast.pro("Roux", place=place)
    asked = {"by": world.jeanne, "record_id": world.record.id}
    with binding(world.jeanne, at=NOON):
        circle.declare_treating_gp(**asked, professional_id=former.id)
        weighed = circle.weigh_declaration(**asked, professional_id=world.martin.id)
        assert not weighed.former_stays
        circle.authorise(**asked, structure_id=place.id)
        weighed = circle.weigh_declaration(**asked, professional_id=world.martin.id)
        assert weighed.former_stays
        circle.declare_treating_gp(**asked, professional_id=world.martin.id)
    assert standing(former.viewer, world.record).circle
